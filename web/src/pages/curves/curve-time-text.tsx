import type { ReactNode } from 'react'
import type { CurveTime } from '#calc/curve-verdict.ts'
import { formatNumber } from '../../format/numbers.ts'
import { formatSpan } from '../../format/span.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'

interface Props {
  readonly time: CurveTime
  /** Seconds of the period in which both tags were known, and of the whole period. */
  readonly known: number
  readonly period: number
}

/** How long it kept to the curve, and for how long nothing is known. */
export function CurveTimeFigures({ time, known, period }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const share = (seconds: number): string => (known === 0 ? '–' : `${formatNumber((100 * seconds) / known, 1, locale)} %`)
  const unknown = Math.max(0, period - known)
  return (
    <dl className="curve-figures">
      {(['inside', 'outside', 'beyond'] as const).map((verdict) => (
        <div key={verdict} data-verdict={verdict}>
          <dt>
            <VerdictMark verdict={verdict} /> {t(`curves.${verdict}`)}
          </dt>
          <dd>
            <strong>{share(time[verdict])}</strong> <span className="meta">{formatSpan(time[verdict])}</span>
          </dd>
        </div>
      ))}
      <div>
        <dt>{t('curves.unknown')}</dt>
        <dd>
          <strong>{formatSpan(unknown)}</strong> <span className="meta">{t('curves.ofPeriod', { period: formatSpan(period) })}</span>
        </dd>
      </div>
    </dl>
  )
}

/** As the points on the chart look. */
export function VerdictMark({ verdict }: { verdict: keyof CurveTime }): ReactNode {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden className="verdict-mark" data-verdict={verdict}>
      {verdict === 'outside' ? <path d="M2 2l8 8M10 2l-8 8" strokeWidth="2" fill="none" /> : <circle cx="6" cy="6" r="4" strokeWidth="2" />}
    </svg>
  )
}
