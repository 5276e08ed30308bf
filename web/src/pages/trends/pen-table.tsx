import { IconX } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { formatInstant } from '../../format/instants.ts'
import { formatNumber } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { IconButton } from '../../widgets/controls/icon-button.tsx'
import { QualityWords } from '../../widgets/live-value.tsx'
import { QualityRemarks } from '../../widgets/trend/quality-remarks.tsx'
import { isInterpolated, type Pen, qualityAt, valueAt } from './pens.ts'
import type { ShownGap } from './ledger.ts'

/** What each line says where the cursor stands, and over the whole period. */
export function PenTable({
  pens,
  cursor,
  gaps,
  onRemove,
}: {
  pens: readonly Pen[]
  gaps: readonly ShownGap[]
  cursor: number | null
  onRemove: (tagId: number) => void
}): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  // not at every move of the cursor: a line may have a hundred thousand points
  const rows = useMemo(() => [...pens.filter((pen) => !pen.earlier), ...pens.filter((pen) => pen.earlier)].map(figuresOf), [pens])
  const text = (value: number | null, pen: Pen): string => (value === null ? '–' : formatNumber(value, pen.tag.decimals, locale))
  return (
    <div className="table-wrap">
      <table className="grid pen-table">
        <thead>
          <tr>
            <th>{t('trends.tag')}</th>
            <th className="number" aria-live="polite">
              {cursor === null ? t('trends.last') : formatInstant(cursor * 1_000_000, 'dateTime', locale, timeZone)}
            </th>
            <th className="number">{t('trend.minimum')}</th>
            <th className="number">{t('trend.maximum')}</th>
            <th className="number">{t('trends.average')}</th>
            <th>
              <span className="visually-hidden">{t('config.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ pen, low, high, mean, last }) => {
            const quality = cursor === null ? undefined : qualityAt(pen, cursor)
            const gap = cursor === null || pen.earlier ? undefined : gapAt(gaps, pen, cursor)
            return (
              <tr key={pen.label}>
                <td>
                  <span className="pen-mark" data-look={pen.look} data-earlier={pen.earlier} aria-hidden />
                  {pen.label}
                </td>
                <td className="number strong">
                  {text(cursor === null ? last : valueAt(pen, cursor), pen)}
                  {cursor !== null && isInterpolated(pen, cursor) && <div className="meta">{t('trends.interpolated')}</div>}
                  {gap === undefined ? (
                    quality !== undefined && (
                      <div className="meta">
                        <QualityWords quality={quality} /> <QualityRemarks quality={quality} />
                      </div>
                    )
                  ) : (
                    <div className="meta">{gap.words}</div>
                  )}
                </td>
                <td className="number">{text(low, pen)}</td>
                <td className="number">{text(high, pen)}</td>
                <td className="number">{text(mean, pen)}</td>
                <td>
                  {!pen.earlier && (
                    <IconButton aria-label={t('trends.remove', { name: pen.label })} onClick={() => onRemove(pen.tag.id)}>
                      <IconX size={16} aria-hidden />
                    </IconButton>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

interface Figures {
  readonly pen: Pen
  readonly low: number | null
  readonly high: number | null
  readonly mean: number | null
  readonly last: number | null
}

function figuresOf(pen: Pen): Figures {
  const known = pen.values.filter((value) => value !== null)
  return {
    pen,
    low: extreme(pen.minimum.length > 0 ? pen.minimum : pen.values, Math.min),
    high: extreme(pen.maximum.length > 0 ? pen.maximum : pen.values, Math.max),
    mean: known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length,
    last: known.at(-1) ?? null,
  }
}

function gapAt(gaps: readonly ShownGap[], { tag }: Pen, at: number): ShownGap | undefined {
  return gaps.find((gap) => gap.from <= at && at < gap.to && gap.deviceId === tag.deviceId && (gap.tagId === null || gap.tagId === tag.id))
}

function extreme(values: readonly (number | null)[], pick: (a: number, b: number) => number): number | null {
  return values.reduce<number | null>((best, value) => (value === null ? best : best === null ? value : pick(best, value)), null)
}
