import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import type { Device } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { PutAsideDialog } from './put-aside-dialog.tsx'
import { suppressionsQuery, useDeed } from './suppressions-query.ts'

/** Says on the page of a device that it is out of service, by whom and why; takes it out and puts it back. */
export function DeviceService({ device }: { device: Device }): ReactNode {
  const t = useT()
  const { may } = useSession()
  const [asking, setAsking] = useState(false)
  const { data } = useQuery(suppressionsQuery)
  const deed = useDeed()
  const out = data?.maintenance.find((one) => one.deviceId === device.id)
  if (data === undefined) return null
  if (out === undefined) {
    if (!may('engineer')) return null
    return (
      <div>
        <Button variant="default" onClick={() => setAsking(true)}>
          {t('aside.takeOut', { device: device.code })}
        </Button>
        {asking && (
          <PutAsideDialog aside={{ kind: 'device', deviceId: device.id, deviceCode: device.code }} onClose={() => setAsking(false)} />
        )}
      </div>
    )
  }
  return (
    <div className="banner">
      <output className="grow">
        <strong>{t('hidden.out_of_service')}</strong>: {out.reason} · {out.who} · {t('hidden.until')}{' '}
        {out.until === null ? t('hidden.nobody') : <Instant at={out.until} />} · {t('hidden.open', { count: out.open })}
      </output>
      {may('engineer') && (
        <Button
          variant="default"
          loading={deed.isPending}
          onClick={() =>
            deed.mutate({
              work: () => call('DELETE /api/devices/:id/maintenance', { params: { id: device.id } }),
              done: t('aside.putBackDone', { device: device.code }),
            })
          }
        >
          {t('aside.putBack')}
        </Button>
      )}
    </div>
  )
}
