import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { call, type CallReply } from '../../api/client.ts'
import { formatAge } from '../../format/instants.ts'
import { useT, withWords } from '../../i18n/language.ts'
import { useBeat } from '../../live/hooks.ts'
import { live } from '../../live.ts'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { useSession } from '../../session.tsx'
import { toldText } from '../../widgets/told-text.ts'
import { onDemand } from '../../widgets/on-demand.tsx'
import { SeverityGlyph } from '../../widgets/severity-mark.tsx'
import { alarmName } from '../alarms/alarm-text.ts'

type LiveCase = CallReply<'GET /api/cases'>[number]

const PolicyChanges = onDemand(
  async () => (await withWords(async () => await import('../configure/escalation/policy-changes.tsx'))()).PolicyChanges,
)

/** Alarms that somebody is being told of: who was told, and what comes next, in a countdown. */
export function LiveCases(): ReactNode {
  const t = useT()
  const { may } = useSession()
  const query = useQuery({
    queryKey: ['cases'],
    queryFn: async ({ signal }) => await call('GET /api/cases', {}, signal),
    refetchInterval: 5000,
  })
  const cases = query.data ?? []
  if (query.error !== null) return <ErrorNote error={query.error} retry={() => void query.refetch()} />
  if (cases.length === 0) return null
  return (
    <section className="card" aria-label={t('cases.title')}>
      <div className="card-head">
        <h2>{t('cases.title')}</h2>
      </div>
      <div className="card-body stack">
        {may('engineer') && <PolicyChanges />}
        <ul className="plain-list stack">
          {cases.map((one) => (
            <CaseRow key={one.id} one={one} />
          ))}
        </ul>
      </div>
    </section>
  )
}

function CaseRow({ one }: { one: LiveCase }): ReactNode {
  const t = useT()
  const group = one.steps[one.step]
  return (
    <li className="stack" style={{ gap: 2 }}>
      <div className="row spread">
        <Link to="/alarms/$alarmId" params={{ alarmId: String(one.alarmEventId) }} className="row">
          <SeverityGlyph shape={one.severity} size={16} /> #{one.displayNumber} {alarmName({ kind: one.alarmKind, name: one.alarmName }, t)}{' '}
          ({one.deviceCode})
        </Link>
        <span className="row">
          {one.state === 'exhausted' && (
            <strong style={{ color: 'var(--critical)' }}>{t(one.untold ? 'cases.untold' : 'cases.exhausted')}</strong>
          )}
          {one.nextActionAt !== null && <Countdown at={one.nextActionAt} />}
        </span>
      </div>
      {one.chainName !== null && group !== undefined && (
        <span className="meta">
          {one.chainName}, {t('cases.step', { step: one.step + 1, steps: one.steps.length, group })}
        </span>
      )}
      {one.reason !== null && <span className="meta">{toldText(one.reason, t)}</span>}
      {one.skipped.length > 0 && (
        <details>
          <summary className="meta">{t('cases.notTold')}</summary>
          <ul className="plain-list meta">
            {one.skipped.map((person) => (
              <li key={`${person.contactId} ${person.why}`}>
                {person.contactName}: {toldText(person.why, t)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  )
}

function Countdown({ at }: { at: number }): ReactNode {
  const t = useT()
  useBeat()
  const seconds = (at - live.now()) / 1_000_000
  return <span className="numeric">{seconds <= 0 ? t('cases.nextNow') : t('cases.next', { age: formatAge(seconds) })}</span>
}
