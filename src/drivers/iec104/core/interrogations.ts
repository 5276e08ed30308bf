import type { Millis } from '#base/time.ts'
import { Cause, type AsduHeader } from './asdu.ts'
import { SystemType } from './type-table.ts'

export type InterrogationKind = 'clock' | 'general' | 'counter'

export interface Interrogation {
  readonly kind: InterrogationKind
  readonly commonAddress: number
}

export interface InterrogationPlan {
  /** Means every common address of the station: all octets FF. */
  readonly broadcast: number
  readonly commonAddresses: readonly number[]
  /** 0: only when the link starts. Without clock synchronization 0 means never. */
  readonly generalEvery: Millis
  readonly counters: boolean
  readonly counterEvery: Millis
  readonly clockEvery: Millis
}

/** How an interrogation ended, or came back. */
export interface InterrogationOutcome extends Interrogation {
  readonly result: 'confirmed' | 'finished' | 'refused' | 'unknown_common_address' | 'unanswered'
}

interface Entry extends Interrogation {
  readonly every: Millis
  dueAt: Millis
}

/** A station that says nothing about an interrogation for so long has forgotten it. */
export const PATIENCE: Millis = 30_000
const KINDS: Readonly<Record<number, InterrogationKind>> = {
  [SystemType.ClockSynchronization]: 'clock',
  [SystemType.Interrogation]: 'general',
  [SystemType.CounterInterrogation]: 'counter',
}
const ORDER: readonly InterrogationKind[] = ['clock', 'general', 'counter']

/**
 * Asks a station for everything, one question at a time, because many answer no second one before the first is done: the clock first,
 * then general interrogations, then counters; then again after the cycle, or when the station says that it has restarted.
 */
export class Interrogations {
  readonly #broadcast: number
  readonly #entries: readonly Entry[]
  #asked: { readonly entry: Entry; heardAt: Millis; confirmed: boolean } | undefined

  constructor(plan: InterrogationPlan, now: Millis) {
    this.#broadcast = plan.broadcast
    const every: Readonly<Record<InterrogationKind, Millis>> = {
      clock: plan.clockEvery,
      general: plan.generalEvery,
      counter: plan.counterEvery,
    }
    const kinds = ORDER.filter((kind) => (kind === 'clock' ? plan.clockEvery > 0 : kind !== 'counter' || plan.counters))
    this.#entries = kinds.flatMap((kind) => {
      return plan.commonAddresses.map((commonAddress) => ({ kind, commonAddress, every: every[kind], dueAt: now }))
    })
  }

  /** @returns what to ask now; it counts as asked */
  next(now: Millis): Interrogation | undefined {
    if (this.#asked !== undefined) return undefined
    const entry = this.#entries.find((one) => one.dueAt <= now)
    if (entry === undefined) return undefined
    entry.dueAt = entry.every > 0 ? now + entry.every : Infinity
    this.#asked = { entry, heardAt: now, confirmed: false }
    return entry
  }

  /** @returns the question that the station has forgotten, if it has */
  expired(now: Millis): InterrogationOutcome | undefined {
    const asked = this.#asked
    if (asked === undefined || now - asked.heardAt < PATIENCE) return undefined
    this.#asked = undefined
    // what was confirmed has been answered, if without saying that it is the end
    return outcome(asked.entry, asked.confirmed ? 'finished' : 'unanswered')
  }

  /** Data in answer to the question: the station is still at it. */
  heard(now: Millis): void {
    if (this.#asked !== undefined) this.#asked.heardAt = now
  }

  /** A telegram of the types that we ask with. @returns what it means for us; undefined when it is about something else */
  onReply({ typeId, cause, negative, commonAddress }: AsduHeader, now: Millis): InterrogationOutcome | undefined {
    const asked = this.#asked
    const kind = KINDS[typeId]
    if (asked === undefined || kind !== asked.entry.kind) return undefined
    const broadcast = asked.entry.commonAddress === this.#broadcast
    if (commonAddress !== asked.entry.commonAddress && !broadcast) return undefined
    asked.heardAt = now
    if (cause === Cause.UnknownCommonAddress) return this.#end('unknown_common_address')
    if (cause >= Cause.UnknownType && cause <= Cause.UnknownObjectAddress) return this.#end('refused')
    if (cause === Cause.ActivationTermination) return broadcast ? outcome(asked.entry, 'confirmed') : this.#end('finished')
    if (cause !== Cause.ActivationCon) return undefined
    if (negative) return this.#end('refused')
    if (kind === 'clock') return this.#end('finished')
    asked.confirmed = true
    return outcome(asked.entry, 'confirmed')
  }

  /** Asks everything of a common address once more: its station has restarted, or a replay is over. */
  again(kinds: readonly InterrogationKind[], commonAddress: number | null, now: Millis): void {
    for (const entry of this.#entries) {
      const meant = commonAddress === null || entry.commonAddress === commonAddress || entry.commonAddress === this.#broadcast
      if (meant && kinds.includes(entry.kind)) entry.dueAt = now
    }
  }

  get nextDue(): Millis {
    if (this.#asked !== undefined) return this.#asked.heardAt + PATIENCE
    return Math.min(Infinity, ...this.#entries.map((entry) => entry.dueAt))
  }

  #end(result: InterrogationOutcome['result']): InterrogationOutcome | undefined {
    const asked = this.#asked
    this.#asked = undefined
    return asked === undefined ? undefined : outcome(asked.entry, result)
  }
}

function outcome({ kind, commonAddress }: Interrogation, result: InterrogationOutcome['result']): InterrogationOutcome {
  return { kind, commonAddress, result }
}
