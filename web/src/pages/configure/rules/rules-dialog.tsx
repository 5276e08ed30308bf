import { Button, Group } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { Dialog } from '../../../widgets/dialog.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { LiveValue } from '../../../widgets/live-value.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { RuleList } from './rule-list.tsx'
import { type Rule, rulesQuery } from './rules-query.ts'

const RuleForm = onDemand(async () => (await import('./rule-form.tsx')).RuleForm)

const MOST = 4

/** The rules of one tag, beside its value of this moment. */
export function RulesDialog({ tag, onClose }: { tag: Tag; onClose: () => void }): ReactNode {
  const t = useT()
  const query = useQuery(rulesQuery(tag.deviceId))
  const [editing, setEditing] = useState<Rule | 'new' | null>(null)
  /** Where the person goes on when the list is back. */
  const [edited, setEdited] = useState<Rule['id'] | 'new' | null>(null)
  const edit = (what: Rule | 'new'): void => {
    setEdited(what === 'new' ? what : what.id)
    setEditing(what)
  }
  const rules = (query.data ?? []).filter((rule) => rule.tagId === tag.id)
  return (
    <Dialog onClose={onClose} size="lg" title={t('config.rulesOf', { name: tag.name })}>
      <div className="stack">
        <div>
          {t('config.valueNow')} <LiveValue tag={tag} />
        </div>
        <ErrorNote error={query.error} retry={() => void query.refetch()} />
        {editing === null ? (
          <>
            <RuleList rules={rules} onEdit={edit} edited={edited} />
            <Group justify="flex-end">
              <Button
                leftSection={<IconPlus size={16} aria-hidden />}
                disabled={rules.length >= MOST}
                onClick={() => edit('new')}
                data-autofocus={edited === 'new' || undefined}
              >
                {rules.length >= MOST ? t('config.fourRules') : t('config.addRule')}
              </Button>
            </Group>
          </>
        ) : (
          <RuleForm
            tag={tag}
            rule={editing === 'new' ? null : editing}
            taken={rules.map((rule) => rule.label)}
            onDone={() => setEditing(null)}
          />
        )}
      </div>
    </Dialog>
  )
}
