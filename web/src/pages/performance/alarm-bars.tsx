import type { ReactNode } from 'react'
import { formatInstant, formatRecent } from '../../format/instants.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { BEARABLE, type PerformanceReply } from './targets.ts'

const WIDTH = 1000
const HEIGHT = 160

/** Alarms over time, with the line above which they are too many. */
export function AlarmBars({ reply, operators }: { reply: PerformanceReply; operators: number }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const { bars, timeZone } = reply
  const bearable = BEARABLE[bars.unit] * operators
  const most = Math.max(bearable * 1.1, ...bars.counts)
  const [from = 0, to = 1] = [bars.edges[0], bars.edges.at(-1)]
  const x = (at: number): number => ((at - from) / (to - from)) * WIDTH
  const y = (count: number): number => HEIGHT - (count / most) * HEIGHT
  const ends = [from, to].map((at) => {
    const written = bars.unit === 'block' ? formatRecent(at, to, locale, timeZone) : formatInstant(at, 'date', locale, timeZone)
    return written.replace(/:00$/, '')
  })
  const over = bars.counts.filter((count) => count > bearable).length
  return (
    <figure
      className="alarm-bars"
      aria-label={t('perf.barsLabel', { unit: t(`perf.unit.${bars.unit}`), most: Math.max(0, ...bars.counts), over })}
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
        {bars.counts.map((count, index) => {
          const [left, right] = [x(bars.edges[index] ?? 0), x(bars.edges[index + 1] ?? 0)]
          return count === 0 ? null : (
            <rect
              key={bars.edges[index]}
              x={left}
              y={y(count)}
              width={Math.max(1, (right - left) * 0.85)}
              height={HEIGHT - y(count)}
              data-over={count > bearable}
            />
          )
        })}
        <line x1="0" x2={WIDTH} y1={y(bearable)} y2={y(bearable)} vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="meta row spread">
        <span>{ends[0]}</span>
        <span>{t('perf.bars', { unit: t(`perf.unit.${bars.unit}`), line: bearable })}</span>
        <span>{ends[1]}</span>
      </figcaption>
    </figure>
  )
}
