import { IconCircleCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { Ago } from '../../widgets/instant.tsx'
import { SeverityMark } from '../../widgets/severity-mark.tsx'
import { useAcknowledge } from '../alarms/acknowledge.ts'
import { alarmName, valueAndLimit } from '../alarms/alarm-text.ts'
import { byUrgency } from '../alarms/by-urgency.ts'
import { alarmsQuery } from '../alarms/alarms-query.ts'
import { useHandles } from '../alarms/use-handles.ts'

const SHOWN = 8

/** The most urgent alarms, to be acknowledged on the spot. */
export function ActiveAlarms(): ReactNode {
  const t = useT()
  const session = useSession()
  const handles = useHandles()
  const query = useInfiniteQuery(alarmsQuery({}))
  const acknowledge = useAcknowledge()
  const busy = acknowledge.isPending ? acknowledge.variables.ids : []
  const alarms = (query.data?.pages.flatMap((page) => page.alarms) ?? []).toSorted(byUrgency)
  const counts = query.data?.pages[0]?.counts
  return (
    <section className="card right" aria-labelledby="active-alarms">
      <div className="card-head">
        <h2 id="active-alarms">{t('home.activeAlarms')}</h2>
        {counts !== undefined && counts.unacknowledged > 0 && (
          <span className="meta">{t('alarms.unacknowledged', { count: counts.unacknowledged })}</span>
        )}
        <Link to="/alarms">{t('home.openConsole')}</Link>
      </div>
      <div className="card-body">
        <ErrorNote error={query.error} retry={() => void query.refetch()} />
        {query.data !== undefined && alarms.length === 0 && (
          <EmptyState
            title={t('alarms.none')}
            hint={t('alarms.noneHint')}
            icon={<IconCircleCheck size={32} color="var(--ok)" aria-hidden />}
          />
        )}
        <ul className="plain-list">
          {alarms.slice(0, SHOWN).map((alarm) => (
            <li key={alarm.id} className="home-alarm">
              <SeverityMark alarm={alarm} word={false} />
              <div style={{ minWidth: 0 }}>
                <Link
                  to="/alarms"
                  search={{ alarm: alarm.id }}
                  style={{ color: 'inherit', fontWeight: alarm.acknowledgedAt === null ? 650 : 400 }}
                >
                  {alarmName(alarm, t)}
                </Link>
                <div className="meta">
                  {alarm.deviceCode} {valueAndLimit(alarm, session) !== '' && <>· {valueAndLimit(alarm, session)} </>}·{' '}
                  {alarm.clearedAt !== null || alarm.latched === true ? t('alarm.isCleared') : <Ago at={alarm.raisedAt} />}
                  {alarm.latched === true && `: ${t('alarm.waitsForReset')}`}
                </div>
              </div>
              {alarm.acknowledgedAt === null && handles(alarm) ? (
                <Button
                  size="compact-md"
                  variant="default"
                  loading={busy.includes(alarm.id)}
                  onClick={() => acknowledge.mutate({ ids: [alarm.id], comment: '' })}
                  aria-label={`${t('action.acknowledge')}: ${alarmName(alarm, t)}`}
                >
                  {t('action.acknowledge')}
                </Button>
              ) : (
                <span className="meta">{alarm.acknowledgedBy}</span>
              )}
            </li>
          ))}
        </ul>
        {alarms.length > SHOWN && (
          <p>
            <Link to="/alarms">{t('home.moreAlarms', { count: alarms.length - SHOWN })}</Link>
          </p>
        )}
      </div>
    </section>
  )
}
