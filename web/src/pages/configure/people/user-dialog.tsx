import { NativeSelect, PasswordInput, Switch, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { ROLES } from '#domain/user.ts'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { FormDialog } from '../form-dialog.tsx'
import { useAction } from '../use-action.ts'
import { CategoryChoice } from './category-choice.tsx'
import { DeviceChoice } from './device-choice.tsx'
import { type User, usersQuery } from './people-queries.ts'

interface Props {
  readonly user: User | null
  /** A new user without a password gets a one-time link. */
  readonly onLink: (link: string) => void
  readonly onClose: () => void
}

export function UserDialog({ user, onLink, onClose }: Props): ReactNode {
  const t = useT()
  const action = useAction()
  const [draft, setDraft] = useState(() => ({
    login: user?.login ?? '',
    displayName: user?.displayName ?? '',
    role: user?.role ?? ('operator' as const),
    enabled: user?.enabled ?? true,
    deviceIds: user?.deviceIds ?? null,
    categories: user?.categories ?? null,
    password: '',
  }))
  const set = (change: Partial<typeof draft>): void => setDraft({ ...draft, ...change })
  const errors = fieldErrors(action.error)
  const save = async (): Promise<string | null> => {
    const { password, ...rest } = draft
    const body = { ...rest, ...(password === '' ? {} : { password }) }
    if (user === null) return (await call('POST /api/users', { body })).link
    await call('PUT /api/users/:id', { params: { id: user.id }, body })
    return null
  }
  return (
    <FormDialog
      title={user === null ? t('config.addUser') : t('config.edit', { name: user.login })}
      size="lg"
      action={action}
      told={t('config.saved', { name: draft.login })}
      stale={usersQuery.queryKey}
      save={save}
      onSaved={(link) => {
        if (link !== null) onLink(link)
      }}
      onClose={onClose}
    >
      <div className="form-grid">
        <TextInput
          label={t('config.login')}
          required
          maxLength={64}
          autoComplete="off"
          value={draft.login}
          error={errors['login']}
          onChange={(event) => set({ login: event.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          label={t('config.name')}
          required
          maxLength={200}
          value={draft.displayName}
          error={errors['displayName']}
          onChange={(event) => set({ displayName: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('config.role')}
          value={draft.role}
          error={errors['role']}
          data={ROLES.map((one) => ({ value: one, label: t(`role.${one}`) }))}
          onChange={(event) => set({ role: ROLES.find((one) => one === event.currentTarget.value) ?? 'viewer' })}
        />
        <PasswordInput
          label={t('config.password')}
          description={user === null ? t('config.passwordNewHint') : t('config.passwordKeepHint')}
          autoComplete="new-password"
          value={draft.password}
          error={errors['password']}
          onChange={(event) => set({ password: event.currentTarget.value })}
          visibilityToggleButtonProps={{ 'aria-label': t('form.showSecret') }}
        />
      </div>
      <DeviceChoice value={draft.deviceIds} onChange={(deviceIds) => set({ deviceIds })} />
      {draft.role !== 'viewer' && <CategoryChoice of="handles" value={draft.categories} onChange={(categories) => set({ categories })} />}
      <Switch label={t('config.userEnabled')} checked={draft.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
    </FormDialog>
  )
}
