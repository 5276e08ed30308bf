import { NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Device, Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery } from '../../../session.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { FoldedForm } from '../../../widgets/schema-form/folded-form.tsx'
import { defaultsOf, fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { FormDialog } from '../form-dialog.tsx'
import { useAction } from '../use-action.ts'
import { protocolsQuery } from './protocols.ts'

const FormulaField = onDemand(async () => (await import('../../../widgets/formula/formula-field.tsx')).FormulaField)

type Draft = Omit<Tag, 'id' | 'deviceId'>

const NO_SETTINGS: Readonly<Record<string, unknown>> = {}

/** One tag: what it is called, where it lies, how it is read and shown. */
export function TagDialog({
  device,
  tag,
  start = {},
  onClose,
}: {
  device: Device
  tag: Tag | null
  /** What a new tag begins with. */
  start?: Partial<Draft>
  onClose: () => void
}): ReactNode {
  const t = useT()
  const action = useAction()
  const protocols = useQuery(protocolsQuery)
  const protocol = protocols.data?.find((one) => one.protocol === device.protocol)
  const schema = protocol?.tagSchema ?? NO_SETTINGS
  const [draft, setDraft] = useState<Draft>(() => tag ?? { ...freshTag(), ...start })
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change })
  const errors = placeless(fieldErrors(action.error))
  const settingErrors = placeless(fieldErrors(action.error, 'settings'))
  const [off, on] = draft.stateText ?? ['', '']

  const save = async (): Promise<void> => {
    const stateText: [string, string] | null = draft.kind === 'digital' && (off !== '' || on !== '') ? [off, on] : null
    const { id: _id, deviceId: _device, ...body } = { id: 0, deviceId: 0, ...draft, stateText }
    if (tag === null) await call('POST /api/devices/:id/tags', { params: { id: device.id }, body: { tags: [body] } })
    else await call('PUT /api/tags/:id', { params: { id: tag.id }, body })
  }

  return (
    <FormDialog
      title={tag === null ? t('config.addTag') : t('config.edit', { name: tag.name })}
      size="lg"
      action={action}
      told={t('config.saved', { name: draft.name })}
      stale={bootstrapQuery.queryKey}
      save={save}
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
        <TextInput
          label={t('config.address')}
          required={(draft.formula ?? '') === ''}
          disabled={(draft.formula ?? '') !== ''}
          value={draft.address}
          error={errors['address']}
          onChange={(event) => set({ address: event.currentTarget.value })}
        />
        <p className="wide meta">{protocol?.addressHelp}</p>
        <div className="wide">
          <FormulaField
            value={draft.formula ?? ''}
            unit={draft.unit}
            error={errors['formula']}
            onChange={(formula) => set({ formula, ...(formula === '' ? {} : { address: '' }) })}
          />
        </div>
      </div>
      <FoldedForm
        schema={schema}
        value={{ ...(tag === null ? defaultsOf(schema) : {}), ...draft.settings }}
        onChange={(settings) => set({ settings: { ...settings } })}
        errors={settingErrors}
      >
        <div className="form-grid">
          <NativeSelect
            label={t('config.kind')}
            value={draft.kind}
            data={(['analog', 'counter', 'digital', 'text'] as const).map((one) => ({ value: one, label: t(`config.kind.${one}`) }))}
            onChange={(event) => set({ kind: event.currentTarget.value as Tag['kind'] })}
          />
          <TextInput
            label={t('config.unit')}
            maxLength={40}
            value={draft.unit}
            onChange={(event) => set({ unit: event.currentTarget.value })}
          />
          <Figure
            label={t('config.decimals')}
            value={draft.decimals}
            whole
            error={errors['decimals']}
            onChange={(decimals) => set({ decimals })}
          />
          <Figure label={t('config.scale')} value={draft.scale} error={errors['scale']} onChange={(scale) => set({ scale })} />
          <Figure label={t('config.offset')} value={draft.offset} error={errors['offset']} onChange={(offset) => set({ offset })} />
          <Figure
            label={t('config.deadband')}
            description={t('config.deadbandHint')}
            value={draft.deadband}
            error={errors['deadband']}
            onChange={(deadband) => set({ deadband })}
          />
          {draft.kind === 'digital' && (
            <>
              <TextInput
                label={t('config.textOff')}
                maxLength={40}
                value={off}
                onChange={(event) => set({ stateText: [event.currentTarget.value, on] })}
              />
              <TextInput
                label={t('config.textOn')}
                maxLength={40}
                value={on}
                onChange={(event) => set({ stateText: [off, event.currentTarget.value] })}
              />
            </>
          )}
          <Switch
            className="wide"
            label={t('config.enabled')}
            checked={draft.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
        </div>
      </FoldedForm>
    </FormDialog>
  )
}

interface FigureProps {
  readonly label: string
  readonly description?: string
  readonly value: number
  readonly whole?: boolean
  readonly error?: string | undefined
  readonly onChange: (value: number) => void
}

function Figure({ label, description, value, whole = false, error, onChange }: FigureProps): ReactNode {
  return (
    <NumberInput
      label={label}
      description={description}
      hideControls
      allowDecimal={!whole}
      value={value}
      error={error}
      onChange={(next) => {
        if (typeof next === 'number') onChange(next)
      }}
    />
  )
}

/** A tag that is added alone is `tags[0]` to the server. */
function placeless(errors: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(errors).map(([field, message]) => [field.replace(/^tags\[0\]\./, '').replace(/^tags\.0\./, ''), message]),
  )
}

function freshTag(): Draft {
  return {
    name: '',
    address: '',
    settings: {},
    kind: 'analog',
    unit: '',
    decimals: 2,
    scale: 1,
    offset: 0,
    deadband: 0,
    stateText: null,
    enabled: true,
  }
}
