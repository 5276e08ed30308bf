import type { Micros } from '#base/time.ts'
import { Condition } from '#domain/alarm.ts'
import { verdict, type Evidence, type Limits } from './condition.ts'

/** The condition axis of one rule and what its next step depends on. Small, flat and mutable: there is one per rule. */
export interface RuleState {
  condition: Condition
  /** Start of the pending delay, moved on by the time it was frozen; of no meaning in normal and active. */
  since: Micros
  /** Since when a pending delay has stood still for want of evidence; null when it runs. */
  frozenAt: Micros | null
  /** Time of the last raise or clear: event times never step back. */
  lastAt: Micros | null
  raisedAt: Micros | null
}

export interface Delays {
  readonly onDelaySeconds: number
  readonly offDelaySeconds: number
  /** What has returned stays until it is reset. */
  readonly latch: boolean
}

/**
 * What became of an occurrence. `return`: the value is back, and the occurrence is held until it is reset; `resume`: it is beyond the
 * limit again before it was.
 */
export type CrossingKind = 'raise' | 'clear' | 'return' | 'resume'

/** At a source time. */
export interface Crossing {
  readonly kind: CrossingKind
  readonly at: Micros
}

export function freshState(): RuleState {
  return { condition: Condition.Normal, since: 0, frozenAt: null, lastAt: null, raisedAt: null }
}

/** Whether an occurrence stands: from the raise to the clear, a running off-delay and what waits for a reset included. */
export function isStanding(state: RuleState): boolean {
  return isHeld(state) || state.condition === Condition.Latched
}

/** Whether the condition itself is true, or was until a moment ago: then the deadband counts. */
export function isHeld(state: RuleState): boolean {
  return state.condition === Condition.Active || state.condition === Condition.PendingOff
}

/** @returns when the running delay ends, or undefined when none runs (or it is frozen). */
export function dueOf(state: RuleState, delays: Delays): Micros | undefined {
  if (state.frozenAt !== null) return undefined
  if (state.condition === Condition.PendingOn) return state.since + Math.round(delays.onDelaySeconds * 1_000_000)
  if (state.condition === Condition.PendingOff) return state.since + Math.round(delays.offDelaySeconds * 1_000_000)
  return undefined
}

/**
 * Ends a delay whose time is over at `clock`: the event carries the delay's end, not the time of the discovery.
 * @param inclusive whether a delay that ends exactly at `clock` is over; a value of that very instant may still contradict
 */
export function expire(state: RuleState, delays: Delays, clock: Micros, inclusive: boolean): Crossing | undefined {
  const due = dueOf(state, delays)
  if (due === undefined || due > clock || (due === clock && !inclusive)) return undefined
  return state.condition === Condition.PendingOn ? raise(state, due) : end(state, delays, due)
}

/**
 * One value at its source time, newer than the one before. Delays hold over the closed interval: a return exactly at the end
 * of the on-delay is no alarm. Without evidence nothing moves and a running delay stands still.
 * @returns up to two events: the end of a delay before this value, then what the value itself does
 */
export function step(state: RuleState, rule: Limits & Delays, value: Evidence | undefined, at: Micros): readonly Crossing[] {
  if (value === undefined) return freeze(state, rule, at)
  thaw(state, at)
  const ended = expire(state, rule, at, false)
  const crossed = cross(state, rule, verdict(rule, value, isHeld(state)), at)
  if (ended === undefined) return crossed === undefined ? NONE : [crossed]
  return crossed === undefined ? [ended] : [ended, crossed]
}

const NONE: readonly Crossing[] = []

function cross(state: RuleState, delays: Delays, on: boolean, at: Micros): Crossing | undefined {
  switch (state.condition) {
    case Condition.Normal:
      if (!on) return undefined
      if (delays.onDelaySeconds === 0) return raise(state, at)
      state.condition = Condition.PendingOn
      state.since = at
      return undefined
    case Condition.PendingOn:
      if (on) return expire(state, delays, at, true)
      state.condition = Condition.Normal
      return undefined
    case Condition.Active:
      if (on) return undefined
      if (delays.offDelaySeconds === 0) return end(state, delays, at)
      state.condition = Condition.PendingOff
      state.since = at
      return undefined
    case Condition.PendingOff:
      if (!on) return expire(state, delays, at, true)
      state.condition = Condition.Active
      return undefined
    case Condition.Latched:
      // the same occurrence: it has not been reset
      return on ? resume(state, at) : undefined
  }
}

/** The value has returned: the occurrence ends, or waits for a reset. */
export function end(state: RuleState, delays: Pick<Delays, 'latch'>, at: Micros): Crossing {
  if (!delays.latch) return clear(state, at)
  state.condition = Condition.Latched
  state.frozenAt = null
  state.lastAt = Math.max(at, state.lastAt ?? at)
  return { kind: 'return', at: state.lastAt }
}

function resume(state: RuleState, at: Micros): Crossing {
  state.condition = Condition.Active
  state.lastAt = Math.max(at, state.lastAt ?? at)
  return { kind: 'resume', at: state.lastAt }
}

function freeze(state: RuleState, delays: Delays, at: Micros): readonly Crossing[] {
  const ended = expire(state, delays, at, true)
  if (dueOf(state, delays) !== undefined) state.frozenAt = at
  return ended === undefined ? NONE : [ended]
}

function thaw(state: RuleState, at: Micros): void {
  if (state.frozenAt === null) return
  state.since += Math.max(0, at - state.frozenAt)
  state.frozenAt = null
}

/** A raise is later than the raise before it, and nothing is earlier than the last event. */
export function raise(state: RuleState, at: Micros): Crossing {
  let when = Math.max(at, state.lastAt ?? at)
  if (state.raisedAt !== null && when <= state.raisedAt) when = state.raisedAt + 1
  state.condition = Condition.Active
  state.raisedAt = when
  state.lastAt = when
  return { kind: 'raise', at: when }
}

export function clear(state: RuleState, at: Micros): Crossing {
  const when = Math.max(at, state.lastAt ?? at)
  state.condition = Condition.Normal
  state.frozenAt = null
  state.lastAt = when
  return { kind: 'clear', at: when }
}
