import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { formatRecent } from '../../format/instants.ts'
import { useT } from '../../i18n/language.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { FocusInherited } from '../../widgets/focus-inherited.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { HiddenItem, RuleTitle, Standing } from './hidden-item.tsx'
import { SuppressionLog } from './suppression-log.tsx'
import { type Suppressions, suppressionsQuery, useDeed } from './suppressions-query.ts'

const ACTS: ReadonlySet<string> = new Set(['out_of_service', 'in_service', 'service_ended', 'by_design', 'design_ended', 'reset'])

/** Devices out of service, rules that are suppressed by design or chatter, and the flood that is under way. */
export function SuppressedLists({ hidden }: { hidden: ReactNode }): ReactNode {
  return (
    <FocusInherited of=".hidden-action button">
      <Suppressed hidden={hidden} />
    </FocusInherited>
  )
}

function Suppressed({ hidden }: { hidden: ReactNode }): ReactNode {
  const t = useT()
  const { data, error, refetch } = useQuery(suppressionsQuery)
  if (data === undefined) return <ErrorNote error={error} retry={() => void refetch()} />
  const none = data.maintenance.length + data.designed.length + data.chattering.length === 0 && data.flood === null
  return (
    <>
      <ErrorNote error={error} retry={() => void refetch()} />
      {data.flood !== null && <FloodBanner flood={data.flood} />}
      {none && <p className="muted">{t('hidden.noneHidden')}</p>}
      {data.maintenance.length > 0 && <Devices devices={data.maintenance} />}
      {data.designed.length > 0 && <Designed rules={data.designed} />}
      {data.chattering.length > 0 && <Chatter rules={data.chattering} />}
      {hidden}
      <SuppressionLog entries={data.history.filter((entry) => ACTS.has(entry.act))} />
    </>
  )
}

/** More alarms than a person can take in, and the one that it began with. */
export function FloodBanner({ flood }: { flood: NonNullable<Suppressions['flood']> }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const time = formatRecent(flood.startedAt, live.now(), locale, timeZone)
  return (
    <div className="banner">
      <output>
        {t('hidden.flood', { time, count: flood.alarms })}{' '}
        {flood.firstOut !== null && (
          <>
            {t('hidden.floodFirst')}{' '}
            <Link to="/alarms/$alarmId" params={{ alarmId: String(flood.firstOut.eventId) }}>
              {flood.firstOut.name} · {flood.firstOut.deviceCode}
            </Link>
          </>
        )}
      </output>
    </div>
  )
}

function Devices({ devices }: { devices: Suppressions['maintenance'] }): ReactNode {
  const t = useT()
  const { may } = useSession()
  const deed = useDeed()
  return (
    <section aria-labelledby="hidden-devices" className="stack">
      <h2 id="hidden-devices">{t('hidden.devices')}</h2>
      <ul className="plain-list hidden-list">
        {devices.map((one) => (
          <HiddenItem
            key={one.deviceId}
            title={
              <span>
                <Link to="/devices/$deviceId" params={{ deviceId: String(one.deviceId) }}>
                  <strong>{one.deviceCode}</strong>
                </Link>{' '}
                {one.deviceName}
              </span>
            }
            facts={[
              [t('hidden.why'), one.reason],
              [t('hidden.who'), one.who],
              [t('hidden.since'), <Instant key="at" at={one.at} />],
              [t('hidden.until'), one.until === null ? t('hidden.nobody') : <Instant key="until" at={one.until} />],
              [t('hidden.now'), t('hidden.open', { count: one.open })],
            ]}
            action={
              may('engineer') && (
                <Button
                  variant="default"
                  size="md"
                  loading={deed.isPending}
                  aria-label={`${t('aside.putBack')}: ${one.deviceCode}`}
                  onClick={() =>
                    deed.mutate({
                      work: () => call('DELETE /api/devices/:id/maintenance', { params: { id: one.deviceId } }),
                      done: t('aside.putBackDone', { device: one.deviceCode }),
                    })
                  }
                >
                  {t('aside.putBack')}
                </Button>
              )
            }
          />
        ))}
      </ul>
    </section>
  )
}

function Designed({ rules }: { rules: Suppressions['designed'] }): ReactNode {
  const t = useT()
  return (
    <section aria-labelledby="hidden-designed" className="stack">
      <h2 id="hidden-designed">{t('hidden.designed')}</h2>
      <ul className="plain-list hidden-list">
        {rules.map((rule) => (
          <HiddenItem
            key={rule.ruleId}
            title={<RuleTitle rule={rule} />}
            facts={[
              [t('hidden.why'), rule.byTag === null ? t('hidden.otherTagOn') : t('hidden.tagOn', { tag: rule.byTag })],
              [t('hidden.who'), 'System'],
              [t('hidden.since'), <Instant key="since" at={rule.since} />],
              [t('hidden.until'), rule.byTag === null ? '–' : t('hidden.untilTagOff', { tag: rule.byTag })],
              [t('hidden.now'), <Standing key="now" rule={rule} />],
            ]}
          />
        ))}
      </ul>
    </section>
  )
}

function Chatter({ rules }: { rules: Suppressions['chattering'] }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  return (
    <section aria-labelledby="hidden-chatter" className="stack">
      <h2 id="hidden-chatter">{t('hidden.chatter')}</h2>
      <ul className="plain-list hidden-list">
        {rules.map((rule) => (
          <HiddenItem
            key={rule.ruleId}
            title={<RuleTitle rule={rule} />}
            facts={[
              [t('hidden.why'), t('hidden.raises', { count: rule.raises })],
              [t('hidden.who'), 'System'],
              [t('hidden.until'), t('hidden.untilQuiet', { time: formatRecent(rule.until, live.now(), locale, timeZone) })],
              [t('hidden.now'), <Standing key="now" rule={rule} />],
            ]}
          />
        ))}
      </ul>
    </section>
  )
}
