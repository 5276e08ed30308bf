import { Link } from '@tanstack/react-router'
import { memo, type ReactNode } from 'react'
import type { Device } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useBeat, useDeviceStates } from '../../live/hooks.ts'
import { shownStatus } from '../../live/shown-status.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { STATUS_ORDER, StatusMark, type StatusName } from '../../widgets/device-status.tsx'

/** Every device under its area, with its state. */
export function Areas(): ReactNode {
  const t = useT()
  const { devices } = useSession()
  const states = new Map(useDeviceStates().map((state) => [state.deviceId, state]))
  useBeat()
  const statusOf = (device: Device) => shownStatus(device, states.get(device.id), live.now())
  const areas = [...Map.groupBy(devices, (device) => device.area)].toSorted(([a], [b]) => a.localeCompare(b))
  return (
    <section className="card" aria-labelledby="areas">
      <div className="card-head">
        <h2 id="areas">{t('home.areas')}</h2>
      </div>
      <div className="card-body stack">
        {areas.map(([area, own]) => (
          <div key={area}>
            <h3 className="muted">{area === '' ? t('home.noArea') : area}</h3>
            <ul className="plain-list area-list">
              {own
                .toSorted((a, b) => STATUS_ORDER.indexOf(statusOf(a)) - STATUS_ORDER.indexOf(statusOf(b)) || a.code.localeCompare(b.code))
                .map((device) => (
                  <Station key={device.id} device={device} status={statusOf(device)} />
                ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  )
}

const Station = memo(({ device, status }: { device: Device; status: StatusName }): ReactNode => (
  <li>
    <Link to="/devices/$deviceId" params={{ deviceId: String(device.id) }}>
      <strong>{device.code}</strong>
      <span className="grow clip">{device.name}</span>
      <StatusMark status={status} />
    </Link>
  </li>
))
