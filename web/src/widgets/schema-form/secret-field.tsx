import { Button, PasswordInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'

interface Props {
  readonly label: string
  readonly description: string | undefined
  readonly name: string
  readonly required: boolean
  readonly placeholder: string | undefined
  readonly error: string | undefined
  readonly disabled: boolean
  /** Whether the server holds one. It is never shown. */
  readonly set: boolean
  readonly removable: boolean
  /** What was typed; null: the one that is set shall be taken away. */
  readonly value: unknown
  readonly onChange: (value: string | null | undefined) => void
}

/** A secret: set, replaced, or taken away, and never shown once it is saved. */
export function SecretField({ set, removable, value, onChange, required, placeholder, ...common }: Props): ReactNode {
  const t = useT()
  const removed = value === null
  const hint = removed ? t('form.secretRemoved') : set ? t('form.secretKept') : placeholder
  return (
    <div className="secret-field">
      <PasswordInput
        {...common}
        required={required && !set}
        placeholder={hint}
        autoComplete="new-password"
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('form.showSecret') }}
      />
      {set && removable && !common.disabled && !required && (
        <Button variant="subtle" size="compact-sm" onClick={() => onChange(removed ? undefined : null)}>
          {removed ? t('form.secretKeep') : t('form.secretRemove')}
        </Button>
      )}
    </div>
  )
}
