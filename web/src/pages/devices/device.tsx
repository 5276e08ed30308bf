import { useLocalStorage } from '@mantine/hooks'
import { IconTags } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import type { Alarm, Device, Tag } from '../../api/replies.ts'
import { useT, withWords } from '../../i18n/language.ts'
import { useBeat, useDeviceState } from '../../live/hooks.ts'
import { freshnessOf } from '../../live/freshness.ts'
import { staleAfterSeconds } from '../../live/pushes.ts'
import { shownStatus } from '../../live/shown-status.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { buttonLook } from '../../widgets/controls/button.tsx'
import { CheckBox } from '../../widgets/controls/check-box.tsx'
import { SearchBox } from '../../widgets/controls/search-box.tsx'
import { Segments } from '../../widgets/controls/segments.tsx'
import { StatusMark } from '../../widgets/device-status.tsx'
import { deviceTitle } from '../../widgets/device-title.ts'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { byUrgency } from '../alarms/by-urgency.ts'
import { alarmsQuery } from '../alarms/alarms-query.ts'
import { rulesQuery } from '../configure/rules/rules-query.ts'
import '../alarms/alarms.css'
import '../public-frame.css'
import { DeviceFacts } from './device-facts.tsx'
import './devices.css'
import { TagTile } from './tag-tile.tsx'

const DeviceService = onDemand(withWords(async () => (await import('../alarms/device-service.tsx')).DeviceService))
const NotFoundPage = onDemand(async () => (await import('../not-found.tsx')).NotFoundPage)
const TagTable = onDemand(async () => (await import('./tag-rows.tsx')).TagTable)
const TagTrend = onDemand(withWords(async () => (await import('./tag-trend.tsx')).TagTrend))

/** One device and its values as they are now. */
export function DevicePage(): ReactNode {
  const { deviceId } = useParams({ from: '/shell/devices/$deviceId' })
  const device = useSession().device(Number(deviceId))
  return device === undefined ? <NotFoundPage /> : <Shown key={device.id} device={device} />
}

function Shown({ device }: { device: Device }): ReactNode {
  const t = useT()
  const { may, tagsOf } = useSession()
  const state = useDeviceState(device.id)
  const tags = tagsOf(device.id)
  return (
    <>
      <PageHead
        title={deviceTitle(device)}
        aside={
          <>
            <StatusMark status={shownStatus(device, state, live.now())} />
            {device.demo && <span className="pill">{t('devices.demo')}</span>}
          </>
        }
        actions={
          <>
            <CurvesLink deviceId={device.id} />
            {may('operator') && (
              <Link to="/devices/$deviceId/diagnostics" params={{ deviceId: String(device.id) }} className={buttonLook('default')}>
                {t('device.diagnostics')}
              </Link>
            )}
            {may('engineer') && (
              <Link to="/config/devices/$deviceId" params={{ deviceId: String(device.id) }} className={buttonLook('default')}>
                {t('device.configure')}
              </Link>
            )}
          </>
        }
      />
      <DeviceFacts device={device} />
      <DeviceService device={device} />
      {tags.length === 0 ? (
        <div className="card">
          <EmptyState title={t('device.noTags')} hint={t('device.noTagsHint')} icon={<IconTags size={40} aria-hidden />} />
        </div>
      ) : (
        <LiveTags device={device} tags={tags} />
      )}
    </>
  )
}

/** Only where there is a curve to see. */
function CurvesLink({ deviceId }: { deviceId: number }): ReactNode {
  const t = useT()
  const rules = useQuery(rulesQuery(deviceId)).data ?? []
  if (!rules.some((rule) => rule.kind === 'curve')) return null
  return (
    <Link to="/curves" search={{ device: deviceId }} className={buttonLook('default')}>
      {t('nav.curves')}
    </Link>
  )
}

function LiveTags({ device, tags }: { device: Device; tags: readonly Tag[] }): ReactNode {
  const t = useT()
  const [view, setView] = useLocalStorage({ key: 'synctide.device-view', defaultValue: 'tiles' })
  const [text, setText] = useState('')
  const [abnormal, setAbnormal] = useState(false)
  const [open, setOpen] = useState<Tag | null>(null)
  const { data } = useInfiniteQuery(alarmsQuery({}))
  const alarms = useMemo(() => worstByTag(data?.pages.flatMap((page) => page.alarms) ?? []), [data])
  const isAbnormal = useAbnormal(device, abnormal)
  const wanted = text.toLocaleLowerCase()
  const shown = tags.filter(
    (tag) => (wanted === '' || tag.name.toLocaleLowerCase().includes(wanted)) && (!abnormal || alarms.has(tag.id) || isAbnormal(tag)),
  )
  return (
    <>
      <div className="filters">
        <h2 style={{ marginRight: 8 }}>{t('device.live')}</h2>
        <SearchBox className="device-search" label={t('device.searchTags')} value={text} onChange={setText} />
        <CheckBox label={t('device.abnormal')} checked={abnormal} onChange={(event) => setAbnormal(event.currentTarget.checked)} />
        <Segments
          label={t('device.view')}
          value={view}
          onChange={setView}
          choices={[
            { value: 'tiles', label: t('device.tiles') },
            { value: 'table', label: t('device.table') },
          ]}
        />
      </div>
      {shown.length === 0 && (
        <div className="card">
          <EmptyState title={abnormal && wanted === '' ? t('device.allNormal') : t('device.noTagMatches')} />
        </div>
      )}
      {shown.length > 0 &&
        (view === 'table' ? (
          <TagTable tags={shown} alarms={alarms} onOpen={setOpen} />
        ) : (
          <ul className="plain-list tiles">
            {shown.map((tag) => (
              <TagTile key={tag.id} tag={tag} alarm={alarms.get(tag.id)} onOpen={setOpen} />
            ))}
          </ul>
        ))}
      {open !== null && <TagTrend tag={open} onClose={() => setOpen(null)} />}
    </>
  )
}

/** Judges all tags each second, only while somebody filters by it. */
function useAbnormal(device: Device, on: boolean): (tag: Tag) => boolean {
  useBeat(on)
  return (tag) =>
    on &&
    freshnessOf({
      now: live.now(),
      stream: live.state,
      reading: live.reading(tag.id),
      device: live.device(device.id),
      staleAfterSeconds: staleAfterSeconds(device),
    }).state !== 'fresh'
}

function worstByTag(alarms: readonly Alarm[]): ReadonlyMap<number, Alarm> {
  const worst = new Map<number, Alarm>()
  for (const alarm of alarms.toSorted(byUrgency)) {
    if (alarm.tagId !== null && alarm.clearedAt === null && !worst.has(alarm.tagId)) worst.set(alarm.tagId, alarm)
  }
  return worst
}
