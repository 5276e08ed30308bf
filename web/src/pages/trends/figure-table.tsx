import type { ReactNode } from 'react'
import { formatInstant } from '../../format/instants.ts'
import { formatNumber } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { alignPens, type Pen } from './pens.ts'

/** More rows than anybody reads on a screen. */
const MOST_ROWS = 500

/** The chart as figures, for those who do not see it and those who want to read it. Newest first. */
export function FigureTable({ pens }: { pens: readonly Pen[] }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const { times, lines } = alignPens(pens)
  const rows = times.map((_, index) => times.length - 1 - index).slice(0, MOST_ROWS)
  return (
    <>
      {times.length > MOST_ROWS && (
        <p className="meta" style={{ padding: '8px 16px' }}>
          {t('trends.rows', { count: times.length, shown: MOST_ROWS })}
        </p>
      )}
      <div className="table-wrap">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t('trends.time')}</th>
              {pens.map((pen) => (
                <th key={pen.label} scope="col" className="number">
                  {pen.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row}>
                <td>{formatInstant((times[row] ?? 0) * 1_000_000, 'dateTime', locale, timeZone)}</td>
                {pens.map((pen, index) => {
                  const value = lines[index]?.[row]
                  return (
                    <td key={pen.label} className="number">
                      {value === undefined || value === null ? '–' : formatNumber(value, pen.tag.decimals, locale)}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
