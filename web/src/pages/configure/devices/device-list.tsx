import { Button, TextInput } from '@mantine/core'
import { IconFileSpreadsheet, IconPlus, IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useT } from '../../../i18n/language.ts'
import { useDeviceState } from '../../../live/hooks.ts'
import { useSession } from '../../../session.tsx'
import { StatusMark } from '../../../widgets/device-status.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { ProtocolName } from '../../../widgets/protocol-name.tsx'
import { Crumbs } from '../crumbs.tsx'
import '../configure.css'

/** Every device, to add one or change one. */
export function ConfigureDevicesPage(): ReactNode {
  const t = useT()
  const { devices, tagsOf } = useSession()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const shown = devices.filter((device) => `${device.code} ${device.name} ${device.area}`.toLowerCase().includes(wanted))
  const add = (
    <Button component={Link} to="/config/devices/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('config.addDevice')}
    </Button>
  )
  return (
    <>
      <Crumbs />
      <PageHead
        title={t('config.devices')}
        actions={
          <>
            <Button component={Link} to="/config/sheets" variant="default" leftSection={<IconFileSpreadsheet size={16} aria-hidden />}>
              {t('sheets.open')}
            </Button>
            {add}
          </>
        }
      />
      {devices.length === 0 ? (
        <div className="card">
          <EmptyState title={t('config.noDevices')} hint={t('config.noDevicesHint')} action={add} />
        </div>
      ) : (
        <div className="card">
          <div className="card-body">
            <TextInput
              aria-label={t('form.search')}
              placeholder={t('form.search')}
              leftSection={<IconSearch size={16} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              maw={360}
            />
          </div>
          <div className="table-wrap">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">{t('config.code')}</th>
                  <th scope="col">{t('config.name')}</th>
                  <th scope="col" className="wide-only">
                    {t('config.area')}
                  </th>
                  <th scope="col" className="wide-only">
                    {t('config.protocol')}
                  </th>
                  <th scope="col" className="number">
                    {t('config.tags')}
                  </th>
                  <th scope="col">{t('config.state')}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((device) => (
                  <tr key={device.id}>
                    <td className="numeric">
                      <Link to="/config/devices/$deviceId" params={{ deviceId: String(device.id) }}>
                        {device.code}
                      </Link>
                    </td>
                    <td>
                      {device.name} {device.demo && <span className="pill">{t('config.demo')}</span>}
                    </td>
                    <td className="wide-only">{device.area}</td>
                    <td className="wide-only">
                      <ProtocolName protocol={device.protocol} />
                    </td>
                    <td className="number numeric">{tagsOf(device.id).length}</td>
                    <td>
                      <State deviceId={device.id} enabled={device.enabled} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
    </>
  )
}

function State({ deviceId, enabled }: { deviceId: number; enabled: boolean }): ReactNode {
  const state = useDeviceState(deviceId)
  return <StatusMark status={enabled ? (state?.status ?? 'unknown') : 'disabled'} />
}
