import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { RowsInSight } from '../../../widgets/rows-in-sight.tsx'
import { SeverityChip, SeverityGlyph } from '../../../widgets/severity-mark.tsx'
import { conditionText } from './condition-text.ts'
import { curvesQuery } from './curves-query.ts'
import type { Rule } from './rules-query.ts'
import { RemoveDialog } from '../remove-dialog.tsx'
import { ActionsHead, RowActions } from '../row-actions.tsx'

/** Rules with what they watch; `place` shows the tag as well. */
export function RuleList({
  rules,
  onEdit,
  place = false,
  edited = null,
}: {
  rules: readonly Rule[]
  onEdit: (rule: Rule) => void
  place?: boolean
  /** Of a rule that was edited in place of the list: it has the focus when the list is back. */
  edited?: Rule['id'] | 'new' | null
}): ReactNode {
  const t = useT()
  const { tag: findTag, device: findDevice, locale } = useSession()
  const [removing, setRemoving] = useState<Rule | null>(null)
  if (rules.length === 0) return <EmptyState title={t('config.noRules')} hint={t('config.noRulesHint')} />
  return (
    <div className="table-wrap">
      <table className="grid" aria-rowcount={rules.length + 1}>
        <thead>
          <tr>
            <th scope="col">{t('config.name')}</th>
            {place && (
              <th scope="col" className="wide-only">
                {t('config.tag')}
              </th>
            )}
            <th scope="col">{t('config.condition')}</th>
            <th scope="col" className="wide-only">
              {t('config.severity')}
            </th>
            <ActionsHead />
          </tr>
        </thead>
        <RowsInSight
          rows={rules}
          rowHeight={47}
          renderRow={(rule, ariaIndex) => {
            const tag = findTag(rule.tagId)
            return (
              <tr key={rule.id} aria-rowindex={ariaIndex}>
                <td>
                  <RuleName rule={rule} place={place ? `${findDevice(rule.deviceId)?.code ?? ''} / ${tag?.name ?? ''}` : null} />
                </td>
                {place && (
                  <td className="wide-only">
                    {findDevice(rule.deviceId)?.code} / {tag?.name}
                  </td>
                )}
                <td className="numeric" style={{ whiteSpace: 'normal' }}>
                  {rule.label === 'Custom' ? '' : `${rule.label} `}
                  {conditionText(rule, tag, locale, t)}
                </td>
                <td className="wide-only">
                  <SeverityChip severity={rule.severity} />
                </td>
                <td>
                  <RowActions
                    name={rule.name}
                    onEdit={() => onEdit(rule)}
                    onRemove={() => setRemoving(rule)}
                    autofocus={edited === rule.id}
                  />
                </td>
              </tr>
            )
          }}
        />
      </table>
      <RemoveDialog
        of={removing}
        name={(rule) => rule.name}
        confirm={t('config.removeRule')}
        remove={async ({ id }) => await call('DELETE /api/rules/:id', { params: { id } })}
        stale={[['config', 'rules'], curvesQuery.queryKey]}
        onClose={() => setRemoving(null)}
      >
        {t('config.removeRuleText')}
      </RemoveDialog>
    </div>
  )
}

/** On a phone it carries what the other columns say on a wide screen. */
function RuleName({ rule, place }: { rule: Rule; place: string | null }): ReactNode {
  const t = useT()
  return (
    <span className="row" style={{ flexWrap: 'nowrap', alignItems: 'flex-start' }}>
      <span className="narrow-only">
        <SeverityGlyph shape={rule.severity} size={16} />
        <span className="visually-hidden">{t(`severity.${rule.severity}`)}</span>
      </span>
      <span>
        {rule.name} {!rule.enabled && <span className="pill">{t('status.disabled')}</span>}
        {place !== null && (
          <span className="meta narrow-only" style={{ display: 'block' }}>
            {place}
          </span>
        )}
      </span>
    </span>
  )
}
