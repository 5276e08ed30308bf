import { Button, Group, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Severity, Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { useAction } from '../use-action.ts'
import type { Rule } from './rules-query.ts'

type Draft = Omit<Rule, 'id' | 'version' | 'deviceId' | 'slot'>
const LABELS = ['HiHi', 'Hi', 'Lo', 'LoLo', 'Custom'] as const
const OPERATORS = ['>', '>=', '<', '<=', '=', '!='] as const

interface Props {
  readonly tag: Tag
  readonly rule: Rule | null
  /** Labels that other rules of the tag have: a new one starts with the next. */
  readonly taken: readonly Rule['label'][]
  readonly onDone: () => void
}

/** One threshold with its hysteresis and delays. */
export function RuleForm({ tag, rule, taken, onDone }: Props): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const action = useAction()
  const [draft, setDraft] = useState<Draft>(() => rule ?? freshRule(tag, taken))
  const [warnings, setWarnings] = useState<readonly string[]>([])
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change })
  const errors = fieldErrors(action.error)

  const save = async (): Promise<void> => {
    const {
      tagId,
      label,
      name,
      severity,
      enabled,
      autoClose,
      cooldownMinutes,
      operator,
      setpoint,
      deadband,
      onDelaySeconds,
      offDelaySeconds,
    } = draft
    const body = {
      tagId,
      label,
      name,
      severity,
      enabled,
      autoClose,
      cooldownMinutes,
      operator,
      setpoint,
      deadband,
      onDelaySeconds,
      offDelaySeconds,
    }
    let heeded: readonly string[] = []
    const ok = await action.run(async () => {
      const saved =
        rule === null ? await call('POST /api/rules', { body }) : await call('PUT /api/rules/:id', { params: { id: rule.id }, body })
      heeded = saved.warnings
      await queries.invalidateQueries({ queryKey: ['config', 'rules'] })
    })
    if (!ok) return
    tellDone(t('config.saved', { name }))
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
  const figure = (
    name: 'setpoint' | 'deadband' | 'onDelaySeconds' | 'offDelaySeconds' | 'cooldownMinutes',
    label: string,
    hint?: string,
  ): ReactNode => (
    <NumberInput
      label={label}
      description={hint}
      hideControls
      required={name === 'setpoint'}
      allowDecimal={name !== 'cooldownMinutes'}
      allowNegative={name === 'setpoint'}
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
          data={[...LABELS]}
          onChange={(event) => set({ label: event.currentTarget.value as Rule['label'] })}
        />
        <NativeSelect
          label={t('config.severity')}
          value={draft.severity}
          data={(['critical', 'warning', 'info'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          onChange={(event) => set({ severity: event.currentTarget.value as Severity })}
        />
        <NativeSelect
          label={t('config.operator')}
          value={draft.operator}
          data={[...OPERATORS]}
          onChange={(event) => set({ operator: event.currentTarget.value as Rule['operator'] })}
        />
        {figure('setpoint', tag.unit === '' ? t('config.threshold') : `${t('config.threshold')} (${tag.unit})`)}
        {figure('deadband', t('config.hysteresis'), t('config.hysteresisHint'))}
        {figure('onDelaySeconds', t('config.onDelay'))}
        {figure('offDelaySeconds', t('config.offDelay'))}
        {figure('cooldownMinutes', t('config.cooldown'), t('config.cooldownHint'))}
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
      <Group justify="flex-end">
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

function freshRule(tag: Tag, taken: readonly Rule['label'][]): Draft {
  const label = (['Hi', 'Lo', 'HiHi', 'LoLo'] as const).find((one) => !taken.includes(one)) ?? 'Custom'
  return {
    tagId: tag.id,
    label,
    name: `${tag.name} ${label}`,
    severity: label === 'HiHi' || label === 'LoLo' ? 'critical' : 'warning',
    enabled: true,
    autoClose: false,
    cooldownMinutes: 30,
    operator: label === 'Lo' || label === 'LoLo' ? '<' : '>',
    setpoint: 0,
    deadband: 0,
    onDelaySeconds: 0,
    offDelaySeconds: 0,
  }
}
