import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { ContactDialog } from './contact-dialog.tsx'
import { type Contact, contactsQuery } from './people-queries.ts'
import { RemoveDialog } from '../remove-dialog.tsx'
import { ActionsHead, RowActions } from '../row-actions.tsx'
import '../configure.css'

/** People who are told of alarms. */
export function ContactsPage(): ReactNode {
  const t = useT()
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
                  <ActionsHead />
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
                      {contact.categories !== null && <span className="muted"> · {contact.categories.join(', ')}</span>}
                    </td>
                    <td>
                      <RowActions name={contact.name} onEdit={() => setEditing(contact)} onRemove={() => setRemoving(contact)} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      {editing !== null && <ContactDialog contact={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      <RemoveDialog
        of={removing}
        name={(contact) => contact.name}
        confirm={t('config.removeContact')}
        remove={async ({ id }) => await call('DELETE /api/contacts/:id', { params: { id } })}
        stale={[contactsQuery.queryKey]}
        onClose={() => setRemoving(null)}
      >
        {t('config.removeContactText')}
      </RemoveDialog>
    </>
  )
}
