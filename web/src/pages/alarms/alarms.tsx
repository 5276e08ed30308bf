import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks'
import { IconBellOff } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { SearchBox } from '../../widgets/controls/search-box.tsx'
import { Select } from '../../widgets/controls/select.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import '../public-frame.css'
import type { AlarmsSearch } from '../searches.ts'
import { AlarmCards } from './alarm-cards.tsx'
import { useAlarmKeys } from './alarm-keys.ts'
import { AlarmTable } from './alarm-table.tsx'
import { byUrgency } from './alarm-text.ts'
import { alarmsQuery } from './alarms-query.ts'
import './alarms.css'

const AcknowledgeDialog = onDemand(async () => (await import('./acknowledge-dialog.tsx')).AcknowledgeDialog)
const AlarmDetail = onDemand(async () => (await import('./alarm-detail.tsx')).AlarmDetail)
const SEVERITIES = ['critical', 'warning', 'info'] as const
const none: ReadonlySet<number> = new Set()

/** The alarms console. */
export function AlarmsPage(): ReactNode {
  const t = useT()
  const { may } = useSession()
  const search = useSearch({ from: '/shell/alarms' })
  const navigate = useNavigate({ from: '/alarms' })
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const query = useInfiniteQuery(alarmsQuery(search))
  const [chosen, setChosen] = useState(none)
  const [acknowledging, setAcknowledging] = useState<readonly Alarm[] | null>(null)

  const alarms = useMemo(() => {
    const all = query.data?.pages.flatMap((page) => page.alarms) ?? []
    return search.state === 'history' ? all : all.toSorted(byUrgency)
  }, [query.data, search.state])
  const waiting = useMemo(() => alarms.filter((alarm) => alarm.acknowledgedAt === null && alarm.closedAt === null), [alarms])
  // What somebody else acknowledged meanwhile is no longer selected.
  const selected = useMemo(() => new Set(waiting.filter((alarm) => chosen.has(alarm.id)).map((alarm) => alarm.id)), [waiting, chosen])

  const change = (next: AlarmsSearch): void => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })
  const open = (id: number | undefined): void => change({ alarm: id })
  const operator = may('operator')

  const acknowledgeByKey = useCallback(
    (focused: number | null) => {
      const wanted = selected.size > 0 ? waiting.filter((alarm) => selected.has(alarm.id)) : waiting.filter((alarm) => alarm.id === focused)
      const [first] = waiting
      const chosenOnes = wanted.length > 0 ? wanted : focused === null && first !== undefined ? [first] : []
      if (chosenOnes.length > 0) setAcknowledging(chosenOnes)
    },
    [selected, waiting],
  )
  const selectByKey = useCallback((id: number) => {
    setChosen((old) => {
      const next = new Set(old)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  useAlarmKeys(operator && acknowledging === null && search.alarm === undefined, { acknowledge: acknowledgeByKey, select: selectByKey })

  const count = query.data?.pages[0]?.counts.unacknowledged
  return (
    <>
      <PageHead
        title={t('alarms.title')}
        aside={count === undefined ? null : <span className="muted">{t('alarms.unacknowledged', { count })}</span>}
        actions={
          operator && !phone ? (
            <Button disabled={selected.size === 0} onClick={() => setAcknowledging(waiting.filter((alarm) => selected.has(alarm.id)))}>
              {selected.size === 0 ? t('action.acknowledge') : t('alarms.selected', { count: selected.size })}
            </Button>
          ) : undefined
        }
      />
      <Filters search={search} onChange={change} />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {query.data !== undefined && alarms.length === 0 && (
        <NoAlarms search={search} onClear={() => void navigate({ search: search.state === 'history' ? { state: 'history' } : {} })} />
      )}
      {alarms.length > 0 &&
        (phone ? (
          <AlarmCards alarms={alarms} onOpen={open} onComment={(alarm) => setAcknowledging([alarm])} />
        ) : (
          <AlarmTable
            alarms={alarms}
            selected={selected}
            onSelect={setChosen}
            onOpen={open}
            selectable={operator && search.state !== 'history'}
          />
        ))}
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('action.loadMore')}
        </Button>
      )}
      {!phone && operator && alarms.length > 0 && <p className="meta">{t('alarms.keys')}</p>}
      {search.alarm !== undefined && acknowledging === null && (
        <AlarmDetail id={search.alarm} onClose={() => open(undefined)} onAcknowledge={(alarm) => setAcknowledging([alarm])} />
      )}
      {acknowledging !== null && (
        <AcknowledgeDialog
          alarms={acknowledging}
          onClose={(done) => {
            setAcknowledging(null)
            if (done) setChosen(none)
          }}
        />
      )}
    </>
  )
}

function Filters({ search, onChange }: { search: AlarmsSearch; onChange: (next: AlarmsSearch) => void }): ReactNode {
  const t = useT()
  const { devices } = useSession()
  const [text, setText] = useState(search.text ?? '')
  const apply = useDebouncedCallback((next: string) => onChange({ text: next === '' ? undefined : next }), 300)
  const history = search.state === 'history'
  return (
    <div className="filters">
      <div className="tabs">
        <Button variant={history ? 'default' : 'filled'} aria-pressed={!history} onClick={() => onChange({ state: undefined })}>
          {t('alarms.active')}
        </Button>
        <Button variant={history ? 'filled' : 'default'} aria-pressed={history} onClick={() => onChange({ state: 'history' })}>
          {t('alarms.history')}
        </Button>
      </div>
      <SearchBox
        className="push"
        label={t('form.search')}
        value={text}
        onChange={(next) => {
          setText(next)
          apply(next)
        }}
      />
      <Select
        aria-label={t('alarm.severity')}
        value={search.severity ?? ''}
        onChange={(event) => onChange({ severity: SEVERITIES.find((severity) => severity === event.currentTarget.value) })}
      >
        <option value="">{t('alarms.anySeverity')}</option>
        {SEVERITIES.map((severity) => (
          <option key={severity} value={severity}>
            {t(`severity.${severity}`)}
          </option>
        ))}
      </Select>
      <Select
        aria-label={t('alarm.device')}
        value={search.device ?? ''}
        onChange={(event) => onChange({ device: event.currentTarget.value === '' ? undefined : Number(event.currentTarget.value) })}
      >
        <option value="">{t('alarms.anyDevice')}</option>
        {devices.map((device) => (
          <option key={device.id} value={device.id}>
            {device.code} · {device.name}
          </option>
        ))}
      </Select>
    </div>
  )
}

function NoAlarms({ search, onClear }: { search: AlarmsSearch; onClear: () => void }): ReactNode {
  const t = useT()
  const icon = <IconBellOff size={40} aria-hidden />
  if (search.severity !== undefined || search.device !== undefined || search.text !== undefined) {
    return (
      <div className="card">
        <EmptyState
          title={t('alarms.noneFiltered')}
          icon={icon}
          action={
            <Button variant="default" onClick={onClear}>
              {t('action.clearFilters')}
            </Button>
          }
        />
      </div>
    )
  }
  return (
    <div className="card">
      {search.state === 'history' ? (
        <EmptyState title={t('alarms.noHistory')} hint={t('alarms.noHistoryHint')} icon={icon} />
      ) : (
        <EmptyState title={t('alarms.none')} hint={t('alarms.noneHint')} icon={icon} />
      )}
    </div>
  )
}
