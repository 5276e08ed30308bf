import { Autocomplete } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/language.ts'

const zones = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : []

interface Props {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error?: string | undefined
  readonly required?: boolean
  readonly placeholder?: string
}

/** An IANA zone: typed or chosen. */
export function ZoneSelect({ value, onChange, error, required = false, placeholder }: Props): ReactNode {
  const t = useT()
  return (
    <Autocomplete
      label={t('account.timeZone')}
      name="time-zone"
      data={zones}
      limit={40}
      value={value}
      error={error}
      required={required}
      onChange={onChange}
      {...(placeholder === undefined ? {} : { placeholder })}
    />
  )
}
