import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { contactsQuery } from '../people/people-queries.ts'
import { DutyCalendar } from './duty-calendar.tsx'
import { type Chain, chainsQuery, type Group, groupsQuery } from './escalation-queries.ts'
import { MessagingCard } from './messaging-card.tsx'
import { Simulator } from './simulator.tsx'
import { RemoveDialog } from '../remove-dialog.tsx'
import { RowActions } from '../row-actions.tsx'
import '../configure.css'
import './escalation.css'

const ChainDialog = onDemand(async () => (await import('./chain-dialog.tsx')).ChainDialog)
const GroupDialog = onDemand(async () => (await import('./group-dialog.tsx')).GroupDialog)
const PolicyChanges = onDemand(async () => (await import('./policy-changes.tsx')).PolicyChanges)

/** Who is told one after the other, who is on duty, and a rehearsal of both. */
export function EscalationPage(): ReactNode {
  const t = useT()
  const groups = useQuery(groupsQuery)
  const chains = useQuery(chainsQuery)
  return (
    <>
      <Crumbs />
      <PageHead title={t('esc.title')} />
      <ErrorNote error={groups.error ?? chains.error} retry={() => void Promise.all([groups.refetch(), chains.refetch()])} />
      {groups.data !== undefined && chains.data !== undefined && (
        <>
          <PolicyChanges />
          <Chains chains={chains.data} groups={groups.data} />
          <Simulator />
          <Groups groups={groups.data} />
          <MessagingCard chains={chains.data} groups={groups.data} />
        </>
      )}
    </>
  )
}

function Chains({ chains, groups }: { chains: readonly Chain[]; groups: readonly Group[] }): ReactNode {
  const t = useT()
  const [editing, setEditing] = useState<Chain | 'new' | null>(null)
  const [removing, setRemoving] = useState<Chain | null>(null)
  const nameOf = (id: number): string => groups.find((one) => one.id === id)?.name ?? t('esc.groupGone')
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('esc.chains')}</h2>
        <Button size="xs" disabled={groups.length === 0} leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
          {t('esc.addChain')}
        </Button>
      </div>
      {chains.length === 0 ? (
        <EmptyState title={t('esc.noChains')} hint={groups.length === 0 ? t('esc.groupsFirst') : t('esc.noChainsHint')} />
      ) : (
        <ol className="plain-list esc-list">
          {chains.map((chain, index) => (
            <li key={chain.id}>
              <div className="grow">
                <strong>
                  {index + 1}. {chain.name}
                </strong>{' '}
                {!chain.enabled && <span className="pill">{t('status.disabled')}</span>}
                <div className="meta">
                  {t('esc.fits', { severity: t(`severity.${chain.minSeverity}`) })}
                  {chain.deviceIds === null
                    ? ` · ${t('config.allDevices')}`
                    : ` · ${t('config.someDevices', { count: chain.deviceIds.length })}`}
                  {chain.categories !== null && ` · ${chain.categories.join(', ')}`}
                </div>
                <div>{chain.steps.map((step) => `${nameOf(step.groupId)} (${step.attempts}×, ${step.waitMinutes} min)`).join(' → ')}</div>
              </div>
              <RowActions name={chain.name} onEdit={() => setEditing(chain)} onRemove={() => setRemoving(chain)} />
            </li>
          ))}
        </ol>
      )}
      {editing !== null && (
        <ChainDialog
          chain={editing === 'new' ? null : editing}
          place={editing === 'new' ? Math.max(0, ...chains.map((one) => one.position + 1)) : editing.position}
          groups={groups}
          onClose={() => setEditing(null)}
        />
      )}
      <RemoveDialog
        of={removing}
        name={(chain) => chain.name}
        confirm={t('esc.removeChain')}
        remove={async ({ id }) => await call('DELETE /api/chains/:id', { params: { id } })}
        stale={[chainsQuery.queryKey]}
        onClose={() => setRemoving(null)}
      >
        {t('esc.removeChainText')}
      </RemoveDialog>
    </section>
  )
}

function Groups({ groups }: { groups: readonly Group[] }): ReactNode {
  const t = useT()
  const contacts = useQuery(contactsQuery).data ?? []
  const [editing, setEditing] = useState<Group | 'new' | null>(null)
  const [removing, setRemoving] = useState<Group | null>(null)
  const nameOf = (id: number): string => contacts.find((one) => one.id === id)?.name ?? ''
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('esc.groups')}</h2>
        <Button size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
          {t('esc.addGroup')}
        </Button>
      </div>
      {groups.length === 0 && <EmptyState title={t('esc.noGroups')} hint={t('esc.noGroupsHint')} />}
      <ul className="plain-list esc-list">
        {groups.map((group) => (
          <li key={group.id} className="esc-group">
            <div className="row">
              <div className="grow">
                <strong>{group.name}</strong> <span className="pill">{t(`esc.duty.${group.duty}`)}</span>
                {group.parentId !== null && (
                  <div className="meta">{t('esc.thenParent', { name: groups.find((one) => one.id === group.parentId)?.name ?? '' })}</div>
                )}
                <div className="meta">{group.memberIds.map(nameOf).join(', ')}</div>
              </div>
              <RowActions name={group.name} onEdit={() => setEditing(group)} onRemove={() => setRemoving(group)} />
            </div>
            {group.duty === 'on_call' && <DutyCalendar schedule={group.schedule} contacts={contacts} />}
          </li>
        ))}
      </ul>
      {editing !== null && (
        <GroupDialog group={editing === 'new' ? null : editing} groups={groups} contacts={contacts} onClose={() => setEditing(null)} />
      )}
      <RemoveDialog
        of={removing}
        name={(group) => group.name}
        confirm={t('esc.removeGroup')}
        remove={async ({ id }) => await call('DELETE /api/groups/:id', { params: { id } })}
        stale={[groupsQuery.queryKey]}
        onClose={() => setRemoving(null)}
      >
        {t('esc.removeGroupText')}
      </RemoveDialog>
    </section>
  )
}
