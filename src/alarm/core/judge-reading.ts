import type { Micros } from '#base/time.ts'
import { isOnlyLost } from '#domain/current-value.ts'
import { QualityReason, QualitySeverity, reasonOf, severityOf, type Sample } from '#domain/sample.ts'
import { judgeDevice } from './communication-loss.ts'
import { evidenceOf, type Evidence } from './condition.ts'
import { emit, judgeValue } from './judge.ts'
import { heard } from './known-until.ts'
import { armLook, lookUntil } from './look.ts'
import { DERIVED, type EngineMemory, type Outcome, type SourceMemory, type TagMemory, type TagRuleMemory } from './memory.ts'
import { findQuiet, isQuiet } from './quiet-band.ts'
import { qualitySignal, signalOf } from './signal.ts'
import { clear, isStanding } from './step.ts'

/** One reading that was let into live state, at its source time. */
export function judgeReading(
  memory: EngineMemory,
  source: SourceMemory,
  tag: TagMemory,
  sample: Sample,
  at: Micros,
  clock: Micros,
  outcome: Outcome,
): void {
  const value = evidenceOf(sample.value, sample.quality)
  if (tag.device !== undefined && source.source !== DERIVED && countsAsCommunication(sample)) {
    tag.device.source = source
    heard(memory, tag.device, at)
    const loss = tag.device.rule
    if (loss !== undefined && isStanding(loss.state)) judgeDevice(memory, source, loss, clock, outcome)
  }
  const quiet = isQuiet(tag, value)
  // what changes by mere time did so before this reading
  if (!quiet) for (const rule of tag.rules) if (rule.lookAt !== null) lookUntil(memory, source, rule, at, clock, outcome)
  const before = tag.value
  tag.severity = value === undefined ? QualitySeverity.Bad : severityOf(sample.quality)
  tag.heard = !isOnlyLost(sample)
  if (value !== undefined) tag.value = value
  if (tag.windows.size > 0) for (const window of tag.windows.values()) window.add(at, value === undefined ? Number.NaN : Number(value))
  if (!quiet) {
    for (const rule of tag.rules) {
      if (rule.rule.kind === 'threshold') judgeValue(memory, source, rule, value, before, at, clock, outcome)
      else judgeOther(memory, source, rule, value, before, at, clock, outcome)
    }
    findQuiet(tag)
  }
  for (const one of tag.feeds) {
    one.dirty = true
    memory.dirty = true
  }
}

function judgeOther(
  memory: EngineMemory,
  source: SourceMemory,
  rule: TagRuleMemory,
  value: Evidence | undefined,
  before: Evidence | undefined,
  at: Micros,
  clock: Micros,
  outcome: Outcome,
): void {
  const { kind } = rule.rule
  // judged after the whole delivery
  if (kind === 'curve') return
  if (kind === 'stale') {
    if (!rule.tag.heard) return
    if (isStanding(rule.state)) emit(memory, rule, clear(rule.state, at), value, clock, outcome)
    armLook(rule, source, at)
    return
  }
  if (kind === 'bad_quality') {
    judgeValue(memory, source, rule, qualitySignal(rule.tag), before, at, clock, outcome)
    return
  }
  judgeValue(memory, source, rule, value === undefined ? undefined : signalOf(rule, value, at), before, at, clock, outcome)
  armLook(rule, source, at)
}

/** A reading that says only that the device did not answer is no sign of life; any other is, whatever its quality. */
function countsAsCommunication(sample: Sample): boolean {
  const reason = reasonOf(sample.quality)
  return reason !== QualityReason.CommunicationFailure && reason !== QualityReason.Stale && reason !== QualityReason.NoData
}
