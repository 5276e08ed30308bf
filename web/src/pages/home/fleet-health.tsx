import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Device, DeviceState } from '../../api/replies.ts'
import { formatAge } from '../../format/instants.ts'
import { useT } from '../../i18n/language.ts'
import { useBeat, useDeviceStates } from '../../live/hooks.ts'
import { shownStatus } from '../../live/shown-status.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { SeverityGlyph } from '../../widgets/severity-mark.tsx'

const NAMED = 2

/** How many devices speak, and by name those that do not. */
export function FleetHealth(): ReactNode {
  const t = useT()
  const { devices, tags } = useSession()
  const states = new Map(useDeviceStates().map((state) => [state.deviceId, state]))
  useBeat()
  const of = (...wanted: readonly DeviceState['status'][]): Device[] =>
    devices.filter((device) => wanted.includes(shownStatus(device, states.get(device.id), live.now())))
  const online = of('online').length
  const degraded = of('degraded')
  const silent = of('error', 'quarantined')
  const waiting = of('unknown').length
  const disabled = of('disabled').length
  const newest = Math.max(live.pulse.newestDelivery ?? 0, ...[...states.values()].map((state) => state.newest ?? 0))
  return (
    <section className="card wide" aria-labelledby="fleet">
      <div className="card-head">
        <h2 id="fleet">{t('home.fleet')}</h2>
        <span className="meta">{t('home.devices', { count: devices.length })}</span>
      </div>
      <div className="card-body fleet">
        <Link to="/devices">
          <strong>{online}</strong> {t('home.reporting')}
        </Link>
        {degraded.length > 0 && (
          <Link to="/devices" search={{ problems: true }}>
            <SeverityGlyph shape="warning" size={16} />
            <strong>
              {degraded.length} {t('home.degraded')} · {names(degraded)}
            </strong>
          </Link>
        )}
        {silent.length > 0 && (
          <Link to="/devices" search={{ problems: true }}>
            <SeverityGlyph shape="comm" size={16} />
            <strong>
              {silent.length} {t('home.silent')} · {names(silent)}
            </strong>
          </Link>
        )}
        {waiting > 0 && (
          <span className="muted">
            {waiting} {t('home.waiting')}
          </span>
        )}
        {disabled > 0 && (
          <span className="muted">
            {disabled} {t('home.disabled')}
          </span>
        )}
        <span className="muted numeric">
          {t('home.tags', { count: tags.length })} ·{' '}
          {newest === 0 ? t('home.noData') : t('home.lag', { age: formatAge((live.now() - newest) / 1_000_000) })}
        </span>
      </div>
    </section>
  )
}

function names(devices: readonly Device[]): string {
  const shown = devices.slice(0, NAMED).map((device) => device.code)
  return devices.length > NAMED ? `${shown.join(', ')} …` : shown.join(', ')
}
