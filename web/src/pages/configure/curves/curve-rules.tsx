import { Button } from '@mantine/core'
import { IconBellPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { type Curve, tagNamed } from '../../curves/curve-uses.ts'
import { RuleList } from '../rules/rule-list.tsx'
import type { Rule } from '../rules/rules-query.ts'

const RuleDialog = onDemand(async () => (await import('../rules/rule-dialog.tsx')).RuleDialog)
const CurveRuleDialog = onDemand(async () => (await import('./curve-rule-dialog.tsx')).CurveRuleDialog)

interface Props {
  readonly curve: Curve
  /** Those that judge by it. */
  readonly rules: readonly Rule[]
  /** The tags that it is drawn over: a new alarm begins with them. */
  readonly over: { readonly x: string; readonly y: string }
}

/** Which devices are judged by a curve, and the way to one more. */
export function CurveRules({ curve, rules, over }: Props): ReactNode {
  const t = useT()
  const session = useSession()
  const [editing, setEditing] = useState<{ rule: Rule; tag: Tag } | null>(null)
  const [adding, setAdding] = useState(false)
  return (
    <section className="card" aria-labelledby="curve-rules">
      <div className="card-head">
        <h2 id="curve-rules">{t('curves.usedBy')}</h2>
        {rules.length > 0 && <Link to="/curves">{t('curves.view')}</Link>}
      </div>
      {rules.length === 0 ? (
        <EmptyState title={t('curves.unused')} hint={t('curves.unusedHint')} />
      ) : (
        <RuleList
          rules={rules}
          place
          onEdit={(rule) => {
            const tag = session.tag(rule.tagId)
            if (tag !== undefined) setEditing({ rule, tag })
          }}
        />
      )}
      <div className="card-body row" style={{ justifyContent: 'flex-end' }}>
        <Button leftSection={<IconBellPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          {t('curves.addAlarm')}
        </Button>
      </div>
      {editing !== null && <RuleDialog tag={editing.tag} rule={editing.rule} onClose={() => setEditing(null)} />}
      {adding && <CurveRuleDialog curve={curve} start={{ x: over.x, y: tagNamed(over.y, session) }} onClose={() => setAdding(false)} />}
    </section>
  )
}
