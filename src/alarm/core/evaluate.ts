import type { Micros } from '#base/time.ts'
import { CLOCK_TOLERANCE, isOnlyLost } from '#domain/current-value.ts'
import type { Delivery, DeviceReport } from '#domain/delivery.ts'
import type { Sample } from '#domain/sample.ts'
import { lagOf, lookAgainAt, lookFires } from './arm-look.ts'
import { judgeDevice, judgeStreak } from './communication-loss.ts'
import { SETTLE, learnLag, relearnLag } from './device-lag.ts'
import { noteStatus } from './device-status.ts'
import { judgeDeferred, lookAtDerived, lookBefore } from './deferred.ts'
import { armDelay, emit } from './judge.ts'
import { judgeReading } from './judge-reading.ts'
import { heard } from './known-until.ts'
import { admit, clockSteppedBack } from './live-gate.ts'
import { lookUntil } from './look.ts'
import {
  DERIVED,
  freshOutcome,
  sourceOf,
  tagOf,
  deviceOf,
  type DeviceMemory,
  type EngineMemory,
  type Outcome,
  type SourceMemory,
  type TagMemory,
} from './memory.ts'
import { currentSignal } from './signal.ts'
import { expire } from './step.ts'
import { TimerWheel } from './timer-wheel.ts'

/** A live source delivers every second: after a pause longer than this it was away. */
const AWAY_AFTER: Micros = 5_000_000
/** A host clock that steps back by more than this is worth a word. */
const STEP_BACK: Micros = 2_000_000

/**
 * Judges one delivery: the only implementation for live, back-test and preview. Pure apart from the memory it is given: the
 * same memory and the same deliveries give the same transitions, whenever and wherever they are judged.
 */
export function evaluate(memory: EngineMemory, delivery: Delivery): Outcome {
  const outcome = freshOutcome()
  const source = sourceOf(memory, delivery.source)
  const first = source.clock === null
  // what a restart or an edit made new is computed before these readings change what it is computed from
  if (memory.dirty && source.clock !== null) judgeDeferred(memory, source.clock, outcome)
  const clock = moveClock(memory, source, delivery.receivedAt, outcome)
  source.deliveries++
  if (first) watchFromNow(memory, source, clock, outcome)
  let older: Map<DeviceMemory, Sample[]> | undefined
  const newer: DeviceMemory[] = []
  let tag: TagMemory | undefined
  for (const sample of delivery.readings) {
    // a back-test has thousands of one tag in a row
    if (tag?.tagId !== sample.tagId) {
      tag = tagOf(memory, sample.tagId)
      tag.source = source
    }
    const at = admit(tag, sample, clock)
    if (at === 'known') continue
    if (at === 'older') {
      if (tag.device !== undefined) {
        older ??= new Map()
        const samples = older.get(tag.device)
        if (samples === undefined) older.set(tag.device, [sample])
        else samples.push(sample)
      }
      continue
    }
    if (tag.feeds.length > 0) lookBefore(memory, tag, at, clock, outcome)
    judgeReading(memory, source, tag, sample, at, clock, outcome)
    const { device } = tag
    if (device === undefined) continue
    device.older = null
    if (device.held.size > 0) device.held.clear()
    if (device.newerIn !== source.deliveries) {
      device.newerIn = source.deliveries
      device.toldNow = null
      newer.push(device)
    }
    if ((device.toldNow === null || at > device.toldNow) && !isOnlyLost(sample)) device.toldNow = at
  }
  for (const device of newer) if (device.toldNow !== null) learnLag(memory, device, device.toldNow, clock)
  if (older !== undefined) followClocks(memory, source, older, clock, outcome)
  // rules over several readings are judged once, by all of them
  if (memory.dirty) judgeDeferred(memory, clock, outcome)
  // after the readings, which end their own delays by their own times: a buffer that arrives at once judges as it would have singly
  passTime(memory, source, clock, outcome)
  for (const report of delivery.devices) judgeReport(memory, source, report, clock, outcome)
  source.losses.advance(clock, (device) => {
    if (device.rule === undefined) return
    device.rule.armedFor = null
    judgeDevice(memory, source, device.rule, clock, outcome)
  })
  // a device that is heard of again gives its old values back
  if (memory.dirty) judgeDeferred(memory, clock, outcome)
  return outcome
}

/**
 * Ends delays between deliveries: no further reading is needed for an alarm whose value stayed.
 * @param clock the clock of the source, its newest delivery plus the time since
 */
export function advance(memory: EngineMemory, source: SourceMemory, clock: Micros): Outcome {
  const outcome = freshOutcome()
  if (memory.dirty) judgeDeferred(memory, clock, outcome)
  passTime(memory, source, clock, outcome)
  return outcome
}

/** What happens by mere time: windows slide, delays end; also of the virtual tags, whose clock is that of whatever feeds them. */
function passTime(memory: EngineMemory, source: SourceMemory, clock: Micros, outcome: Outcome): void {
  slide(memory, source, clock, outcome)
  endDelays(memory, source, clock - SETTLE, clock, outcome)
  if (memory.deferred.length === 0 || source.source === DERIVED) return
  const derived = sourceOf(memory, DERIVED)
  derived.clock = Math.max(derived.clock ?? clock, clock)
  slide(memory, derived, derived.clock, outcome)
  endDelays(memory, derived, derived.clock - SETTLE, derived.clock, outcome)
}

/** Looks at what has its time, until nothing has: one look may set the next. */
function slide(memory: EngineMemory, source: SourceMemory, clock: Micros, outcome: Outcome): void {
  const until = clock - SETTLE
  source.looks.advance(until, (one, due) => {
    if (!lookFires(one, due)) return
    const by = until - lagOf(one)
    if (one.kind === 'derived') lookAtDerived(memory, source, one, by, clock, outcome)
    else if (memory.rules.get(one.rule.id) === one) lookUntil(memory, source, one, by + 1, clock, outcome)
    lookAgainAt(one, source, one.lookAt)
  })
  if (memory.dirty) judgeDeferred(memory, clock, outcome)
}

function moveClock(memory: EngineMemory, source: SourceMemory, receivedAt: Micros, outcome: Outcome): Micros {
  const before = source.clock
  if (before === null || receivedAt > before + AWAY_AFTER) {
    source.upSince = receivedAt
  } else if (receivedAt < before) {
    const far = receivedAt < before - STEP_BACK
    if (far) {
      source.upSince = receivedAt
      const detail = { source: source.source, from: before, to: receivedAt }
      outcome.notices.push({ code: 'source_clock_stepped_back', deviceId: null, detail })
    }
    source.clock = receivedAt
    rewind(memory, source, receivedAt, far)
    return receivedAt
  }
  source.clock = Math.max(before ?? receivedAt, receivedAt)
  return source.clock
}

/** With the first delivery of a source there is a clock by which its devices, heard of or not, can be missed. */
function watchFromNow(memory: EngineMemory, source: SourceMemory, clock: Micros, outcome: Outcome): void {
  for (const device of memory.devices.values()) {
    if (device.source === source && device.rule !== undefined) judgeDevice(memory, source, device.rule, clock, outcome)
  }
}

/** Everything that waited by the old clock waits by the new one. @param far what windows hold is of no use any more */
function rewind(memory: EngineMemory, source: SourceMemory, clock: Micros, far: boolean): void {
  source.delays = new TimerWheel(clock - SETTLE)
  source.losses = new TimerWheel(clock)
  source.looks = new TimerWheel(clock - SETTLE)
  for (const device of memory.devices.values()) {
    if (device.source !== source) continue
    device.lagSeen = null
    if (device.newest !== null) device.newest = Math.min(device.newest, clock)
    if (device.rule === undefined) continue
    device.rule.armedFor = null
    if (device.rule.enabledAt !== null) device.rule.enabledAt = Math.min(device.rule.enabledAt, clock)
    memory.changed.add(device.rule)
  }
  // polled values are stamped by the clock that stepped
  for (const tag of memory.tags.values()) {
    if (tag.source !== source) continue
    tag.newest = tag.future = null
    if (far) for (const window of tag.windows.values()) window.clear()
  }
  for (const rule of memory.rules.values()) {
    if (rule.kind !== 'tag' || rule.tag.source !== source) continue
    rule.lookAt = rule.lookArmed = null
    rule.state.since = Math.min(rule.state.since, clock)
    if (rule.state.frozenAt !== null) rule.state.frozenAt = Math.min(rule.state.frozenAt, clock)
    rule.armedFor = null
    memory.changed.add(rule)
    armDelay(rule, source)
  }
}

function endDelays(memory: EngineMemory, source: SourceMemory, until: Micros, clock: Micros, outcome: Outcome): void {
  source.delays.advance(until, (rule) => {
    rule.armedFor = null
    // a rule that was removed or belongs to another source by now has no timer here
    if (memory.rules.get(rule.rule.id) !== rule || rule.tag.source !== source) return
    const { condition } = rule.state
    const by = until - lagOf(rule)
    const ended = expire(rule.state, rule.judged, by, true)
    if (rule.state.condition !== condition) memory.changed.add(rule)
    if (ended === undefined) armDelay(rule, source)
    else emit(memory, rule, ended, currentSignal(rule, by) ?? rule.tag.value, clock, outcome)
  })
}

function followClocks(
  memory: EngineMemory,
  source: SourceMemory,
  older: ReadonlyMap<DeviceMemory, readonly Sample[]>,
  clock: Micros,
  outcome: Outcome,
): void {
  for (const [device, samples] of older) {
    if (device.newerIn === source.deliveries) continue
    const newest = samples.reduce((most, sample) => Math.max(most, sample.sourceTimestamp), 0)
    const before = device.older
    const steppedBack = clockSteppedBack(device, newest, clock)
    // a new run of older readings began: those before it were history
    if (before === null || device.older?.count === 1) device.held.clear()
    if (!steppedBack) {
      for (const sample of samples) device.held.set(sample.tagId, sample)
      continue
    }
    relearnLag(memory, device, newest, clock)
    const held = [...device.held.values(), ...samples]
    device.held.clear()
    outcome.notices.push({ code: 'device_clock_stepped_back', deviceId: device.deviceId, detail: { at: clock, deviceTime: newest } })
    for (const sample of held) {
      const tag = tagOf(memory, sample.tagId)
      const at = admit(tag, sample, clock)
      if (typeof at === 'number') judgeReading(memory, source, tag, sample, at, clock, outcome)
    }
  }
}

function judgeReport(memory: EngineMemory, source: SourceMemory, report: DeviceReport, clock: Micros, outcome: Outcome): void {
  const device = deviceOf(memory, report.deviceId)
  device.source = source
  if (report.newest !== null && report.newest !== device.reported) {
    device.reported = report.newest
    if (report.newest <= clock + CLOCK_TOLERANCE) learnLag(memory, device, report.newest, clock)
    heard(memory, device, report.newest > clock + CLOCK_TOLERANCE ? clock : report.newest)
  }
  if (device.rule !== undefined) judgeDevice(memory, source, device.rule, clock, outcome)
  device.told = { status: report.status, problem: report.problem }
  device.failures = report.consecutiveFailures
  noteStatus(device, clock, outcome)
  if (device.streak !== undefined) judgeStreak(memory, device.streak, report.consecutiveFailures, clock, outcome)
}
