import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import type { PlainKey } from '../../i18n/translate.ts'
import { formatRecent } from '../../format/instants.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { Instant } from '../../widgets/instant.tsx'
import type { SuppressionEntry } from './suppressions-query.ts'

const ACTS: Readonly<Record<string, PlainKey>> = {
  shelved: 'act.shelved',
  unshelved: 'act.unshelved',
  shelf_ended: 'act.shelf_ended',
  out_of_service: 'act.out_of_service',
  in_service: 'act.in_service',
  service_ended: 'act.service_ended',
  reset: 'act.reset',
  by_design: 'act.by_design',
  design_ended: 'act.design_ended',
}

/** What was done, in words: `Shelved until 14:00`. */
export function ActText({ entry }: { entry: SuppressionEntry }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const key = ACTS[entry.act]
  return (
    <>
      {key === undefined ? entry.act : t(key)}
      {entry.until !== null && <> {t('act.untilTime', { time: formatRecent(entry.until, live.now(), locale, timeZone) })}</>}
    </>
  )
}

/** Who put what aside and brought it back, newest first: nothing of it is ever rewritten. */
export function SuppressionLog({ entries }: { entries: readonly SuppressionEntry[] }): ReactNode {
  const t = useT()
  if (entries.length === 0) return null
  return (
    <section className="card" aria-labelledby="suppression-log">
      <div className="card-head">
        <h2 id="suppression-log">{t('hidden.log')}</h2>
      </div>
      <ol className="plain-list card-body log-list">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Instant at={entry.at} />
            <span>
              <ActText entry={entry} />: <strong>{entry.name}</strong>
              {entry.deviceCode !== null && entry.deviceCode !== entry.name && <span className="muted"> {entry.deviceCode}</span>}
            </span>
            <span className="muted">
              {entry.who}
              {entry.reason !== null && <> · {entry.reason}</>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
