import { useMediaQuery } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import type { AlarmsSearch } from '../searches.ts'
import { AlarmCards } from './alarm-cards.tsx'
import { AlarmFilters, NO_FILTERS } from './alarm-filters.tsx'
import { useAlarmKeys } from './alarm-keys.ts'
import { AlarmTable } from './alarm-table.tsx'
import { alarmName } from './alarm-text.ts'
import { byUrgency } from './by-urgency.ts'
import { alarmsQuery } from './alarms-query.ts'
import { NoAlarms } from './no-alarms.tsx'
import type { Aside } from './put-aside-dialog.tsx'
import { useRowFocus } from './row-focus.ts'
import { useHandles } from './use-handles.ts'

const AcknowledgeDialog = onDemand(async () => (await import('./acknowledge-dialog.tsx')).AcknowledgeDialog)
const PutAsideDialog = onDemand(async () => (await import('./put-aside-dialog.tsx')).PutAsideDialog)
const AlarmDetail = onDemand(async () => (await import('./alarm-detail.tsx')).AlarmDetail)
const none: ReadonlySet<number> = new Set()

interface Props {
  readonly search: AlarmsSearch
  readonly onChange: (next: AlarmsSearch) => void
  /** On a phone: what is seldom wanted, behind a button with the filters. */
  readonly folded: ReactNode
}

/** One list of alarms with its filters, its keys and what is done with its rows. */
export function AlarmConsole({ search, onChange, folded }: Props): ReactNode {
  const t = useT()
  const { may } = useSession()
  const handles = useHandles()
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const query = useInfiniteQuery(alarmsQuery(search))
  const [chosen, setChosen] = useState(none)
  const [acknowledging, setAcknowledging] = useState<readonly Alarm[] | null>(null)
  const [aside, setAside] = useState<Aside | null>(null)
  const history = search.state === 'history'
  const operator = may('operator')

  const alarms = useMemo(() => {
    const all = query.data?.pages.flatMap((page) => page.alarms) ?? []
    return history ? all : all.toSorted(byUrgency)
  }, [query.data, history])
  const mine = useMemo(() => alarms.filter((alarm) => alarm.closedAt === null && handles(alarm)), [alarms, handles])
  const waiting = useMemo(() => mine.filter((alarm) => alarm.acknowledgedAt === null), [mine])
  // What was closed meanwhile is no longer selected.
  const picked = useMemo(() => mine.filter((alarm) => chosen.has(alarm.id)), [mine, chosen])
  const selected = useMemo(() => new Set(picked.map((alarm) => alarm.id)), [picked])
  const open = (id: number | undefined): void => onChange({ alarm: id })

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
  const shelve = useCallback(
    (wanted: readonly Alarm[]) => {
      const rules = new Map(
        wanted.flatMap((alarm) =>
          alarm.ruleId === null || alarm.closedAt !== null
            ? []
            : [[alarm.ruleId, { ruleId: alarm.ruleId, name: alarmName(alarm, t), deviceCode: alarm.deviceCode }] as const],
        ),
      )
      if (rules.size > 0) setAside({ kind: 'rules', rules: [...rules.values()] })
    },
    [t],
  )
  const shelveByKey = useCallback(
    (focused: number | null) => shelve(mine.filter((alarm) => (selected.size > 0 ? selected.has(alarm.id) : alarm.id === focused))),
    [mine, selected, shelve],
  )
  useAlarmKeys(operator && acknowledging === null && aside === null && search.alarm === undefined, {
    acknowledge: acknowledgeByKey,
    select: selectByKey,
    shelve: shelveByKey,
  })

  useRowFocus(alarms, acknowledging !== null || aside !== null || search.alarm !== undefined)

  const unacknowledged = picked.filter((alarm) => alarm.acknowledgedAt === null)
  return (
    <>
      <div className="console-bar">
        <AlarmFilters search={search} onChange={onChange} folded={folded} />
        {operator && !phone && !history && (
          <span className="row">
            <Button disabled={unacknowledged.length === 0} onClick={() => setAcknowledging(unacknowledged)}>
              {unacknowledged.length === 0 ? t('action.acknowledge') : t('alarms.selected', { count: unacknowledged.length })}
            </Button>
            <Button variant="default" disabled={picked.length === 0} onClick={() => shelve(picked)}>
              {picked.length === 0 ? t('aside.shelve') : t('aside.shelveMany', { count: picked.length })}
            </Button>
          </span>
        )}
      </div>
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {query.data !== undefined && alarms.length === 0 && <NoAlarms search={search} onClear={() => onChange(NO_FILTERS)} />}
      {alarms.length > 0 &&
        (phone ? (
          <AlarmCards alarms={alarms} onOpen={open} onComment={(alarm) => setAcknowledging([alarm])} onAside={setAside} />
        ) : (
          <AlarmTable
            alarms={alarms}
            selected={selected}
            onSelect={setChosen}
            onOpen={open}
            onAside={setAside}
            selectable={operator && !history}
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
      {aside !== null && (
        <PutAsideDialog
          aside={aside}
          onClose={(done) => {
            setAside(null)
            if (done) setChosen(none)
          }}
        />
      )}
    </>
  )
}
