import { ActionIcon, Button } from '@mantine/core'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { ConfirmDialog } from '../../../widgets/confirm-dialog.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { ContactDialog } from './contact-dialog.tsx'
import { type Contact, contactsQuery } from './people-queries.ts'
import '../configure.css'

/** People who are told of alarms. */
export function ContactsPage(): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const query = useQuery(contactsQuery)
  const [editing, setEditing] = useState<Contact | 'new' | null>(null)
  const [removing, setRemoving] = useState<Contact | null>(null)
  const contacts = query.data ?? []
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
      {t('config.addContact')}
    </Button>
  )
  return (
    <>
      <Crumbs />
      <PageHead title={t('config.contacts')} actions={add} />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      <div className="card">
        {query.data !== undefined && contacts.length === 0 ? (
          <EmptyState title={t('config.noContacts')} hint={t('config.noContactsHint')} action={add} />
        ) : (
          <div className="table-wrap">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">{t('config.name')}</th>
                  <th scope="col">{t('config.addresses')}</th>
                  <th scope="col" className="wide-only">
                    {t('config.toldFrom')}
                  </th>
                  <th scope="col">
                    <span className="visually-hidden">{t('config.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {contacts.map((contact) => (
                  <tr key={contact.id}>
                    <td>
                      {contact.name} {!contact.enabled && <span className="pill">{t('status.disabled')}</span>}
                    </td>
                    <td>
                      {contact.addresses.length === 0 && <span className="muted">{t('config.noAddress')}</span>}
                      {contact.addresses.map((one) => (
                        <div key={`${one.channel} ${one.address}`}>
                          {one.channel}: {one.address}
                          {one.problem !== null && <div style={{ color: 'var(--critical)' }}>{one.problem}</div>}
                        </div>
                      ))}
                    </td>
                    <td className="wide-only">
                      {t(`severity.${contact.minSeverity}`)}
                      {contact.deviceIds !== null && (
                        <span className="muted"> · {t('config.someDevices', { count: contact.deviceIds.length })}</span>
                      )}
                    </td>
                    <td>
                      <span className="row" style={{ justifyContent: 'flex-end', flexWrap: 'nowrap' }}>
                        <ActionIcon
                          variant="subtle"
                          aria-label={t('config.edit', { name: contact.name })}
                          onClick={() => setEditing(contact)}
                        >
                          <IconPencil size={16} aria-hidden />
                        </ActionIcon>
                        <ActionIcon
                          variant="subtle"
                          color="critical"
                          aria-label={t('config.remove', { name: contact.name })}
                          onClick={() => setRemoving(contact)}
                        >
                          <IconTrash size={16} aria-hidden />
                        </ActionIcon>
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      {editing !== null && <ContactDialog contact={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      <ConfirmDialog
        opened={removing !== null}
        title={t('config.removeTitle', { name: removing?.name ?? '' })}
        confirm={t('config.removeContact')}
        danger
        onConfirm={async () => {
          if (removing === null) return
          await call('DELETE /api/contacts/:id', { params: { id: removing.id } })
          await queries.invalidateQueries({ queryKey: contactsQuery.queryKey })
          tellDone(t('config.removed', { name: removing.name }))
        }}
        onClose={() => setRemoving(null)}
      >
        {t('config.removeContactText')}
      </ConfirmDialog>
    </>
  )
}
