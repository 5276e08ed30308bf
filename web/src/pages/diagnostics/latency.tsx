import type { ReactNode } from 'react'
import { formatNumber } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import type { Diagnostics } from './diagnostics-query.ts'

/** How long polls took, in classes, from the first to the last that has any. */
export function Latency({ classes }: { classes: Diagnostics['polls']['latency'] }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const first = classes.findIndex((one) => one.polls > 0)
  if (first === -1) return <p className="muted">{t('diag.noPolls')}</p>
  const last = classes.findLastIndex((one) => one.polls > 0)
  const shown = classes.slice(Math.max(0, first - 1), last + 2)
  const most = Math.max(...shown.map((one) => one.polls))
  const bound = (index: number): string => {
    const upTo = shown[index]?.upToMillis ?? null
    if (upTo !== null) return `≤ ${formatNumber(upTo, 0, locale)} ms`
    return `> ${formatNumber(classes.at(-2)?.upToMillis ?? 0, 0, locale)} ms`
  }
  return (
    <table className="latency">
      <caption className="visually-hidden">{t('diag.latency')}</caption>
      <tbody>
        {shown.map((one, index) => (
          <tr key={one.upToMillis ?? 'more'}>
            <th scope="row" className="numeric muted">
              {bound(index)}
            </th>
            <td>
              <span className="latency-bar">
                <span style={{ width: `${(100 * one.polls) / most}%` }} data-slow={one.upToMillis === null || one.upToMillis > 1000} />
              </span>
              <span className="numeric">{formatNumber(one.polls, 0, locale)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
