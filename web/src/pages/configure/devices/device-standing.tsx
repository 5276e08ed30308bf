import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Device } from '../../../api/replies.ts'
import { inWords, useT } from '../../../i18n/language.ts'
import { useBeat, useDeviceState } from '../../../live/hooks.ts'
import { shownStatus } from '../../../live/shown-status.ts'
import { live } from '../../../live.ts'
import { buttonLook } from '../../../widgets/controls/button.tsx'
import { StatusMark } from '../../../widgets/device-status.tsx'

/** Whether what is configured here works, seen while it is edited. */
export function DeviceStatus({ device }: { device: Device }): ReactNode {
  useBeat()
  return <StatusMark status={shownStatus(device, useDeviceState(device.id), live.now())} />
}

/** What stands in the way of it; nothing while it works. */
export function DeviceProblem({ device }: { device: Device }): ReactNode {
  const state = useDeviceState(device.id)
  if (!device.enabled || state === undefined || state.problem === null) return null
  return (
    <div className="banner" data-kind={state.status === 'error' || state.status === 'quarantined' ? 'lost' : undefined}>
      <span className="grow">{inWords(state.problem)}</span>
    </div>
  )
}

/** To its values, and to how the communication goes. */
export function DeviceLinks({ device }: { device: Device }): ReactNode {
  const t = useT()
  const params = { deviceId: String(device.id) }
  return (
    <>
      <Link to="/devices/$deviceId" params={params} className={buttonLook('default')}>
        {t('device.live')}
      </Link>
      <Link to="/devices/$deviceId/diagnostics" params={params} className={buttonLook('default')}>
        {t('device.diagnostics')}
      </Link>
    </>
  )
}
