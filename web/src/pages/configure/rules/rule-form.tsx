import { Button, Group, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Severity, Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { useAction } from '../use-action.ts'
import { curvesQuery } from './curves-query.ts'
import { asksOf, bodyOf, freshRule, kindsOf, ofKind, type Draft } from './rule-draft.ts'
import { RuleKindFields } from './rule-kind-fields.tsx'
import type { Rule } from './rules-query.ts'
import { TagChoice } from './tag-choice.tsx'

const BackTestPanel = onDemand(async () => (await import('../back-test/back-test-panel.tsx')).BackTestPanel)

const LABELS = ['HiHi', 'Hi', 'Lo', 'LoLo', 'Custom'] as const

interface Props {
  readonly tag: Tag
  readonly rule: Rule | null
  /** Labels that other rules of the tag have: a new one starts with the next. */
  readonly taken: readonly Rule['label'][]
  /** What a new one begins with. */
  readonly start?: Partial<Draft>
  readonly onDone: () => void
}

/** One rule of a tag, of any kind. */
export function RuleForm({ tag, rule, taken, start, onDone }: Props): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const action = useAction()
  const [draft, setDraft] = useState<Draft>(() => rule ?? freshRule(tag, taken, start))
  const [trying, setTrying] = useState(false)
  const [warnings, setWarnings] = useState<readonly string[]>([])
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change })
  const errors = fieldErrors(action.error)
  const sensible = kindsOf(tag)
  const kinds = sensible.includes(draft.kind) ? sensible : [...sensible, draft.kind]

  const save = async (): Promise<void> => {
    const body = bodyOf(draft)
    let heeded: readonly string[] = []
    const ok = await action.run(async () => {
      const saved =
        rule === null ? await call('POST /api/rules', { body }) : await call('PUT /api/rules/:id', { params: { id: rule.id }, body })
      heeded = saved.warnings
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['config', 'rules'] }),
        queries.invalidateQueries({ queryKey: curvesQuery.queryKey }),
      ])
    })
    if (!ok) return
    tellDone(t('config.saved', { name: draft.name }))
    if (heeded.length === 0) onDone()
    else setWarnings(heeded)
  }

  if (warnings.length > 0) {
    return (
      <div className="stack" aria-live="polite">
        <strong>{t('config.savedBut')}</strong>
        <ul>
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
        <Group justify="flex-end">
          <Button onClick={onDone}>{t('config.understood')}</Button>
        </Group>
      </div>
    )
  }
  const figure = (name: 'onDelaySeconds' | 'offDelaySeconds' | 'cooldownMinutes', label: string, hint?: string): ReactNode => (
    <NumberInput
      label={label}
      description={hint}
      hideControls
      allowDecimal={name !== 'cooldownMinutes'}
      allowNegative={false}
      value={draft[name]}
      error={errors[name]}
      onChange={(value) => {
        if (typeof value === 'number') set({ [name]: value })
      }}
    />
  )
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div className="form-grid">
        <TextInput
          className="wide"
          label={t('config.ruleName')}
          description={t('config.ruleNameHint')}
          required
          maxLength={200}
          value={draft.name}
          error={errors['name']}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-autofocus
        />
        <NativeSelect
          label={t('config.label')}
          value={draft.label}
          data={LABELS.map((one) => ({ value: one, label: one === 'Custom' ? t('config.labelOther') : one }))}
          onChange={(event) => set({ label: event.currentTarget.value as Rule['label'] })}
        />
        <NativeSelect
          label={t('config.severity')}
          value={draft.severity}
          data={(['critical', 'warning', 'info'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          onChange={(event) => set({ severity: event.currentTarget.value as Severity })}
        />
        <NativeSelect
          label={t('rules.kind')}
          description={t(`rules.kind.${draft.kind}.hint`)}
          value={draft.kind}
          data={kinds.map((kind) => ({ value: kind, label: t(`rules.kind.${kind}`) }))}
          onChange={(event) => setDraft(ofKind(draft, event.currentTarget.value as Rule['kind']))}
        />
        <RuleKindFields tag={tag} draft={draft} errors={errors} set={set} />
        {asksOf(draft.kind).delays && figure('onDelaySeconds', t('config.onDelay'))}
        {asksOf(draft.kind).delays && figure('offDelaySeconds', t('config.offDelay'))}
        {figure('cooldownMinutes', t('config.cooldown'), t('config.cooldownHint'))}
        <NumberInput
          label={t('rules.reAlarm')}
          description={t('rules.reAlarmHint')}
          hideControls
          allowDecimal={false}
          min={1}
          max={43_200}
          value={draft.reAlarmMinutes ?? ''}
          error={errors['reAlarmMinutes']}
          onChange={(value) => set({ reAlarmMinutes: typeof value === 'number' ? value : null })}
        />
        <TextInput
          label={t('rules.category')}
          description={t('rules.categoryHint')}
          maxLength={200}
          value={draft.category}
          error={errors['category']}
          onChange={(event) => set({ category: event.currentTarget.value })}
        />
        <TagChoice
          label={t('rules.suppressTag')}
          hint={t('rules.suppressTagHint')}
          value={draft.suppressTag}
          error={errors['suppressTag']}
          onChange={(suppressTag) => set({ suppressTag })}
        />
        <Switch
          className="wide"
          label={t('rules.latch')}
          description={t('rules.latchHint')}
          checked={draft.latch}
          onChange={(event) => set({ latch: event.currentTarget.checked })}
        />
        <Switch
          className="wide"
          label={t('config.autoClose')}
          description={t('config.autoCloseHint')}
          checked={draft.autoClose}
          onChange={(event) => set({ autoClose: event.currentTarget.checked })}
        />
        <Switch
          className="wide"
          label={t('config.enabled')}
          checked={draft.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
      </div>
      <ErrorNote error={Object.keys(errors).length > 0 ? null : action.error} />
      {trying && <BackTestPanel tag={tag} rule={bodyOf(draft)} />}
      <Group justify="flex-end">
        {!trying && (
          <Button variant="default" mr="auto" onClick={() => setTrying(true)}>
            {t('backTest.try')}
          </Button>
        )}
        <Button variant="default" onClick={onDone}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" loading={action.busy}>
          {t('action.save')}
        </Button>
      </Group>
    </form>
  )
}
