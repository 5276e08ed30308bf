import type { ReactNode } from 'react'
import type { Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { Dialog } from '../../../widgets/dialog.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import type { Rule } from './rules-query.ts'

const RuleForm = onDemand(async () => (await import('./rule-form.tsx')).RuleForm)

/** One rule of a tag. */
export function RuleDialog({ tag, rule, onClose }: { tag: Tag; rule: Rule; onClose: () => void }): ReactNode {
  const t = useT()
  return (
    <Dialog onClose={onClose} size="lg" title={t('config.edit', { name: rule.name })}>
      <RuleForm tag={tag} rule={rule} taken={[]} onDone={onClose} />
    </Dialog>
  )
}
