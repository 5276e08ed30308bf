import { Checkbox, Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'

/** All devices, or those ticked. */
export function DeviceChoice({
  value,
  onChange,
}: {
  value: readonly number[] | null
  onChange: (value: number[] | null) => void
}): ReactNode {
  const t = useT()
  const { devices } = useSession()
  return (
    <div className="stack">
      <Switch
        label={t('config.allDevices')}
        checked={value === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : [])}
      />
      {value !== null && (
        <Checkbox.Group label={t('config.devices')} value={value.map(String)} onChange={(ids) => onChange(ids.map(Number))}>
          <div className="form-grid" style={{ marginTop: 8 }}>
            {devices.map((device) => (
              <Checkbox key={device.id} value={String(device.id)} label={`${device.code} · ${device.name}`} />
            ))}
          </div>
        </Checkbox.Group>
      )}
    </div>
  )
}
