import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useSyncExternalStore } from 'react'
import { FormulaProblem } from '#calc/formula/problem.ts'
import type { Formula, Reference } from '#calc/formula/tree.ts'
import { severityOf } from '#domain/sample.ts'
import { call } from '../../api/client.ts'
import type { Tag } from '../../api/replies.ts'
import { formatShort } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { FreshnessBadge, LiveValue, QualityMark } from '../live-value.tsx'
import { problemText, readFormula, valueOf } from './formula-result.ts'

interface Props {
  readonly text: string
  readonly unit: string
  /** `Device:Tag` of every tag of the session, in its order. */
  readonly names: readonly string[]
}

/** What a formula reads and comes to at this moment, or what is wrong with it and where. */
export function FormulaLive({ text, unit, names }: Props): ReactNode {
  const t = useT()
  const read = useMemo(() => readFormula(text), [text])
  if (read instanceof FormulaProblem) {
    return (
      <div className="formula-problem" role="alert">
        <strong>{problemText(read, t)}</strong>
        <code>
          {text.slice(0, read.at)}
          <mark>{text.slice(read.at, read.at + 1) || '␣'}</mark>
          {text.slice(read.at + 1)}
        </code>
        <span className="meta">{t('formula.place', { place: read.at + 1 })}</span>
      </div>
    )
  }
  return <Understood formula={read.formula} text={text} reading={read.reading} unit={unit} names={names} />
}

function Understood({ formula, text, reading, unit, names }: { formula: Formula; reading: string } & Props): ReactNode {
  const t = useT()
  const { tags } = useSession()
  const found = useMemo(() => {
    const places = new Map(names.map((name, index) => [name.toLowerCase(), index]))
    return formula.references.map((reference) => tags[places.get(nameOf(reference).toLowerCase()) ?? -1])
  }, [formula, names, tags])
  const units = new Set(found.flatMap((tag) => (tag === undefined || tag.unit === '' ? [] : [tag.unit])))
  return (
    <div className="formula-live">
      <p className="meta">
        {t('formula.reading')} <code>{reading}</code>
      </p>
      {formula.references.length > 0 && (
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t('formula.reference')}</th>
              <th scope="col" className="number">
                {t('device.value')}
              </th>
              <th scope="col">{t('device.quality')}</th>
              <th scope="col">{t('device.age')}</th>
            </tr>
          </thead>
          <tbody>
            {formula.references.map((reference, index) => (
              <ReferenceRow key={nameOf(reference)} name={nameOf(reference)} tag={found[index]} />
            ))}
          </tbody>
        </table>
      )}
      {found.every((tag) => tag !== undefined) && <Result formula={formula} text={text} tags={found} unit={unit} />}
      {units.size > 1 && <p className="meta">{t('formula.units', { units: [...units].join(', ') })}</p>}
    </div>
  )
}

function nameOf({ device, tag }: Reference): string {
  return `${device}:${tag}`
}

function ReferenceRow({ name, tag }: { name: string; tag: Tag | undefined }): ReactNode {
  const t = useT()
  return (
    <tr>
      <td>{name}</td>
      {tag === undefined ? (
        <td colSpan={3} className="formula-missing">
          {t('formula.missing')}
        </td>
      ) : (
        <>
          <td className="number">
            <LiveValue tag={tag} />
          </td>
          <td>
            <QualityMark tag={tag} />
          </td>
          <td>
            <FreshnessBadge tag={tag} />
          </td>
        </>
      )}
    </tr>
  )
}

/** What it comes to by the readings of this second; windows are filled by the server, every few seconds. */
function Result({ formula, text, tags, unit }: { formula: Formula; text: string; tags: readonly Tag[]; unit: string }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  // the rows above ask the stream for these tags; the result is drawn again each second
  useSyncExternalStore(live.onBeat, () => live.beat)
  const own = valueOf(
    formula,
    tags.map((tag) => {
      const reading = live.reading(tag.id)
      return { value: Number(reading?.value ?? Number.NaN), severity: reading === undefined ? 2 : severityOf(reading.quality) }
    }),
  )
  const [asked] = useDebouncedValue(text, ASK_AFTER_MILLIS)
  const windowed = useQuery({
    queryKey: ['formula', asked],
    queryFn: async ({ signal }) => await call('POST /api/formulas/check', { body: { formula: asked } }, signal),
    enabled: own === null,
    refetchInterval: ASK_EVERY_MILLIS,
    retry: false,
  })
  const told = (value: number | null): string =>
    value === null || Number.isNaN(value) ? t('formula.none') : `${formatShort(value, locale, 4)} ${unit}`
  const ofServer = windowed.isError || windowed.data?.inTime === false ? t('formula.windows') : '…'
  return (
    <p className="formula-result" aria-live="off">
      {t('formula.result')}{' '}
      <strong>{own !== null ? told(own) : windowed.data?.inTime === true && asked === text ? told(windowed.data.value) : ofServer}</strong>
    </p>
  )
}

const ASK_AFTER_MILLIS = 500
const ASK_EVERY_MILLIS = 5000
