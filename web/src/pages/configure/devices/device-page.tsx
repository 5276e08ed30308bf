import { Button } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { deviceTitle } from '../../../widgets/device-title.ts'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { DeviceForm } from './device-form.tsx'
import { DeviceLinks, DeviceProblem, DeviceStatus } from './device-standing.tsx'
import { TagTable } from './tag-table.tsx'
import '../configure.css'

const ConfirmDialog = onDemand(async () => (await import('../../../widgets/confirm-dialog.tsx')).ConfirmDialog)

/** A device that is not there yet: connection first, tags once it is saved. */
export function NewDevicePage(): ReactNode {
  const t = useT()
  const navigate = useNavigate()
  return (
    <>
      <Crumbs devices />
      <PageHead title={t('config.addDevice')} />
      <DeviceForm
        device={null}
        onSaved={(device) => void navigate({ to: '/config/devices/$deviceId', params: { deviceId: String(device.id) } })}
      />
    </>
  )
}

/** A device with its connection, its tags and their rules. */
export function EditDevicePage(): ReactNode {
  const t = useT()
  const navigate = useNavigate()
  const { deviceId } = useParams({ from: '/shell/config/devices/$deviceId' })
  const { device: find } = useSession()
  const [removing, setRemoving] = useState(false)
  const device = find(Number(deviceId))
  if (device === undefined) {
    return (
      <>
        <Crumbs devices />
        <PageHead title={t('config.devices')} />
        <div className="card">
          <EmptyState title={t('config.deviceGone')} />
        </div>
      </>
    )
  }
  const remove = async (): Promise<void> => {
    await call('DELETE /api/devices/:id', { params: { id: device.id } })
    tellDone(t('config.removed', { name: device.code }))
    await navigate({ to: '/config/devices' })
  }
  return (
    <>
      <Crumbs devices />
      <PageHead
        title={deviceTitle(device)}
        aside={<DeviceStatus device={device} />}
        actions={
          <>
            <DeviceLinks device={device} />
            <Button variant="default" c="var(--critical)" onClick={() => setRemoving(true)}>
              {t('config.removeDevice')}
            </Button>
          </>
        }
      />
      <DeviceProblem device={device} />
      <DeviceForm key={device.id} device={device} onSaved={() => undefined} />
      <TagTable device={device} />
      {removing && (
        <ConfirmDialog
          opened
          title={t('config.removeTitle', { name: device.code })}
          confirm={t('config.removeDevice')}
          danger
          onConfirm={remove}
          onClose={() => setRemoving(false)}
        >
          {t('config.removeDeviceText')}
        </ConfirmDialog>
      )}
    </>
  )
}
