import { ActionIcon, Button, Checkbox, Group as Row, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core'
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Severity } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { CategoryChoice } from '../people/category-choice.tsx'
import { DeviceChoice } from '../people/device-choice.tsx'
import { FormDialog } from '../form-dialog.tsx'
import { movedUp } from '../moved-up.ts'
import { useAction } from '../use-action.ts'
import { type Chain, chainsQuery, type Group } from './escalation-queries.ts'

type Step = Chain['steps'][number]

interface Props {
  readonly chain: Chain | null
  /** Its place in the order in which chains are tried. */
  readonly place: number
  readonly groups: readonly Group[]
  readonly onClose: () => void
}

/** Which alarms a chain is for, and its steps. */
export function ChainDialog({ chain, place, groups, onClose }: Props): ReactNode {
  const t = useT()
  const action = useAction()
  const [draft, setDraft] = useState<Omit<Chain, 'id'>>(
    () =>
      chain ?? {
        name: '',
        enabled: true,
        position: place,
        minSeverity: 'info',
        deviceIds: null,
        categories: null,
        steps: groups[0] === undefined ? [] : [stepOf(groups[0].id)],
        onClear: 'continue',
        maxAgeMinutes: 4320,
        repeatMinutes: 1440,
      },
  )
  const set = (change: Partial<typeof draft>): void => setDraft({ ...draft, ...change })
  const put = (index: number, change: Partial<Step>): void =>
    set({ steps: draft.steps.map((one, at) => (at === index ? { ...one, ...change } : one)) })
  const errors = fieldErrors(action.error)
  const save = async (): Promise<void> => {
    const { name, enabled, position, minSeverity, deviceIds, categories, steps, onClear, maxAgeMinutes, repeatMinutes } = draft
    const body = { name, enabled, position, minSeverity, deviceIds, categories, steps, onClear, maxAgeMinutes, repeatMinutes }
    await (chain === null ? call('POST /api/chains', { body }) : call('PUT /api/chains/:id', { params: { id: chain.id }, body }))
  }
  return (
    <FormDialog
      title={chain === null ? t('esc.addChain') : t('config.edit', { name: chain.name })}
      size="xl"
      action={action}
      told={t('config.saved', { name: draft.name })}
      stale={chainsQuery.queryKey}
      save={save}
      beside={['name']}
      onClose={onClose}
    >
      <div className="form-grid">
        <TextInput
          label={t('config.name')}
          required
          maxLength={200}
          value={draft.name}
          error={errors['name']}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-autofocus
        />
        <NativeSelect
          label={t('esc.fromSeverity')}
          value={draft.minSeverity}
          data={(['info', 'warning', 'critical'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          onChange={(event) => set({ minSeverity: event.currentTarget.value as Severity })}
        />
        <NumberInput
          label={t('esc.position')}
          description={t('esc.positionHint')}
          min={1}
          max={1000}
          value={draft.position + 1}
          onChange={(value) => set({ position: Math.max(0, Number(value) - 1) })}
        />
      </div>
      <h3>{t('esc.steps')}</h3>
      <span className="meta">{t('esc.stepsHint')}</span>
      {draft.steps.map((step, index) => (
        <div key={index} className="esc-step">
          <NativeSelect
            label={`${index + 1}. ${t('esc.group')}`}
            value={String(step.groupId)}
            data={groups.map((one) => ({ value: String(one.id), label: one.name }))}
            onChange={(event) => put(index, { groupId: Number(event.currentTarget.value) })}
          />
          <NumberInput
            label={t('esc.attempts')}
            min={1}
            max={20}
            value={step.attempts}
            onChange={(value) => put(index, { attempts: Number(value) })}
          />
          <NumberInput
            label={t('esc.wait')}
            min={1}
            max={1440}
            value={step.waitMinutes}
            onChange={(value) => put(index, { waitMinutes: Number(value) })}
          />
          <span className="row" style={{ flexWrap: 'nowrap' }}>
            <ActionIcon
              variant="subtle"
              size="lg"
              disabled={index === 0}
              aria-label={t('config.moveUp')}
              onClick={() => set({ steps: movedUp(draft.steps, index) })}
            >
              <IconArrowUp size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              size="lg"
              color="critical"
              aria-label={t('esc.removeStep', { number: index + 1 })}
              onClick={() => set({ steps: draft.steps.filter((_, at) => at !== index) })}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </span>
          <Checkbox
            className="wide"
            label={t('esc.climb')}
            checked={step.climb}
            onChange={(event) => put(index, { climb: event.currentTarget.checked })}
          />
        </div>
      ))}
      <Row>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => set({ steps: [...draft.steps, stepOf(groups[0]?.id ?? 0)] })}
        >
          {t('esc.addStep')}
        </Button>
      </Row>
      <div className="form-grid">
        <NativeSelect
          label={t('esc.onClear')}
          value={draft.onClear}
          data={(['continue', 'stop'] as const).map((one) => ({ value: one, label: t(`esc.onClear.${one}`) }))}
          onChange={(event) => set({ onClear: event.currentTarget.value as Chain['onClear'] })}
        />
        <NumberInput
          label={t('esc.repeat')}
          description={t('esc.repeatHint')}
          min={0}
          max={168}
          value={draft.repeatMinutes / 60}
          onChange={(value) => set({ repeatMinutes: Math.round(Number(value) * 60) })}
        />
        <NumberInput
          label={t('esc.maxAge')}
          min={1}
          max={744}
          value={draft.maxAgeMinutes / 60}
          onChange={(value) => set({ maxAgeMinutes: Math.max(5, Math.round(Number(value) * 60)) })}
        />
      </div>
      <DeviceChoice value={draft.deviceIds} onChange={(deviceIds) => set({ deviceIds })} />
      <CategoryChoice of="chain" value={draft.categories} onChange={(categories) => set({ categories })} />
      <Switch label={t('config.enabled')} checked={draft.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
    </FormDialog>
  )
}

function stepOf(groupId: number): Step {
  return { groupId, waitMinutes: 5, attempts: 2, climb: true }
}
