import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatInstant } from '../../format/instants.ts'
import { formatNumber } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { IconButton } from '../../widgets/controls/icon-button.tsx'
import { type Pen, valueAt } from './pens.ts'

/** What each line says where the cursor stands, and over the whole period. */
export function PenTable({
  pens,
  cursor,
  onRemove,
}: {
  pens: readonly Pen[]
  cursor: number | null
  onRemove: (tagId: number) => void
}): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const text = (value: number | null, pen: Pen): string => (value === null ? '–' : formatNumber(value, pen.tag.decimals, locale))
  return (
    <div className="table-wrap">
      <table className="grid">
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
          {[...pens.filter((pen) => !pen.earlier), ...pens.filter((pen) => pen.earlier)].map((pen) => {
            const known = pen.values.filter((value) => value !== null)
            const low = extreme(pen.minimum.length > 0 ? pen.minimum : pen.values, Math.min)
            const high = extreme(pen.maximum.length > 0 ? pen.maximum : pen.values, Math.max)
            const mean = known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length
            return (
              <tr key={pen.label}>
                <td>
                  <span className="pen-mark" data-look={pen.look} data-earlier={pen.earlier} aria-hidden />
                  {pen.label}
                </td>
                <td className="number strong">
                  {text(cursor === null ? (pen.values.findLast((value) => value !== null) ?? null) : valueAt(pen, cursor), pen)}
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

function extreme(values: readonly (number | null)[], pick: (a: number, b: number) => number): number | null {
  return values.reduce<number | null>((best, value) => (value === null ? best : best === null ? value : pick(best, value)), null)
}
