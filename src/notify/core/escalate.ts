import type { Micros } from '#base/time.ts'
import type { Severity } from '#domain/alarm.ts'
import type { ChainSnapshot, ChainStep, ContactGroup, EscalationChain } from '#domain/escalation.ts'
import { toldReason } from '#domain/told-reason.ts'
import { chooseChannel, type LaterMessage, objectionTo, type PlanContact, type PlannedMessage, type Skipped, unreachable } from './plan.ts'

/** How far a chain has come. */
export interface Progress {
  /** Place among the steps of the snapshot. */
  readonly step: number
  /** How often this step was told. */
  readonly tries: number
  /** Who said no. */
  readonly declined: readonly number[]
  /** Groups that were told by the policy before this one: passed over in silence. */
  readonly passed: readonly number[]
}

export interface Told {
  /** By name, the people of a group who are to be told now; undefined when the group is gone. */
  membersOf(groupId: number): { readonly contacts: readonly PlanContact[]; readonly offDuty: readonly PlanContact[] } | undefined
  /** Until when somebody is not to be disturbed by this severity; undefined: may be. */
  quietUntil(contact: PlanContact): Micros | undefined
}

export interface EscalateInput {
  readonly severity: Severity
  readonly deviceId: number
  readonly category: string
  readonly chain: ChainSnapshot
  readonly progress: Progress
  readonly channels: ReadonlySet<string>
  readonly failing: ReadonlySet<string>
  readonly now: Micros
}

export type Move =
  | {
      readonly kind: 'send'
      readonly groupName: string
      readonly messages: readonly PlannedMessage[]
      /** For the end of somebody's quiet hours. */
      readonly later: readonly LaterMessage[]
      readonly skipped: readonly Skipped[]
      readonly progress: Progress
      /** When the next move is due unless somebody answers. */
      readonly nextAt: Micros
    }
  | { readonly kind: 'exhausted'; readonly why: string; readonly skipped: readonly Skipped[]; readonly progress: Progress }

const MINUTE: Micros = 60_000_000
const LONGEST_WAIT_MINUTES = 240

/**
 * The next move of a chain that nobody has answered: the group of its step again, the next step, or its end. A step with nobody to tell is
 * passed over with the reason, never waited for.
 */
export function escalate(input: EscalateInput, told: Told): Move {
  const { chain, now } = input
  const skipped: Skipped[] = []
  let { step, tries } = input.progress
  const { declined, passed } = input.progress
  for (; step < chain.steps.length; step++, tries = 0) {
    const current = chain.steps[step]
    if (current === undefined || tries >= current.attempts || passed.includes(current.groupId)) continue
    const found = reach(input, told, current.groupId, current.groupName)
    skipped.push(...found.skipped)
    if (found.messages.length === 0 && found.later.length === 0) continue
    // where everybody sleeps by right, the morning is waited for: whoever comes next is not woken instead
    const morning = found.messages.length === 0 ? Math.min(...found.later.map((one) => one.at)) : now
    return {
      kind: 'send',
      groupName: current.groupName,
      messages: found.messages,
      later: found.later,
      skipped,
      progress: { step, tries: tries + 1, declined, passed },
      nextAt: morning + waitOf(current, tries + 1),
    }
  }
  const why = whyEnded(skipped, input.progress.step > 0 || input.progress.tries > 0 || passed.length > 0)
  return { kind: 'exhausted', why, skipped, progress: { step: chain.steps.length, tries: 0, declined, passed } }
}

/** @param told whether there is somebody who could have answered */
export function whyEnded(skipped: readonly Skipped[], told: boolean): string {
  const end = toldReason(told ? 'nobody_answered' : 'nobody_can_be_told')
  return [end, ...skipped.map((one) => `${one.contactName}: ${one.why}`)].join(' ')
}

/** How long an answer is waited for once a group was told so often. */
export function waitOf(step: Pick<ChainStep, 'waitMinutes'>, tries: number): Micros {
  return Math.min(step.waitMinutes * 2 ** Math.min(tries - 1, 10), LONGEST_WAIT_MINUTES) * MINUTE
}

function reach(
  input: EscalateInput,
  told: Told,
  groupId: number,
  groupName: string,
): { messages: PlannedMessage[]; later: LaterMessage[]; skipped: Skipped[] } {
  const group = told.membersOf(groupId)
  const nobody = (why: string): Skipped => ({ contactId: 0, contactName: groupName, why })
  if (group === undefined) return { messages: [], later: [], skipped: [nobody(toldReason('group_gone'))] }
  const messages: PlannedMessage[] = []
  const later: LaterMessage[] = []
  const skipped: Skipped[] = group.offDuty.map((one) => ({ contactId: one.id, contactName: one.name, why: toldReason('off_duty') }))
  if (group.contacts.length === 0) skipped.push(nobody(toldReason(group.offDuty.length === 0 ? 'group_empty' : 'nobody_on_duty')))
  for (const contact of group.contacts) {
    const who = { contactId: contact.id, contactName: contact.name }
    const against = input.progress.declined.includes(contact.id) ? toldReason('said_no') : objectionTo(contact, input)
    const choice = against === undefined ? chooseChannel(contact, input, new Set()) : undefined
    if (choice === undefined) {
      skipped.push({ ...who, why: against ?? unreachable(contact, input.channels) })
      continue
    }
    const until = told.quietUntil(contact)
    if (until === undefined) messages.push({ ...who, ...choice })
    else later.push({ ...who, ...choice, at: until })
  }
  return { messages, later, skipped }
}

/** The chain of an alarm: the first that is on and fits; undefined: everybody concerned is told once. */
export function chainFor(
  chains: readonly EscalationChain[],
  alarm: { readonly severity: Severity; readonly deviceId: number; readonly category: string },
): EscalationChain | undefined {
  return chains
    .toSorted((a, b) => a.position - b.position || a.id - b.id)
    .find((chain) => chain.enabled && chain.steps.length > 0 && objectionTo({ ...chain, enabled: true }, alarm) === undefined)
}

/** A chain with its parent groups as steps of their own. A group stands once, however its parents are tied together. */
export function snapshotOf(
  chain: Pick<EscalationChain, 'id' | 'name' | 'steps' | 'onClear' | 'maxAgeMinutes' | 'repeatMinutes'>,
  groups: readonly ContactGroup[],
): ChainSnapshot {
  const byId = new Map(groups.map((group) => [group.id, group]))
  const seen = new Set<number>()
  const steps: ChainSnapshot['steps'][number][] = []
  for (const { groupId, waitMinutes, attempts, climb } of chain.steps) {
    for (let id: number | null = groupId; id !== null && !seen.has(id); id = climb ? (byId.get(id)?.parentId ?? null) : null) {
      seen.add(id)
      steps.push({ groupId: id, groupName: byId.get(id)?.name ?? `Group ${id}`, waitMinutes, attempts })
    }
  }
  const { id: chainId, name, onClear, maxAgeMinutes, repeatMinutes } = chain
  return { chainId, name, onClear, maxAgeMinutes, repeatMinutes, steps }
}
