import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { inWords, useT } from '../../../i18n/language.ts'
import type { CsvPreviewed } from './csv-previewed.ts'

interface Props {
  readonly previewed: CsvPreviewed
  readonly onAnswer: (field: string, value: string) => void
}

/** Rows times columns: a wide file has many. */
const ROWS_SHOWN = 40

/** How a file is understood and why, what is still to be answered, its first values, and the lines that cannot be read. */
export function PreviewResult({ previewed, onAnswer }: Props): ReactNode {
  const t = useT()
  const { ok, problem, remedy, question, structure, file, warnings, missing, rows, problems } = previewed
  return (
    <div className="stack" aria-live="polite">
      {file !== null && <p className="meta">{t('csv.of', { file })}</p>}
      {problem !== null && (
        <div className="error-note" role="alert">
          <strong>{inWords(problem)}</strong>
          {remedy !== null && <span>{inWords(remedy)}</span>}
        </div>
      )}
      {question !== null && (
        <div className="banner">
          <strong className="grow">{t('csv.question')}</strong>
          {question.choices.map((choice) => (
            <Button key={choice.value} variant="default" onClick={() => onAnswer(question.field, choice.value)}>
              {inWords(choice.meaning)}
            </Button>
          ))}
        </div>
      )}
      {warnings.map((warning) => (
        <div key={warning} className="banner">
          {inWords(warning)}
        </div>
      ))}
      {missing.length > 0 && <div className="banner">{t('csv.missing', { names: missing.join(', ') })}</div>}
      {structure !== null && <Structure previewed={previewed} structure={structure} />}
      {problems.length > 0 && (
        <div>
          <h4>{t('csv.problems')}</h4>
          <ul className="plain-list csv-problems">
            {problems.map((one) => (
              <li key={one.line}>
                <span className="numeric muted">{t('csv.line', { line: one.line })}</span> {inWords(one.reason)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {ok && rows.length > 0 && (
        <div className="table-wrap">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col" className="number">
                  {t('csv.lineHead')}
                </th>
                <th scope="col">{t('csv.localTime', { zone: previewed.timeZone })}</th>
                <th scope="col" className="wide-only">
                  UTC
                </th>
                <th scope="col">{t('config.tag')}</th>
                <th scope="col" className="number">
                  {t('config.value')}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, ROWS_SHOWN).map((row) => (
                <tr key={`${row.line} ${row.tag}`}>
                  <td className="number numeric muted">{row.line}</td>
                  <td className="numeric">{row.local}</td>
                  <td className="numeric muted wide-only">{row.time}</td>
                  <td>{row.tag}</td>
                  <td className="number numeric" style={row.good ? undefined : { color: 'var(--comm)', textDecoration: 'line-through' }}>
                    {row.value === '' ? '–' : row.value}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

function Structure({ previewed, structure }: { previewed: CsvPreviewed; structure: NonNullable<CsvPreviewed['structure']> }): ReactNode {
  const t = useT()
  const columns = [structure.timeColumn, structure.clockColumn, structure.tagColumn, structure.valueColumn, structure.qualityColumn]
  const rows: readonly (readonly [string, string, string | null])[] = [
    [t('csv.encoding'), previewed.encoding, null],
    [t('csv.delimiter'), structure.delimiter, null],
    [t('csv.layout'), structure.layout === 'wide' ? t('csv.wide') : t('csv.long'), null],
    [t('csv.columns'), columns.filter((one) => one !== null && one !== '').join(' · '), null],
    [t('csv.dateFormat'), structure.dateFormat, inWords(structure.dateProof)],
    [t('csv.decimal'), structure.decimal, structure.decimalProof],
  ]
  return (
    <dl className="csv-facts">
      {rows.map(([name, value, proof]) => (
        <div key={name}>
          <dt className="muted">{name}</dt>
          <dd>
            <strong>{value}</strong>
            {proof !== null && <span className="meta"> {proof}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
