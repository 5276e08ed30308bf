import type { CategoryScope } from '#domain/category.ts'
import type { Severity } from '#domain/alarm.ts'
import type { ChainSnapshot, ContactGroup, EscalationChain } from '#domain/escalation.ts'
import { snapshotOf } from './escalate.ts'

/** Troubles of the system itself that people are told of in their own words, by the code of their event. */
export const SYSTEM_TROUBLES = [
  'keeper.disk_room',
  'keeper.backup_failed',
  'keeper.backup_overdue',
  'keeper.backup_hook_failed',
  'keeper.deliveries_unread',
  'alarm.engine_silent',
  'alarm.flood',
  'notify.answers_lost',
] as const
export type SystemTrouble = (typeof SYSTEM_TROUBLES)[number] | 'other'

/** Those that last until they are reported as over. */
const STANDING: ReadonlySet<string> = new Set(['keeper.disk_room', 'keeper.backup_failed', 'keeper.backup_overdue', 'alarm.engine_silent'])

export function systemTrouble(code: string): SystemTrouble {
  return SYSTEM_TROUBLES.find((one) => one === code) ?? 'other'
}

export interface ReadReport {
  readonly code: string
  /** `info`: it is over. */
  readonly severity: Severity
  readonly deviceId: number | null
  readonly value: number | null
  readonly limit: number | null
  readonly unit: string
  readonly problem: string | null
  readonly stands: boolean
}

/** What the body of a `system` intent says; undefined when it says nothing. */
export function readReport(body: Readonly<Record<string, unknown>>): ReadReport | undefined {
  const { code, deviceId } = body
  if (typeof code !== 'string' || code === '') return undefined
  const detail: Readonly<Record<string, unknown>> = isObject(body['detail']) ? body['detail'] : {}
  const severity = (['info', 'warning', 'critical'] as const).find((one) => one === body['severity']) ?? 'warning'
  const { freePercent } = detail
  const free = code === 'keeper.disk_room' && typeof freePercent === 'number'
  const problem = [detail['problem'], detail['why'], detail['name']].find((one) => typeof one === 'string' && one !== '')
  return {
    code,
    severity,
    deviceId: typeof deviceId === 'number' ? deviceId : null,
    value: free ? freePercent : null,
    limit: free ? (severity === 'critical' ? 5 : 10) : null,
    unit: free ? '%' : '',
    problem: typeof problem === 'string' ? problem.slice(0, 500) : null,
    stands: STANDING.has(code),
  }
}

/** Who is told of a trouble of the system: whoever is marked for it; where nobody is, everybody who is told of all devices. */
export function systemContacts<
  C extends {
    enabled: boolean
    minSeverity: Severity
    deviceIds: readonly number[] | null
    categories: CategoryScope
    systemMessages: boolean
  },
>(contacts: readonly C[]): readonly C[] {
  const marked = contacts.filter((one) => one.enabled && one.systemMessages)
  return concerned(marked.length > 0 ? marked : contacts.filter((one) => one.deviceIds === null))
}

/** The same people, as if no device and no severity kept them from being told. */
export function concerned<C extends { minSeverity: Severity; deviceIds: readonly number[] | null; categories: CategoryScope }>(
  contacts: readonly C[],
): readonly C[] {
  return contacts.map((one) => ({ ...one, deviceIds: null, categories: null, minSeverity: 'info' }))
}

/** Of a group that is told of the system: again after a quarter of an hour, then its parents. */
const GROUP_STEP = { waitMinutes: 15, attempts: 3, climb: true }

/** The chain of the site for troubles of the system; null: the contacts marked for it. A chain or group that is gone is none. */
export function systemChain(
  route: { readonly to: 'contacts' } | { readonly to: 'group' | 'chain'; readonly id: number },
  groups: readonly ContactGroup[],
  chains: readonly EscalationChain[],
): ChainSnapshot | null {
  if (route.to === 'contacts') return null
  if (route.to === 'chain') {
    const chain = chains.find((one) => one.id === route.id && one.steps.length > 0)
    return chain === undefined ? null : snapshotOf(chain, groups)
  }
  const group = groups.find((one) => one.id === route.id)
  if (group === undefined) return null
  const steps = [{ groupId: group.id, ...GROUP_STEP }]
  return snapshotOf({ id: 0, name: group.name, onClear: 'stop', maxAgeMinutes: 4320, repeatMinutes: 1440, steps }, groups)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
