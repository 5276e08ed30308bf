import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { OneTime } from './one-time.tsx'
import { type User, usersQuery } from './people-queries.ts'
import { TokensCard } from './tokens-card.tsx'
import { UserDialog } from './user-dialog.tsx'
import { RemoveDialog } from '../remove-dialog.tsx'
import { ActionsHead, RowActions } from '../row-actions.tsx'
import '../configure.css'

/** Who may log in, with which rights, to which devices; and the tokens of programs. */
export function UsersPage(): ReactNode {
  const t = useT()
  const query = useQuery(usersQuery)
  const [editing, setEditing] = useState<User | 'new' | null>(null)
  const [removing, setRemoving] = useState<User | null>(null)
  const [link, setLink] = useState<string | null>(null)
  return (
    <>
      <Crumbs />
      <PageHead
        title={t('config.users')}
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
            {t('config.addUser')}
          </Button>
        }
      />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      <div className="card table-wrap">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t('config.login')}</th>
              <th scope="col" className="wide-only">
                {t('config.name')}
              </th>
              <th scope="col">{t('config.role')}</th>
              <th scope="col" className="wide-only">
                {t('config.devices')}
              </th>
              <ActionsHead />
            </tr>
          </thead>
          <tbody>
            {(query.data ?? []).map((user) => (
              <tr key={user.id}>
                <td>
                  {user.login} {!user.enabled && <span className="pill">{t('status.disabled')}</span>}
                </td>
                <td className="wide-only">{user.displayName}</td>
                <td>{t(`role.${user.role}`)}</td>
                <td className="wide-only">
                  {user.deviceIds === null ? t('config.allDevices') : t('config.someDevices', { count: user.deviceIds.length })}
                  {user.categories !== null && <span className="muted"> · {user.categories.join(', ')}</span>}
                </td>
                <td>
                  <RowActions name={user.login} onEdit={() => setEditing(user)} onRemove={() => setRemoving(user)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <TokensCard />
      {editing !== null && <UserDialog user={editing === 'new' ? null : editing} onLink={setLink} onClose={() => setEditing(null)} />}
      <OneTime title={t('config.passwordLink')} hint={t('config.passwordLinkHint')} text={link} onClose={() => setLink(null)} />
      <RemoveDialog
        of={removing}
        name={(user) => user.login}
        confirm={t('config.removeUser')}
        remove={async ({ id }) => await call('DELETE /api/users/:id', { params: { id } })}
        stale={[usersQuery.queryKey]}
        onClose={() => setRemoving(null)}
      >
        {t('config.removeUserText')}
      </RemoveDialog>
    </>
  )
}
