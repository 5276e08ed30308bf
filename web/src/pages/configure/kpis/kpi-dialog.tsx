import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Severity, Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery, useSession } from '../../../session.tsx'
import { FormulaField } from '../../../widgets/formula/formula-field.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import type { Kpi } from '../../kpis/kpi-list.ts'
import { FormDialog } from '../form-dialog.tsx'
import { useAction } from '../use-action.ts'
import { freshKpi, homeOf, KPI_MODES, type KpiDraft, kpiDraftOf, ruleBodyOf, tagBodyOf } from './kpi-draft.ts'

const BackTestPanel = onDemand(async () => (await import('../back-test/back-test-panel.tsx')).BackTestPanel)
const OPERATORS = ['>', '>=', '<', '<=', '=', '!='] as const

/** One key figure: its formula, and what it is held against. */
export function KpiDialog({ kpi, onClose }: { kpi: Kpi | null; onClose: () => void }): ReactNode {
  const t = useT()
  const { devices } = useSession()
  const queries = useQueryClient()
  const action = useAction()
  const [draft, setDraft] = useState<KpiDraft>(() => (kpi === null ? freshKpi() : kpiDraftOf(kpi)))
  // also the one that was added when its alarm was refused then: it is not added a second time
  const saved = useRef(kpi?.tag)
  const [trying, setTrying] = useState(false)
  const set = (change: Partial<KpiDraft>): void => setDraft({ ...draft, ...change })
  const deviceId = draft.deviceId ?? homeOf(draft.formula, devices)
  const errors = Object.fromEntries(
    Object.entries(fieldErrors(action.error)).map(([field, message]) => [field.replace(/^tags(\[0\]|\.0)\./, ''), message]),
  )
  const rule = kpi === null ? null : ruleBodyOf(draft, kpi.tag, kpi.main)

  const save = async (): Promise<void> => {
    if (deviceId === null) return
    const known = saved.current?.deviceId === deviceId ? saved.current : kpi?.tag
    const body = tagBodyOf(draft, known)
    const tag: Tag | undefined =
      known === undefined
        ? (await call('POST /api/devices/:id/tags', { params: { id: deviceId }, body: { tags: [body] } })).tags[0]
        : await call('PUT /api/tags/:id', { params: { id: known.id }, body })
    saved.current = tag
    await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
    const wanted = tag === undefined ? null : ruleBodyOf(draft, tag, kpi?.main)
    if (wanted !== null && kpi?.main !== undefined) await call('PUT /api/rules/:id', { params: { id: kpi.main.id }, body: wanted })
    else if (wanted !== null) await call('POST /api/rules', { body: wanted })
    else if (kpi?.main !== undefined) await call('DELETE /api/rules/:id', { params: { id: kpi.main.id } })
  }
  const figure = (name: 'setpoint' | 'target' | 'deadband' | 'onDelaySeconds' | 'decimals', label: string): ReactNode => (
    <NumberInput
      label={label}
      hideControls
      required
      allowNegative={name === 'target' || (name === 'setpoint' && draft.mode === 'threshold')}
      allowDecimal={name !== 'decimals'}
      value={draft[name]}
      error={errors[name]}
      onChange={(value) => {
        if (typeof value === 'number') set({ [name]: value })
      }}
    />
  )
  const withUnit = (text: string): string => (draft.unit === '' ? text : `${text} (${draft.unit})`)
  return (
    <FormDialog
      title={kpi === null ? t('kpi.add') : t('config.edit', { name: kpi.tag.name })}
      size="xl"
      action={action}
      told={t('config.saved', { name: draft.name })}
      stale={['config', 'rules']}
      save={save}
      disabled={deviceId === null}
      below={trying && kpi !== null && rule !== null && <BackTestPanel tag={kpi.tag} rule={rule} />}
      aside={
        !trying &&
        rule !== null && (
          <Button variant="default" mr="auto" onClick={() => setTrying(true)}>
            {t('backTest.try')}
          </Button>
        )
      }
      onClose={onClose}
    >
      <TextInput
        label={t('config.name')}
        required
        maxLength={200}
        value={draft.name}
        error={errors['name']}
        onChange={(event) => set({ name: event.currentTarget.value })}
        data-autofocus
      />
      <FormulaField required value={draft.formula} unit={draft.unit} error={errors['formula']} onChange={(formula) => set({ formula })} />
      <div className="form-grid">
        <TextInput
          label={t('config.unit')}
          maxLength={40}
          value={draft.unit}
          onChange={(event) => set({ unit: event.currentTarget.value })}
        />
        {figure('decimals', t('config.decimals'))}
        <NativeSelect
          label={t('kpi.home')}
          description={t('kpi.homeHint')}
          required
          disabled={kpi !== null}
          value={deviceId ?? ''}
          data={[
            { value: '', label: '–' },
            ...devices.map((device) => ({ value: String(device.id), label: `${device.code} · ${device.name}` })),
          ]}
          onChange={(event) => set({ deviceId: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })}
        />
        <NativeSelect
          label={t('kpi.mode')}
          description={t(`kpi.mode.${draft.mode}.hint`)}
          value={draft.mode}
          data={KPI_MODES.map((one) => ({ value: one, label: t(`kpi.mode.${one}`) }))}
          onChange={(event) => set({ mode: KPI_MODES.find((one) => one === event.currentTarget.value) ?? 'none' })}
        />
        {draft.mode === 'threshold' && (
          <NativeSelect
            label={t('config.operator')}
            value={draft.operator}
            data={[...OPERATORS]}
            onChange={(event) => set({ operator: OPERATORS.find((one) => one === event.currentTarget.value) ?? '>' })}
          />
        )}
        {(draft.mode === 'deviation' || draft.mode === 'out_of_band') && figure('target', withUnit(t('rules.target')))}
        {draft.mode !== 'none' && (
          <>
            {figure(
              'setpoint',
              draft.mode === 'threshold'
                ? withUnit(t('config.threshold'))
                : draft.mode === 'deviation'
                  ? t('rules.percent')
                  : withUnit(t('rules.tolerance')),
            )}
            {figure('deadband', t('config.hysteresis'))}
            {figure('onDelaySeconds', t('config.onDelay'))}
            <NativeSelect
              label={t('config.severity')}
              value={draft.severity}
              data={(['critical', 'warning', 'info'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
              onChange={(event) => set({ severity: event.currentTarget.value as Severity })}
            />
          </>
        )}
      </div>
    </FormDialog>
  )
}
