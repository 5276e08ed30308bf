import type { ReactNode } from 'react'
import { curveDistance } from '#calc/curve.ts'
import { curveVerdict } from '#calc/curve-verdict.ts'
import type { CurvePoint } from '#domain/alarm.ts'
import type { Tag } from '../../api/replies.ts'
import { formatShort } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useReading } from '../../live/hooks.ts'
import { useSession } from '../../session.tsx'
import { useFreshness } from '../../widgets/live-value.tsx'
import { VerdictMark } from './curve-time-text.tsx'
import type { Curve } from './curve-uses.ts'

/** Where two tags stand at this moment; null unless both are fresh and good. */
export function useNowPoint(x: Tag, y: Tag): CurvePoint | null {
  const [one, two] = [useReading(x.id), useReading(y.id)]
  const fresh = [useFreshness(x), useFreshness(y)].every(({ state }) => state === 'fresh')
  const [atX, atY] = [Number(one?.value ?? Number.NaN), Number(two?.value ?? Number.NaN)]
  return fresh && Number.isFinite(atX) && Number.isFinite(atY) ? [atX, atY] : null
}

/** Inside, outside, or why nothing can be said, at this moment. */
export function NowVerdict({ x, y, curve }: { x: Tag; y: Tag; curve: Curve }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const here = useNowPoint(x, y)
  if (here === null) return <span className="muted">{t('curves.notFresh')}</span>
  const verdict = curveVerdict(curve, here[0], here[1])
  const distance = curveDistance(curve.points, here[0], here[1], 0, curve.percent)
  const unit = curve.percent ? '%' : y.unit
  return (
    <span className="verdict" data-verdict={verdict}>
      <VerdictMark verdict={verdict} /> {t(`curves.${verdict}`)}
      {distance !== undefined && (
        <span className="meta numeric">
          {distance > 0 ? '+' : ''}
          {formatShort(distance, locale, 2)} {unit}
        </span>
      )}
    </span>
  )
}
