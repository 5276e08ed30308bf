import { useMediaQuery } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { useAlarmCounts } from '../../live/hooks.ts'
import { onDemand } from '../../widgets/on-demand.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import '../public-frame.css'
import type { AlarmsSearch } from '../searches.ts'
import { AlarmConsole } from './alarm-console.tsx'
import { AlarmTabs } from './alarm-tabs.tsx'
import { AlarmTools } from './alarm-tools.tsx'
import './alarms.css'

const SignalSwitches = onDemand(async () => (await import('./signal-switches.tsx')).SignalSwitches)
const ShelvedList = onDemand(async () => (await import('./shelved-list.tsx')).ShelvedList)
const SuppressedLists = onDemand(async () => (await import('./suppressed-lists.tsx')).SuppressedLists)

/** The consoles: what is active, what is put aside, what is hidden otherwise, and everything that ever was. */
export function AlarmsPage(): ReactNode {
  const t = useT()
  const search = useSearch({ from: '/shell/alarms' })
  const navigate = useNavigate({ from: '/alarms' })
  const change = (next: AlarmsSearch): void => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })
  const counts = useAlarmCounts()
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const tools = <AlarmTools search={search} onChange={change} />
  const folded = (
    <>
      {tools}
      <SignalSwitches />
    </>
  )
  const console = <AlarmConsole key={search.state} search={search} onChange={change} folded={phone ? folded : undefined} />
  return (
    <>
      <PageHead
        title={t('alarms.title')}
        aside={counts === null ? null : <span className="muted">{t('alarms.unacknowledged', { count: counts.unacknowledged })}</span>}
        actions={phone ? undefined : tools}
      />
      <div className="row spread wrap">
        <AlarmTabs search={search} />
        {!phone && <SignalSwitches />}
      </div>
      {search.state === 'shelved' ? (
        <ShelvedList />
      ) : search.state === 'suppressed' ? (
        <SuppressedLists
          hidden={
            <section className="stack" aria-labelledby="hidden-alarms">
              <h2 id="hidden-alarms">{t('hidden.alarms')}</h2>
              {console}
            </section>
          }
        />
      ) : (
        console
      )}
    </>
  )
}
