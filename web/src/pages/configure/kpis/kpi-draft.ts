import { parseFormula } from '#calc/formula/parse.ts'
import type { Device, Severity, Tag } from '../../../api/replies.ts'
import type { Kpi } from '../../kpis/kpi-list.ts'
import { bodyOf, type Draft, freshRule } from '../rules/rule-draft.ts'

/** How a key figure alarms; none: it is only shown and stored. */
export const KPI_MODES = ['none', 'threshold', 'deviation', 'out_of_band'] as const
export type KpiMode = (typeof KPI_MODES)[number]

/** A key figure in its form: a virtual tag and the rule that says its target. */
export interface KpiDraft {
  readonly name: string
  readonly deviceId: number | null
  readonly formula: string
  readonly unit: string
  readonly decimals: number
  readonly mode: KpiMode
  readonly operator: Draft['operator']
  readonly setpoint: number
  readonly target: number
  readonly deadband: number
  readonly onDelaySeconds: number
  readonly severity: Severity
}

export function freshKpi(): KpiDraft {
  const plain = { name: '', deviceId: null, formula: '', unit: '', decimals: 2, deadband: 0, onDelaySeconds: 30 }
  return { ...plain, mode: 'out_of_band', operator: '>', setpoint: 0, target: 0, severity: 'warning' }
}

export function kpiDraftOf({ tag, main }: Kpi): KpiDraft {
  const { name, deviceId, formula = '', unit, decimals } = tag
  const plain = { ...freshKpi(), name, deviceId, formula, unit, decimals }
  if (main === undefined) return { ...plain, mode: 'none' }
  const { operator, setpoint, deadband, onDelaySeconds, severity } = main
  const mode = KPI_MODES.find((one) => one === main.kind) ?? 'none'
  return { ...plain, mode, operator, setpoint, target: main.target ?? 0, deadband, onDelaySeconds, severity }
}

/** The device that the first reference of a formula names: there the figure is at home unless told otherwise. */
export function homeOf(formula: string, devices: readonly Device[]): number | null {
  try {
    const code = parseFormula(formula).references[0]?.device.toLowerCase()
    return devices.find((device) => device.code.toLowerCase() === code)?.id ?? null
  } catch {
    // not a formula yet
    return null
  }
}

export function tagBodyOf(draft: KpiDraft, tag: Tag | undefined): Omit<Tag, 'id' | 'deviceId'> {
  const plain = { address: '', settings: {}, kind: 'analog' as const, scale: 1, offset: 0, deadband: 0, stateText: null, enabled: true }
  const { id: _id, deviceId: _device, ...kept } = { id: 0, deviceId: 0, ...plain, ...tag }
  return { ...kept, name: draft.name.trim(), unit: draft.unit, decimals: draft.decimals, formula: draft.formula }
}

/** The rule of a draft; what its form does not ask for stays as it was. */
export function ruleBodyOf(draft: KpiDraft, tag: Tag, main: Kpi['main']): Draft | null {
  if (draft.mode === 'none') return null
  const start = main?.kind === draft.mode ? bodyOf(main) : freshRule(tag, [], { kind: draft.mode, label: 'Custom' })
  const { operator, setpoint, deadband, onDelaySeconds, severity } = draft
  const name = main?.name ?? draft.name.trim()
  return {
    ...start,
    name,
    operator,
    setpoint,
    deadband,
    onDelaySeconds,
    severity,
    target: draft.mode === 'threshold' ? null : draft.target,
  }
}
