import { Button, Group, NativeSelect, PasswordInput, Switch, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ROLES } from '#domain/user.ts'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { Dialog } from '../../../widgets/dialog.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { useAction } from '../use-action.ts'
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
  const queries = useQueryClient()
  const action = useAction()
  const [draft, setDraft] = useState(() => ({
    login: user?.login ?? '',
    displayName: user?.displayName ?? '',
    role: user?.role ?? ('operator' as const),
    enabled: user?.enabled ?? true,
    deviceIds: user?.deviceIds ?? null,
    password: '',
  }))
  const set = (change: Partial<typeof draft>): void => setDraft({ ...draft, ...change })
  const errors = fieldErrors(action.error)
  const save = async (): Promise<void> => {
    const { password, ...rest } = draft
    const body = { ...rest, ...(password === '' ? {} : { password }) }
    let link: string | null = null
    const ok = await action.run(
      async () => {
        if (user === null) link = (await call('POST /api/users', { body })).link
        else await call('PUT /api/users/:id', { params: { id: user.id }, body })
        await queries.invalidateQueries({ queryKey: usersQuery.queryKey })
      },
      t('config.saved', { name: draft.login }),
    )
    if (!ok) return
    onClose()
    if (link !== null) onLink(link)
  }
  return (
    <Dialog onClose={onClose} size="lg" title={user === null ? t('config.addUser') : t('config.edit', { name: user.login })}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
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
        <Switch
          label={t('config.userEnabled')}
          checked={draft.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <ErrorNote error={Object.keys(errors).length > 0 ? null : action.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={action.busy}>
            {t('action.save')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
