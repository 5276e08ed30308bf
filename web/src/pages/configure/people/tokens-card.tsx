import { ActionIcon, Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ROLES } from '#domain/user.ts'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { ConfirmDialog } from '../../../widgets/confirm-dialog.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { Instant } from '../../../widgets/instant.tsx'
import { useAction } from '../use-action.ts'
import { OneTime } from './one-time.tsx'
import { tokensQuery } from './people-queries.ts'

/** Tokens by which programs call the API. */
export function TokensCard(): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const query = useQuery(tokensQuery)
  const action = useAction()
  const [name, setName] = useState('')
  const [role, setRole] = useState<(typeof ROLES)[number]>('viewer')
  const [token, setToken] = useState<string | null>(null)
  const [revoking, setRevoking] = useState<{ id: number; name: string } | null>(null)
  const refresh = async (): Promise<void> => await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
  const create = async (): Promise<void> => {
    const ok = await action.run(async () => {
      setToken((await call('POST /api/tokens', { body: { name, role } })).token)
      await refresh()
    })
    if (ok) setName('')
  }
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('config.tokens')}</h2>
      </div>
      <div className="card-body stack">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void create()
          }}
        >
          <Group align="flex-end">
            <TextInput
              label={t('config.name')}
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <NativeSelect
              label={t('config.role')}
              value={role}
              data={ROLES.map((one) => ({ value: one, label: t(`role.${one}`) }))}
              onChange={(event) => setRole(ROLES.find((one) => one === event.currentTarget.value) ?? 'viewer')}
            />
            <Button type="submit" variant="default" loading={action.busy}>
              {t('config.makeToken')}
            </Button>
          </Group>
        </form>
        <ErrorNote error={action.error ?? query.error} />
        {(query.data ?? []).map((one) => (
          <div key={one.id} className="row spread">
            <span>
              {one.name} · {t(`role.${one.role}`)} <span className="meta">{one.expiresAt !== null && <Instant at={one.expiresAt} />}</span>
            </span>
            <ActionIcon
              variant="subtle"
              color="critical"
              aria-label={t('config.remove', { name: one.name })}
              onClick={() => setRevoking(one)}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </div>
        ))}
      </div>
      <OneTime title={t('config.tokenMade')} hint={t('config.tokenHint')} text={token} onClose={() => setToken(null)} />
      <ConfirmDialog
        opened={revoking !== null}
        title={t('config.removeTitle', { name: revoking?.name ?? '' })}
        confirm={t('config.revoke')}
        danger
        onConfirm={async () => {
          if (revoking === null) return
          await call('DELETE /api/tokens/:id', { params: { id: revoking.id } })
          await refresh()
        }}
        onClose={() => setRevoking(null)}
      >
        {t('config.revokeText')}
      </ConfirmDialog>
    </section>
  )
}
