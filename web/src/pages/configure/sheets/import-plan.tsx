import type { ReactNode } from 'react'
import type { CallReply } from '../../../api/client.ts'
import { inWords, useT } from '../../../i18n/language.ts'

type Plan = CallReply<'POST /api/sheets/plan'>
type Change = Plan['changes'][number]
const TELLING = ['address', 'protocol', 'connection.host', 'operator', 'setpoint']
const SIGN = { add: '+', change: '~', remove: '−' } as const

/** What an import would change, or why it cannot be imported: with sheet, row, column and remedy. */
export function ImportPlan({ plan }: { plan: Plan }): ReactNode {
  const t = useT()
  const { problems, problemCount, changes, counts } = plan
  const total = counts.add + counts.change + counts.remove
  if (problemCount > 0) {
    return (
      <>
        <p className="import-summary" role="alert">
          <strong>{t('sheets.problems', { count: problemCount })}</strong> {t('sheets.nothingChanged')}
        </p>
        <div className="table-wrap">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t('sheets.sheet')}</th>
                <th scope="col" className="number">
                  {t('grid.row')}
                </th>
                <th scope="col">{t('sheets.column')}</th>
                <th scope="col">{t('sheets.problem')}</th>
              </tr>
            </thead>
            <tbody>
              {problems.map((problem) => (
                <tr key={`${problem.place} ${problem.row} ${problem.column} ${problem.message}`}>
                  <td>{problem.place}</td>
                  <td className="number numeric">{problem.row === 0 ? '' : problem.row}</td>
                  <td>{problem.column}</td>
                  <td>
                    {inWords(problem.message)} <span className="meta">{inWords(problem.remedy)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {problemCount > problems.length && <p className="meta">{t('sheets.more', { count: problemCount - problems.length })}</p>}
      </>
    )
  }
  if (total === 0) return <p>{t('config.nothingToChange')}</p>
  return (
    <>
      <p className="import-summary" aria-live="polite">
        <strong>{t('sheets.counts', counts)}</strong>
      </p>
      <ul className="plain-list import-changes">
        {changes.map((change) => (
          <li key={`${change.action} ${change.object}`} data-action={change.action}>
            <span className="import-sign">
              <span aria-hidden>{SIGN[change.action]}</span>
              <span className="visually-hidden">{t(`sheets.action.${change.action}`)}</span>
            </span>
            <span>{change.object}</span>
            {change.action !== 'remove' && <Fields change={change} />}
          </li>
        ))}
      </ul>
      {total > changes.length && <p className="meta">{t('sheets.more', { count: total - changes.length })}</p>}
    </>
  )
}

function Fields({ change }: { change: Change }): ReactNode {
  // of something new only what tells it from others; the rest is in the file
  const fields = change.action === 'add' ? change.fields.filter((one) => TELLING.includes(one.field)) : change.fields
  const show = (value: unknown): string => (value === undefined ? '–' : typeof value === 'string' ? value || '""' : JSON.stringify(value))
  return (
    <span className="import-fields">
      {fields.map(({ field, before, after }) => (
        <span key={field}>
          <span className="muted">{field}</span> {change.action === 'change' && `${show(before)} → `}
          <strong>{show(after)}</strong>
        </span>
      ))}
    </span>
  )
}
