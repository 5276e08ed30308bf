import { type ReactNode, useState } from 'react'
import type { Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { Dialog } from '../../../widgets/dialog.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { type Curve, tagNamed } from '../../curves/curve-uses.ts'
import { TagChoice } from '../rules/tag-choice.tsx'

const RuleForm = onDemand(async () => (await import('../rules/rule-form.tsx')).RuleForm)

interface Props {
  readonly curve: Curve
  readonly start: { readonly x: string; readonly y: Tag | undefined }
  readonly onClose: () => void
}

/** An alarm for one device more that shall keep to a curve. */
export function CurveRuleDialog({ curve, start, onClose }: Props): ReactNode {
  const t = useT()
  const session = useSession()
  const [name, setName] = useState(start.y === undefined ? '' : `${session.device(start.y.deviceId)?.code ?? ''}:${start.y.name}`)
  const tag = tagNamed(name, session)
  return (
    <Dialog title={t('curves.addAlarmTo', { name: curve.name })} onClose={onClose} size="lg">
      <div className="stack">
        <TagChoice label={t('curves.yTag')} hint={t('rules.curveHint')} required value={name} onChange={setName} />
        {tag === undefined ? (
          <p className="meta">{t('curves.chooseY')}</p>
        ) : (
          <RuleForm
            key={tag.id}
            tag={tag}
            rule={null}
            taken={[]}
            start={{
              kind: 'curve',
              label: 'Custom',
              name: t('curves.alarmName', { name: curve.name }),
              curve: curve.name,
              xTag: start.x,
              deadband: 0,
            }}
            onDone={onClose}
          />
        )}
      </div>
    </Dialog>
  )
}
