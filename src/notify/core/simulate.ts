import type { Micros } from '#base/time.ts'
import type { Severity } from '#domain/alarm.ts'
import type { ContactGroup, EscalationChain } from '#domain/escalation.ts'
import { toldReason } from '#domain/told-reason.ts'
import { quietUntil } from './duty.ts'
import { chainFor, escalate, snapshotOf, type Progress } from './escalate.ts'
import { membersOf } from './members.ts'
import { plan, type PlanContact, type PlannedMessage, type Skipped } from './plan.ts'

export interface SimulatedMove {
  readonly at: Micros
  readonly kind: 'told' | 'later' | 'end'
  readonly groupName: string
  readonly people: readonly (Omit<PlannedMessage, 'contactId'> & { readonly at: Micros })[]
  readonly skipped: readonly Skipped[]
  readonly why: string
}

export interface Policy {
  readonly contacts: readonly (PlanContact & {
    readonly quiet: { readonly from: string; readonly to: string; readonly severity: 'info' | 'warning' } | null
  })[]
  readonly groups: readonly ContactGroup[]
  readonly chains: readonly EscalationChain[]
  readonly channels: ReadonlySet<string>
  readonly timeZone: string
}

const MOST_MOVES = 100

/** What would happen if an alarm is raised at an instant and nobody answers: by the same functions that decide when one is. */
export function simulate(
  policy: Policy,
  alarm: { readonly severity: Severity; readonly deviceId: number; readonly category: string; readonly at: Micros },
): { readonly chainName: string | null; readonly moves: readonly SimulatedMove[] } {
  const { contacts, groups, channels, timeZone } = policy
  const found = chainFor(policy.chains, alarm)
  const rest = { severity: alarm.severity, deviceId: alarm.deviceId, category: alarm.category, channels, failing: new Set<string>() }
  if (found === undefined) return { chainName: null, moves: [everybody(policy, alarm)] }
  const chain = snapshotOf(found, groups)
  const moves: SimulatedMove[] = []
  let progress: Progress = { step: 0, tries: 0, declined: [], passed: [] }
  for (let now = alarm.at; moves.length < MOST_MOVES;) {
    const move = escalate(
      { ...rest, chain, progress, now },
      {
        membersOf: (id) => membersOf(groups, contacts, id, now, timeZone),
        quietUntil: (contact) => quietOf(policy, contact, alarm.severity, now),
      },
    )
    const tooOld = now > alarm.at + chain.maxAgeMinutes * 60_000_000
    if (tooOld || move.kind === 'exhausted') {
      const why = tooOld ? toldReason('too_old') : move.kind === 'exhausted' ? move.why : ''
      moves.push({ at: now, kind: 'end', groupName: '', people: [], skipped: move.skipped, why })
      break
    }
    const people = [...move.messages.map((one) => ({ ...one, at: now })), ...move.later]
    const kind = move.messages.length > 0 ? 'told' : 'later'
    moves.push({ at: now, kind, groupName: move.groupName, people, skipped: move.skipped, why: '' })
    ;({ progress } = move)
    now = move.nextAt
  }
  return { chainName: chain.name, moves }
}

/** Until when somebody is not to be disturbed by a severity; undefined: may be. */
export function quietOf(
  policy: Pick<Policy, 'contacts' | 'timeZone'>,
  { id }: PlanContact,
  severity: Severity,
  now: Micros,
): Micros | undefined {
  const quiet = policy.contacts.find((one) => one.id === id)?.quiet ?? null
  if (quiet === null || severity === 'critical' || (quiet.severity === 'info' && severity !== 'info')) return undefined
  return quietUntil(quiet, now, policy.timeZone)
}

function everybody(policy: Policy, alarm: { severity: Severity; deviceId: number; category: string; at: Micros }): SimulatedMove {
  const decision = plan({
    ...alarm,
    contacts: policy.contacts,
    channels: policy.channels,
    failing: new Set(),
    now: alarm.at,
    cooldownMinutes: 0,
    lastToldAt: undefined,
    attempt: 0,
    quietUntil: (contact) => quietOf(policy, contact, alarm.severity, alarm.at),
  })
  const rest = { at: alarm.at, groupName: '', skipped: decision.skipped }
  if (decision.kind === 'wait') return { ...rest, kind: 'end', people: [], why: decision.why }
  const people = [...decision.messages.map((one) => ({ ...one, at: alarm.at })), ...decision.later]
  return { ...rest, kind: decision.messages.length > 0 ? 'told' : 'later', people, why: '' }
}
