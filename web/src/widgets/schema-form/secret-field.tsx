import { Button, PasswordInput, Textarea } from '@mantine/core'
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
  /** A private key, with its lines. */
  readonly multiline: boolean
  /** What was typed; null: the one that is set shall be taken away. */
  readonly value: unknown
  readonly onChange: (value: string | null | undefined) => void
}

/** A secret: set, replaced, or taken away, and never shown once it is saved. */
export function SecretField({ set, removable, multiline, value, onChange, required, placeholder, ...common }: Props): ReactNode {
  const t = useT()
  const removed = value === null
  const hint = removed ? t('form.secretRemoved') : set ? t('form.secretKept') : placeholder
  const shared = {
    ...common,
    required: required && !set,
    placeholder: hint,
    autoComplete: 'new-password',
    value: typeof value === 'string' ? value : '',
  }
  const take = (text: string): void => onChange(text === '' ? undefined : text)
  return (
    <div className="secret-field">
      {multiline ? (
        <Textarea {...shared} className="pem" autosize minRows={2} maxRows={8} onChange={(event) => take(event.currentTarget.value)} />
      ) : (
        <PasswordInput
          {...shared}
          onChange={(event) => take(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('form.showSecret') }}
        />
      )}
      {set && removable && !common.disabled && !required && (
        <Button variant="subtle" size="compact-sm" onClick={() => onChange(removed ? undefined : null)}>
          {removed ? t('form.secretKeep') : t('form.secretRemove')}
        </Button>
      )}
    </div>
  )
}
