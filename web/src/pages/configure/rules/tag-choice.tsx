import { Autocomplete } from '@mantine/core'
import type { ReactNode } from 'react'
import { useSession } from '../../../session.tsx'

interface Props {
  readonly label: string
  readonly hint?: string
  readonly value: string
  readonly required?: boolean
  readonly error?: ReactNode
  readonly onChange: (name: string) => void
}

/** A tag of any device, written as people and formulas write it: `Device:Tag`. */
export function TagChoice({ label, hint, value, required = false, error, onChange }: Props): ReactNode {
  const { devices, tags } = useSession()
  const codes = new Map(devices.map((device) => [device.id, device.code]))
  const names = tags.map((tag) => `${codes.get(tag.deviceId) ?? ''}:${tag.name}`)
  return (
    <Autocomplete
      label={label}
      description={hint}
      required={required}
      value={value}
      error={error}
      data={names}
      limit={50}
      onChange={onChange}
    />
  )
}
