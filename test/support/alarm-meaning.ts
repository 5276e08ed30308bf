import type { Operator, TagRule } from '#domain/alarm.ts'
import { tagRule, type Word } from './alarm-history.ts'

/*
 * What alarms mean, without a state machine: each instant is answered from the whole history. Nothing here is shared with the engine.
 * Times are ticks of half a second; an instant of a whole second comes before what people do half a second later.
 */

/** What a rule judges at each tick: a number, or undefined for no evidence. */
export interface Judged {
  readonly signal: number | undefined
  /** Without evidence a delay stands still. What people changed is judged by the last good value all the same. */
  readonly counts: boolean
}

/** From a tick on a rule is this one. */
export interface Era {
  readonly from: number
  readonly rule: TagRule
}

/** A reading that was let into live state, at its time in ticks. */
export interface Live {
  readonly at: number
  readonly word: Word
}

export const good = (live: readonly Live[], at: number): number | undefined => {
  const word = live.findLast((one) => one.at <= at)?.word
  return typeof word === 'number' ? word : undefined
}

const COMPARE: Readonly<Record<Operator, (value: number, limit: number, band: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit, band) => Math.abs(value - limit) <= band,
  '!=': (value, limit, band) => Math.abs(value - limit) > band,
}
const TOWARDS: Readonly<Record<Operator, number>> = { '>': -1, '>=': -1, '<': 1, '<=': 1, '=': 0, '!=': 0 }

export function raises(rule: TagRule, value: number): boolean {
  if (rule.kind === 'digital') return value === rule.setpoint
  if (rule.kind === 'bad_quality') return value === 1
  return COMPARE[rule.operator](value, rule.setpoint, rule.operator === '!=' ? rule.deadband : 0)
}

export function holds(rule: TagRule, value: number): boolean {
  if (rule.kind === 'digital' || rule.kind === 'bad_quality') return raises(rule, value)
  const { operator, setpoint, deadband } = rule
  return COMPARE[operator](value, setpoint + TOWARDS[operator] * deadband, operator === '=' ? deadband : 0)
}

/**
 * Whether an alarm stands at each tick: when somewhere the rule raised for the whole on-delay, and since then never failed to hold for a
 * whole off-delay. When the line moves, what stands must be beyond the new line, and a delay begins with it; when only a delay or the
 * band does, what stands must have lasted as long as the new on-delay.
 */
export function standing(judged: readonly Judged[], eras: readonly Era[]): boolean[] {
  const stands: boolean[] = []
  for (const index of eras.keys()) stands.push(...standingIn(judged, eras, index, stands))
  return stands
}

function standingIn(judged: readonly Judged[], eras: readonly Era[], index: number, past: readonly boolean[]): boolean[] {
  const { from, rule } = eras[index] ?? NEVER
  const former = eras[index - 1]?.rule
  const until = eras[index + 1]?.from ?? judged.length
  if (!rule.enabled) return Array<boolean>(until - from).fill(false)
  const line = eras.findLastIndex((era, one) => one <= index && lineOf(eras[one - 1]?.rule) !== lineOf(era.rule))
  const moved = line === index
  const is = (test: typeof raises, wanted: boolean): ((at: number) => boolean | undefined) => {
    const all = judged.map(({ signal }, at) => {
      const inForce = eras.findLast((era) => era.from <= Math.min(at, from))?.rule ?? rule
      return signal === undefined ? undefined : test(inForce, signal) === wanted
    })
    return (at) => all[at]
  }
  const raising = is(raises, true)
  const failing = is(holds, false)
  /** When it has been so from `start` on for as long, by the time that counts. */
  const lasted = (start: number, ticks: number, so: typeof raising): number | undefined => {
    let counted = 0
    for (let at = start; at < judged.length; at++) {
      if (at >= from && so(at) === false) return undefined
      if (counted === ticks) return Math.max(at, from)
      // while it stood it lasted
      if (judged[at]?.counts === true || (so === raising && past[at] === true)) counted++
    }
    return undefined
  }
  /** Since when it has been so by now, since the line is where it is. */
  const since = (so: typeof raising): number[] => {
    let start: number | undefined
    for (let at = from; at >= (eras[line]?.from ?? 0) && so(at) !== false; at--) if (so(at) === true) start = at
    return start === undefined ? [] : [start]
  }
  const ticks = Array.from({ length: until - from }, (_, tick) => from + tick)
  const stood = past.at(-1) === true
  const raised = past.findLastIndex((on, at) => on && past[at - 1] !== true)
  const begun = raised - 2 * (former?.onDelaySeconds ?? 0)
  const tooShort = stood && !moved && from - begun < 2 * rule.onDelaySeconds
  const carried = stood && !tooShort && (!moved || raising(from) !== false)
  const starts = ticks.filter((at) => raising(at) === true)
  if (!stood && !moved && raising(from) !== false) starts.push(...since(raising))
  const ends = ticks.filter((at) => failing(at) === true)
  if (stood && !moved && failing(from) !== false) ends.push(...since(failing))
  const raisedAt = starts.map((at) => lasted(at, 2 * rule.onDelaySeconds, raising))
  // all the while since it was raised counts, and the delay before
  if (tooShort && raising(from) !== false) raisedAt.push(lasted(from, 2 * rule.onDelaySeconds - (from - begun), raising))
  const clearedAt = ends.map((at) => lasted(at, 2 * rule.offDelaySeconds, failing))
  return ticks.map((now) => {
    const cleared = Math.max(from - 1, ...clearedAt.map((at) => (at === undefined || at > now ? -1 : at)))
    return (carried && cleared < from) || raisedAt.some((at) => at !== undefined && at <= now && at > cleared)
  })
}

const NEVER: Era = { from: 0, rule: tagRule({}) }

function lineOf(rule: TagRule | undefined): string | undefined {
  return rule?.enabled !== true ? undefined : JSON.stringify([rule.kind, rule.operator, rule.setpoint, rule.bit, rule.windowSeconds])
}

/** Changes of what stands, as the engine tells them. */
export function eventsOf(stands: readonly boolean[]): string[] {
  return stands.flatMap((on, at) => (on === (stands[at - 1] ?? false) ? [] : [`${on ? 'raise' : 'clear'} ${at}`]))
}
