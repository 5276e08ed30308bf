import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { RuleList } from './rule-list.tsx'
import { type Rule, rulesQuery } from './rules-query.ts'
import '../configure.css'

const RuleDialog = onDemand(async () => (await import('./rule-dialog.tsx')).RuleDialog)

/** Every threshold rule of the site. */
export function RulesPage(): ReactNode {
  const t = useT()
  const query = useQuery(rulesQuery())
  const { tag: findTag, device: findDevice } = useSession()
  const [search, setSearch] = useState('')
  const [editing, setEditing] = useState<Rule | null>(null)
  const wanted = search.trim().toLowerCase()
  const shown = (query.data ?? []).filter((rule) =>
    `${rule.name} ${findDevice(rule.deviceId)?.code ?? ''} ${findTag(rule.tagId)?.name ?? ''}`.toLowerCase().includes(wanted),
  )
  const tag = editing === null ? undefined : findTag(editing.tagId)
  return (
    <>
      <Crumbs />
      <PageHead title={t('config.rules')} aside={<span className="muted">{t('config.rulesWhere')}</span>} />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      <div className="card">
        <div className="card-body">
          <TextInput
            aria-label={t('form.search')}
            placeholder={t('form.search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            maw={360}
          />
        </div>
        {query.data !== undefined && <RuleList rules={shown} onEdit={setEditing} place />}
      </div>
      {editing !== null && tag !== undefined && <RuleDialog tag={tag} rule={editing} onClose={() => setEditing(null)} />}
    </>
  )
}
