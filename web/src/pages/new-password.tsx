import { PasswordInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/language.ts'

export const SHORTEST_PASSWORD = 12

interface Props {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error?: string | undefined
}

/** A new password: long rather than complicated, and shown on demand instead of typed twice. */
export function NewPassword({ value, onChange, error }: Props): ReactNode {
  const t = useT()
  return (
    <PasswordInput
      label={t('account.newPassword')}
      description={t('account.passwordRule', { count: SHORTEST_PASSWORD })}
      name="new-password"
      autoComplete="new-password"
      required
      minLength={SHORTEST_PASSWORD}
      maxLength={256}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': t('form.showSecret') }}
    />
  )
}
