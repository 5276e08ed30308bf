import { useMediaQuery } from '@mantine/hooks'
import { IconCpu } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { memo, type ReactNode, useMemo, useRef, useState } from 'react'
import type { Device, DeviceState } from '../../api/replies.ts'
import { inWords, useT } from '../../i18n/language.ts'
import { useBeat, useDeviceState, useDeviceStates } from '../../live/hooks.ts'
import { shownStatus } from '../../live/shown-status.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { buttonLook } from '../../widgets/controls/button.tsx'
import { CheckBox } from '../../widgets/controls/check-box.tsx'
import { SearchBox } from '../../widgets/controls/search-box.tsx'
import { STATUS_ORDER, StatusMark, type StatusName } from '../../widgets/device-status.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { Ago } from '../../widgets/instant.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { ProtocolName } from '../../widgets/protocol-name.tsx'
import { RowsInSight } from '../../widgets/rows-in-sight.tsx'
import { useSight } from '../../widgets/sight.ts'
import '../alarms/alarms.css'
import './devices.css'

interface Row {
  readonly device: Device
  readonly state: DeviceState | undefined
  readonly status: StatusName
  readonly tags: number
}

/** All devices, those with problems first. */
export function DevicesPage(): ReactNode {
  const t = useT()
  const session = useSession()
  const search = useSearch({ from: '/shell/devices' })
  const navigate = useNavigate({ from: '/devices' })
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const states = useDeviceStates()
  const beat = useBeat()
  const rows = useMemo(() => {
    const byId = new Map(states.map((state) => [state.deviceId, state]))
    return session.devices
      .map((device): Row => {
        const state = byId.get(device.id)
        return { device, state, status: shownStatus(device, state, live.now()), tags: session.tagsOf(device.id).length }
      })
      .toSorted((a, b) => STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) || a.device.code.localeCompare(b.device.code))
    // oxlint-disable-next-line react/exhaustive-deps -- `beat`: what was said long ago does not stand for ever
  }, [session, states, beat])
  const wanted = search.text?.toLocaleLowerCase() ?? ''
  const matches = (row: Row): boolean => {
    if (search.problems === true && (row.status === 'online' || row.status === 'disabled')) return false
    const { code, name, area } = row.device
    return (
      wanted === '' ||
      [code, name, area, ...session.tagsOf(row.device.id).map((tag) => tag.name)].some((text) => text.toLocaleLowerCase().includes(wanted))
    )
  }
  const shown = rows.filter(matches)
  return (
    <>
      <PageHead
        title={t('devices.title')}
        aside={<span className="muted">{t('home.devices', { count: session.devices.length })}</span>}
        actions={
          session.may('engineer') ? (
            <Link to="/config/devices" className={buttonLook('default')}>
              {t('device.configure')}
            </Link>
          ) : undefined
        }
      />
      <div className="filters">
        <SearchBox
          className="device-search"
          label={t('devices.search')}
          value={search.text ?? ''}
          onChange={(text) => void navigate({ search: (old) => ({ ...old, text: text === '' ? undefined : text }), replace: true })}
        />
        <CheckBox
          label={t('devices.problemsOnly')}
          checked={search.problems === true}
          onChange={(event) => {
            const problems = event.currentTarget.checked ? (true as const) : undefined
            void navigate({ search: (old) => ({ ...old, problems }), replace: true })
          }}
        />
      </div>
      {shown.length === 0 ? (
        <div className="card">
          <EmptyState
            title={session.devices.length === 0 ? t('home.noDevices') : t('devices.noMatch')}
            icon={<IconCpu size={40} aria-hidden />}
            {...(session.devices.length === 0 ? { hint: session.may('engineer') ? t('home.noDevicesHint') : t('home.askEngineer') } : {})}
          />
        </div>
      ) : phone ? (
        <DeviceCards rows={shown} />
      ) : (
        <DeviceTable rows={shown} />
      )}
    </>
  )
}

function DeviceName({ device }: { device: Device }): ReactNode {
  const t = useT()
  return (
    <>
      <Link to="/devices/$deviceId" params={{ deviceId: String(device.id) }}>
        <strong>{device.code}</strong>
      </Link>{' '}
      {device.demo && <span className="pill">{t('devices.demo')}</span>}
    </>
  )
}

function DeviceTable({ rows }: { rows: readonly Row[] }): ReactNode {
  const t = useT()
  return (
    <div className="card table-wrap">
      <table className="grid" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th>{t('devices.code')}</th>
            <th>{t('devices.name')}</th>
            <th>{t('devices.area')}</th>
            <th>{t('device.protocol')}</th>
            <th>{t('devices.status')}</th>
            <th>{t('devices.newest')}</th>
            <th className="number">{t('devices.tags')}</th>
            <th>{t('devices.problem')}</th>
          </tr>
        </thead>
        <RowsInSight
          rows={rows}
          rowHeight={37}
          renderRow={({ device, state, status, tags }, ariaIndex) => (
            <tr key={device.id} aria-rowindex={ariaIndex}>
              <td className="numeric">
                <DeviceName device={device} />
              </td>
              <td>{device.name}</td>
              <td className="muted">{device.area}</td>
              <td className="muted">
                <ProtocolName protocol={device.protocol} />
              </td>
              <td>
                <StatusMark status={status} />
              </td>
              <td>{state?.newest === null || state === undefined ? <span className="muted">–</span> : <Ago at={state.newest} />}</td>
              <td className="number numeric">{tags}</td>
              <td className="device-problem">{device.enabled ? inWords(state?.problem ?? '') : null}</td>
            </tr>
          )}
        />
      </table>
    </div>
  )
}

function DeviceCards({ rows }: { rows: readonly Row[] }): ReactNode {
  return (
    <ul className="plain-list stack" style={{ gap: 8 }}>
      {rows.map(({ device, status }) => (
        <DeviceCard key={device.id} device={device} status={status} />
      ))}
    </ul>
  )
}

interface CardProps {
  readonly device: Device
  readonly status: StatusName
}

/** Draws itself again only when its state changes; the rest is asked for near the screen. */
const DeviceCard = memo(({ device, status }: CardProps): ReactNode => {
  const card = useRef<HTMLLIElement>(null)
  const [inSight, setInSight] = useState(false)
  useSight(card, setInSight)
  return (
    <li ref={card} className="card device-card">
      <Link to="/devices/$deviceId" params={{ deviceId: String(device.id) }}>
        <span className="row spread">
          <strong>{device.code}</strong>
          <StatusMark status={status} />
        </span>
        <span className="row spread">
          <span className="clip">{device.name}</span>
          <span className="meta grow">
            <ProtocolName protocol={device.protocol} />
          </span>
          {inSight && <Newest deviceId={device.id} />}
        </span>
        {device.enabled && <Problem deviceId={device.id} />}
      </Link>
    </li>
  )
})

function Newest({ deviceId }: { deviceId: number }): ReactNode {
  const newest = useDeviceState(deviceId)?.newest ?? null
  return newest === null ? null : <Ago at={newest} />
}

/** Stands there for those far from the screen too: it makes a card higher. */
function Problem({ deviceId }: { deviceId: number }): ReactNode {
  // follows a change of the language
  useT()
  const problem = useDeviceState(deviceId)?.problem ?? null
  return problem === null ? null : <span className="meta">{inWords(problem)}</span>
}
