import type { Micros } from '#base/time.ts'
import { CLOCK_TOLERANCE } from '#domain/current-value.ts'
import type { Delivery, DeviceReport } from '#domain/delivery.ts'
import { QualityReason, reasonOf, type Sample } from '#domain/sample.ts'
import { heard, judgeLoss } from './communication-loss.ts'
import { evidenceOf, type Evidence } from './condition.ts'
import { admit, clockSteppedBack } from './live-gate.ts'
import {
  sourceOf,
  tagOf,
  deviceOf,
  type DeviceMemory,
  type EngineMemory,
  type LossMemory,
  type Outcome,
  type RuleMemory,
  type SourceMemory,
  type TagMemory,
  type ThresholdMemory,
  type Transition,
} from './memory.ts'
import { dueOf, expire, isStanding, step, type Crossing } from './step.ts'
import { TimerWheel } from './timer-wheel.ts'

/** Delays are ended this long after their time, so that the reading of that very instant can still arrive and contradict. */
const SETTLE: Micros = 200_000
/** A live source delivers every second: after a pause longer than this it was away. */
const AWAY_AFTER: Micros = 5_000_000
/** The host clock of a source stepped back when it is behind itself by more than this. */
const STEP_BACK: Micros = 2_000_000
const LATE_AFTER: Micros = 60_000_000

/**
 * Judges one delivery: the only implementation for live, back-test and preview. Pure apart from the memory it is given: the
 * same memory and the same deliveries give the same transitions, whenever and wherever they are judged.
 */
export function evaluate(memory: EngineMemory, delivery: Delivery): Outcome {
  const outcome: Outcome = { transitions: [], notices: [] }
  const source = sourceOf(memory, delivery.source)
  const first = source.clock === null
  const clock = moveClock(memory, source, delivery.receivedAt, outcome)
  source.deliveries++
  if (first) watchFromNow(memory, source, clock, outcome)
  let older: Map<DeviceMemory, Sample[]> | undefined
  for (const sample of delivery.readings) {
    const tag = tagOf(memory, sample.tagId)
    tag.source = source
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
    judgeReading(memory, source, tag, sample, at, clock, outcome)
    if (tag.device !== undefined) {
      tag.device.newerIn = source.deliveries
      tag.device.older = null
      tag.device.held.clear()
    }
  }
  if (older !== undefined) followClocks(memory, source, older, clock, outcome)
  // after the readings, which end their own delays by their own times: a buffer that arrives at once judges as it would have singly
  endDelays(memory, source, clock - SETTLE, clock, outcome)
  for (const report of delivery.devices) judgeReport(memory, source, report, clock, outcome)
  source.losses.advance(clock, (device) => {
    if (device.rule === undefined) return
    device.rule.armedFor = null
    judgeDevice(memory, source, device.rule, clock, outcome)
  })
  return outcome
}

/**
 * Ends delays between deliveries: no further reading is needed for an alarm whose value stayed.
 * @param clock the clock of the source, its newest delivery plus the time since
 */
export function advance(memory: EngineMemory, source: SourceMemory, clock: Micros): Outcome {
  const outcome: Outcome = { transitions: [], notices: [] }
  endDelays(memory, source, clock - SETTLE, clock, outcome)
  return outcome
}

function moveClock(memory: EngineMemory, source: SourceMemory, receivedAt: Micros, outcome: Outcome): Micros {
  const before = source.clock
  if (before === null || receivedAt > before + AWAY_AFTER) {
    source.upSince = receivedAt
  } else if (receivedAt < before - STEP_BACK) {
    source.upSince = receivedAt
    source.clock = receivedAt
    outcome.notices.push({
      code: 'source_clock_stepped_back',
      deviceId: null,
      detail: { source: source.source, from: before, to: receivedAt },
    })
    rewind(memory, source, receivedAt)
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

/** Everything that waited by the old clock waits by the new one. */
function rewind(memory: EngineMemory, source: SourceMemory, clock: Micros): void {
  source.delays = new TimerWheel(clock - SETTLE)
  source.losses = new TimerWheel(clock)
  for (const device of memory.devices.values()) {
    if (device.source !== source) continue
    if (device.newest !== null) device.newest = Math.min(device.newest, clock)
    if (device.rule === undefined) continue
    device.rule.armedFor = null
    if (device.rule.enabledAt !== null) device.rule.enabledAt = Math.min(device.rule.enabledAt, clock)
    memory.changed.add(device.rule)
  }
  // polled values are stamped by the clock that stepped
  for (const tag of memory.tags.values()) if (tag.source === source) tag.newest = tag.future = null
  for (const rule of memory.rules.values()) {
    if (rule.kind !== 'threshold' || rule.tag.source !== source) continue
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
    const ended = expire(rule.state, rule.rule, until, true)
    if (ended === undefined) armDelay(rule, source)
    else emit(memory, rule, ended, rule.tag.value, clock, outcome)
  })
}

function judgeReading(
  memory: EngineMemory,
  source: SourceMemory,
  tag: TagMemory,
  sample: Sample,
  at: Micros,
  clock: Micros,
  outcome: Outcome,
): void {
  const value = evidenceOf(sample.value, sample.quality)
  if (tag.device !== undefined && countsAsCommunication(sample)) {
    tag.device.source = source
    heard(tag.device, at)
    const loss = tag.device.rule
    if (loss !== undefined && isStanding(loss.state)) judgeDevice(memory, source, loss, clock, outcome)
  }
  const before = tag.value
  if (value !== undefined) tag.value = value
  for (const rule of tag.rules) judgeValue(memory, source, rule, value, before, at, clock, outcome)
}

/** One value for one rule. `before` is the last good value: what a delay that ended before this reading was ended by. */
export function judgeValue(
  memory: EngineMemory,
  source: SourceMemory,
  rule: ThresholdMemory,
  value: Evidence | undefined,
  before: Evidence | undefined,
  at: Micros,
  clock: Micros,
  outcome: Outcome,
): void {
  const state = rule.state
  const { condition, since, frozenAt } = state
  const crossings = step(state, rule.rule, value, at)
  if (state.condition !== condition || state.since !== since || state.frozenAt !== frozenAt) {
    memory.changed.add(rule)
    armDelay(rule, source)
  }
  for (const crossing of crossings) {
    emit(memory, rule, crossing, crossing === crossings.at(-1) ? (value ?? before) : before, clock, outcome)
  }
}

/** Keeps a timer at or before the end of a running delay; one that fires too early is armed again. */
export function armDelay(rule: ThresholdMemory, source: SourceMemory): void {
  const due = dueOf(rule.state, rule.rule)
  if (due === undefined || (rule.armedFor !== null && rule.armedFor <= due)) return
  rule.armedFor = due
  source.delays.arm(due, rule)
}

/** A reading that says only that the device did not answer is no sign of life; any other is, whatever its quality. */
function countsAsCommunication(sample: Sample): boolean {
  const reason = reasonOf(sample.quality)
  return reason !== QualityReason.CommunicationFailure && reason !== QualityReason.Stale && reason !== QualityReason.NoData
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
    heard(device, report.newest > clock + CLOCK_TOLERANCE ? clock : report.newest)
  }
  if (device.rule !== undefined) judgeDevice(memory, source, device.rule, clock, outcome)
}

/** Looks whether a device's communication is lost or back, by the clock of its source. */
export function judgeDevice(memory: EngineMemory, source: SourceMemory, rule: LossMemory, clock: Micros, outcome: Outcome): void {
  const { enabledAt } = rule
  const crossing = judgeLoss(rule, source, clock)
  if (rule.enabledAt !== enabledAt) memory.changed.add(rule)
  if (crossing !== undefined) emit(memory, rule, crossing, undefined, clock, outcome)
}

export function emit(
  memory: EngineMemory,
  rule: RuleMemory,
  crossing: Crossing,
  value: Evidence | undefined,
  clock: Micros,
  outcome: Outcome,
  removed: string | null = null,
): void {
  memory.changed.add(rule)
  const transition: Transition = {
    kind: crossing.kind,
    memory: rule,
    rule: rule.rule,
    at: crossing.at,
    value,
    receivedAt: clock,
    late: rule.kind === 'threshold' && clock - crossing.at > LATE_AFTER,
    removed,
  }
  outcome.transitions.push(transition)
}
