import type { Micros } from '#base/time.ts'
import { SEVERITIES, type Severity } from '#domain/alarm.ts'
import { type CategoryScope, inCategories } from '#domain/category.ts'
import { toldReason } from '#domain/told-reason.ts'
import { lookAgainAt } from './look-again.ts'

/** What planning needs to know of a contact. */
export interface PlanContact {
  readonly id: number
  readonly name: string
  readonly enabled: boolean
  readonly minSeverity: Severity
  /** In order of preference. */
  readonly addresses: readonly {
    readonly channel: string
    readonly address: string
    readonly problem: string | null
    /** Used from this severity on. */
    readonly minSeverity?: Severity
  }[]
  /** null is all devices. */
  readonly deviceIds: readonly number[] | null
  readonly categories: CategoryScope
}

export interface PlanInput {
  readonly severity: Severity
  readonly deviceId: number
  readonly category: string
  readonly contacts: readonly PlanContact[]
  /** Channels that are configured and enabled. */
  readonly channels: ReadonlySet<string>
  /** Channels that lately failed: used only by contacts who have no other. */
  readonly failing: ReadonlySet<string>
  readonly now: Micros
  /** Minutes in which a repeated alarm of the same rule is not told again; 0 tells every one. */
  readonly cooldownMinutes: number
  /** When somebody was last told of the same rule at this severity or a higher one. */
  readonly lastToldAt: Micros | undefined
  /** Rounds that found nobody, before this one. */
  readonly attempt: number
  /** Until when somebody is not to be disturbed by this severity; undefined: may be. */
  quietUntil(contact: PlanContact): Micros | undefined
}

export interface PlannedMessage {
  readonly contactId: number
  readonly contactName: string
  readonly channel: string
  readonly address: string
  /** Why this channel, for people. */
  readonly why: string
}

/** One that waits for the end of quiet hours. */
export interface LaterMessage extends PlannedMessage {
  readonly at: Micros
}

export interface Skipped {
  readonly contactId: number
  readonly contactName: string
  readonly why: string
}

export type Plan =
  | {
      readonly kind: 'send'
      readonly messages: readonly PlannedMessage[]
      /** For the end of somebody's quiet hours. */
      readonly later: readonly LaterMessage[]
      readonly skipped: readonly Skipped[]
    }
  | { readonly kind: 'wait'; readonly until: Micros; readonly why: string; readonly nobody: boolean; readonly skipped: readonly Skipped[] }

const MINUTE: Micros = 60_000_000

/** Who is told of an alarm, by which channel and why; or when to look again. */
export function plan(input: PlanInput): Plan {
  const coolUntil = input.lastToldAt === undefined ? input.now : input.lastToldAt + input.cooldownMinutes * MINUTE
  if (coolUntil > input.now) {
    return { kind: 'wait', until: coolUntil, why: toldReason('cooldown'), nobody: false, skipped: [] }
  }
  const messages: PlannedMessage[] = []
  const later: LaterMessage[] = []
  const skipped: Skipped[] = []
  for (const contact of input.contacts) {
    const who = { contactId: contact.id, contactName: contact.name }
    const against = objectionTo(contact, input)
    const choice = against === undefined ? chooseChannel(contact, input, new Set()) : undefined
    const at = choice === undefined ? undefined : input.quietUntil(contact)
    if (choice === undefined) skipped.push({ ...who, why: against ?? unreachable(contact, input.channels) })
    else if (at === undefined) messages.push({ ...who, ...choice })
    else later.push({ ...who, ...choice, at })
  }
  if (messages.length + later.length > 0) return { kind: 'send', messages, later, skipped }
  const why =
    input.contacts.length === 0
      ? toldReason('no_contact')
      : `${toldReason('nobody_can_be_told')} ${skipped.map((one) => `${one.contactName}: ${one.why}`).join(' ')}`
  return { kind: 'wait', until: lookAgainAt(input.attempt, input.now), why, nobody: true, skipped }
}

/** The first address that can be used and was not tried; one whose channel is failing comes last. */
export function chooseChannel(
  contact: PlanContact,
  input: Pick<PlanInput, 'channels' | 'failing'> & { readonly severity?: Severity },
  tried: ReadonlySet<string>,
): { channel: string; address: string; why: string } | undefined {
  const severity = SEVERITIES.indexOf(input.severity ?? 'critical')
  const fits = (one: PlanContact['addresses'][number]): boolean => SEVERITIES.indexOf(one.minSeverity ?? 'info') <= severity
  const usable = contact.addresses.filter(
    (one) => one.problem === null && input.channels.has(one.channel) && !tried.has(one.channel) && fits(one),
  )
  const best = usable.find((one) => !input.failing.has(one.channel)) ?? usable[0]
  if (best === undefined) return undefined
  const passed = contact.addresses.slice(0, contact.addresses.indexOf(best))
  const why = passed.map((one) => {
    if (one.problem !== null) return `${one.channel}: ${one.problem.replace(/\.$/, '')}`
    if (!input.channels.has(one.channel)) return toldReason('channel_not_set_up', { channel: one.channel })
    if (!fits(one)) return toldReason('channel_only_from', { channel: one.channel, severity: one.minSeverity ?? 'info' })
    return toldReason(tried.has(one.channel) ? 'channel_failed' : 'channel_failing', { channel: one.channel })
  })
  return { channel: best.channel, address: best.address, why: why.length === 0 ? toldReason('first_choice') : why.join('; ') }
}

/**
 * Why another channel took a message over: what became of the one before it, and whatever else stood in the way. Each channel is named once.
 * @param title of the channel that failed @param why of the choice that followed
 */
export function takenOver(channel: string, title: string, failed: string, why: string): string {
  const named = [channel, title].some((name) => failed.startsWith(name))
  const known = [toldReason('channel_failed', { channel }), toldReason('channel_failing', { channel }), toldReason('first_choice')]
  const rest = why.split('; ').filter((part) => !known.includes(part))
  return [named ? failed : `${channel}: ${failed}`, ...rest].reduce((all, part) => `${all}${all.endsWith('.') ? ' ' : '; '}${part}`)
}

/** Who is told by which channel, for people. */
export function namesOf(told: { readonly messages: readonly PlannedMessage[]; readonly later: readonly LaterMessage[] }): string {
  const now = told.messages.map((one) => `${one.contactName} (${one.channel})`)
  return [...now, ...told.later.map((one) => `${one.contactName} (later)`)].join(', ')
}

/** Why somebody, or a chain, is not concerned by an alarm; undefined: is. */
export function objectionTo(
  contact: Pick<PlanContact, 'enabled' | 'minSeverity' | 'deviceIds' | 'categories'>,
  input: Pick<PlanInput, 'severity' | 'deviceId' | 'category'>,
): string | undefined {
  if (!contact.enabled) return toldReason('disabled')
  if (SEVERITIES.indexOf(input.severity) < SEVERITIES.indexOf(contact.minSeverity))
    return toldReason('only_from', { severity: contact.minSeverity })
  if (contact.deviceIds !== null && !contact.deviceIds.includes(input.deviceId)) return toldReason('other_device')
  if (!inCategories(contact.categories, input.category)) return toldReason('other_category')
  return undefined
}

/** Why nothing leads to somebody who is concerned. */
export function unreachable(contact: PlanContact, channels: ReadonlySet<string>): string {
  if (contact.addresses.length === 0) return toldReason('no_address')
  const why = contact.addresses.map(({ channel, problem }) => {
    if (problem !== null) return `${channel}: ${problem.replace(/\.$/, '')}`
    return toldReason(channels.has(channel) ? 'channel_failed' : 'channel_not_set_up', { channel })
  })
  return `${why.join('; ')}.`
}
