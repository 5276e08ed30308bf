import type { Micros } from '#base/time.ts'
import { QualityReason, QualitySeverity, packQuality, type Sample } from '#domain/sample.ts'
import { lagOf, lookAgainAt } from './arm-look.ts'
import { setTagLag } from './device-lag.ts'
import { judgeValue } from './judge.ts'
import { judgeReading } from './judge-reading.ts'
import { awaitNews, knownUntil } from './known-until.ts'
import {
  DERIVED,
  sourceOf,
  type DerivedMemory,
  type EngineMemory,
  type Outcome,
  type SourceMemory,
  type TagMemory,
  type TagRuleMemory,
} from './memory.ts'
import { currentSignal } from './signal.ts'

/**
 * Virtual tags and curves that have something new to look at, each once and after all that it reads: one poll answer moves two axes
 * at once, and never leaves the band in between.
 */
export function judgeDeferred(memory: EngineMemory, clock: Micros, outcome: Outcome): void {
  memory.dirty = false
  const derived = sourceOf(memory, DERIVED)
  derived.clock = Math.max(derived.clock ?? clock, clock)
  for (const one of memory.deferred) {
    if (!one.dirty) continue
    one.dirty = false
    const at = newestOf(one.kind === 'derived' ? one.sources : [one.tag, one.x])
    // before any of its tags has spoken there is no time that it could be of
    if (at === 0) continue
    // and never of an earlier time than its last value: its windows have gone on since
    if (one.kind === 'derived') derive(memory, derived, one, Math.max(at, one.tag.newest ?? at), clock, outcome)
    else judgeCurve(memory, derived, one, at, clock, outcome)
  }
}

/** Lets time pass for the windows of a virtual tag. */
export function lookAtDerived(
  memory: EngineMemory,
  source: SourceMemory,
  one: DerivedMemory,
  until: Micros,
  clock: Micros,
  outcome: Outcome,
): void {
  // an edited formula is another one
  if (!memory.deferred.includes(one)) return
  for (let looks = 0; one.lookAt !== null && one.lookAt <= until; looks++) {
    const at = looks < MOST_LOOKS ? one.lookAt : until
    one.lookAt = null
    derive(memory, source, one, at, clock, outcome)
  }
}

/** What windows over a tag did by mere time happened before its next reading. */
export function lookBefore(memory: EngineMemory, tag: TagMemory, at: Micros, clock: Micros, outcome: Outcome): void {
  for (const one of tag.feeds) {
    if (one.kind === 'derived' && one.lookAt !== null && one.lookAt < at) {
      lookAtDerived(memory, sourceOf(memory, DERIVED), one, at - 1, clock, outcome)
    }
  }
}

/** After a long silence the windows are not looked at for each second of it. */
const MOST_LOOKS = 1000

function derive(memory: EngineMemory, source: SourceMemory, one: DerivedMemory, at: Micros, clock: Micros, outcome: Outcome): void {
  const { tag, machine } = one
  setTagLag(tag, one.sources.length === 0 ? 0 : Math.min(...one.sources.map((input) => input?.lag ?? 0)))
  const value = valueNow(one, at, clock)
  const severity = Number.isNaN(value)
    ? QualitySeverity.Bad
    : machine.worst === QualitySeverity.Good
      ? QualitySeverity.Good
      : QualitySeverity.Uncertain
  armDerived(one, source, at, clock)
  const same = severity === tag.severity && (severity === QualitySeverity.Bad ? tag.newest !== null : value === tag.value)
  if (same) return
  const sample: Sample = {
    tagId: tag.tagId,
    // an older reading of one input can change what a newer one of another had made
    sourceTimestamp: tag.newest === null ? at : Math.max(at, tag.newest + 1),
    value: Number.isNaN(value) ? null : value,
    quality: packQuality(severity, severity === QualitySeverity.Bad ? QualityReason.NoData : QualityReason.None),
    statusCode: null,
  }
  tag.source = source
  tag.newest = sample.sourceTimestamp
  outcome.derived.push(sample)
  lookBefore(memory, tag, sample.sourceTimestamp, clock, outcome)
  judgeReading(memory, source, tag, sample, sample.sourceTimestamp, clock, outcome)
}

/**
 * A value that has not been heard of for too long is none; in a window the time since then counts as unknown.
 * @returns NaN for no value; `machine.worst` says how good what was read is
 */
function valueNow(one: DerivedMemory, at: Micros, clock: Micros): number {
  const { formula, sources, windows, machine } = one
  for (const [slot, { window: spec }] of formula.slots.entries()) {
    const tag = sources[slot]
    if (tag === undefined) return Number.NaN
    const window = windows[slot]
    const until = knownUntil(tag)
    const silent = Math.max(0, clock - until) / 1_000_000
    if (silent > 0) awaitNews(tag, one)
    const value =
      spec !== null && window !== undefined
        ? window.knownSeconds(at) - silent < spec.minCover * spec.seconds - 1e-9 && silent > 0
          ? Number.NaN
          : window.value(spec.name, at, spec.minCover)
        : tag.value === undefined || tag.severity === QualitySeverity.Bad || silent > 0
          ? Number.NaN
          : Number(tag.value)
    machine.values[slot] = value
    // a window that is known well enough is not bad because its last reading is
    machine.severities[slot] = Number.isNaN(value) ? QualitySeverity.Bad : Math.min(tag.severity, QualitySeverity.Uncertain)
  }
  return machine.evaluate()
}

const AGAIN: Micros = 1_000_000

function whenTooOld(until: Micros, clock: Micros, goesOn: boolean): Micros {
  if (until >= clock) return until + 1
  return goesOn ? clock + AGAIN : Number.POSITIVE_INFINITY
}

function armDerived(one: DerivedMemory, source: SourceMemory, at: Micros, clock: Micros): void {
  let next = Number.POSITIVE_INFINITY
  for (const [slot, { window: spec }] of one.formula.slots.entries()) {
    const window = one.windows[slot]
    const tag = one.sources[slot]
    // what is silent is looked at when its value becomes too old, and in a window again and again after that
    if (tag !== undefined) next = Math.min(next, whenTooOld(knownUntil(tag), clock, spec !== null) - lagOf(one))
    if (spec === null || window === undefined) continue
    next = Math.min(next, window.nextChange(at, spec.name, spec.minCover) ?? next)
  }
  lookAgainAt(one, source, Number.isFinite(next) ? next : null)
}

function judgeCurve(memory: EngineMemory, derived: SourceMemory, rule: TagRuleMemory, at: Micros, clock: Micros, outcome: Outcome): void {
  const silent = [rule.tag, rule.x].filter((tag) => tag !== undefined && knownUntil(tag) < clock)
  for (const tag of silent) if (tag !== undefined) awaitNews(tag, rule)
  const signal = silent.length > 0 ? undefined : currentSignal(rule, at)
  judgeValue(memory, rule.tag.source ?? derived, rule, signal, signal, at, clock, outcome)
}

function newestOf(tags: readonly (TagMemory | undefined)[]): Micros {
  return tags.reduce((most, tag) => Math.max(most, tag?.newest ?? 0), 0)
}
