import type { Micros } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import type { GapChange } from '#domain/gap.ts'
import type { Sample } from '#domain/sample.ts'
import type { Flush } from './journal.ts'
import type { SpoolRecord } from './core/spool-record.ts'

export interface NumberedRecord {
  readonly number: number
  readonly record: SpoolRecord
}

/** Deliveries made of a backlog are never wider than this, so that nothing that came and went between is overlooked. */
const MAX_SPAN: Micros = 1_000_000

/**
 * The next records after one, as many as may go in one delivery.
 * @param waiting oldest first; one that was not yet tried to be made safe ends it
 */
export function nextBatch(
  waiting: readonly (NumberedRecord & { readonly attempted?: boolean })[],
  after: number,
  maxSamples: number,
): readonly NumberedRecord[] {
  const batch: NumberedRecord[] = []
  let samples = 0
  for (const entry of waiting) {
    if (entry.number <= after) continue
    const { readings, receivedAt } = entry.record
    const first = batch[0]?.record
    const fits = first === undefined || (samples + readings.length <= maxSamples && Math.abs(receivedAt - first.receivedAt) <= MAX_SPAN)
    if (entry.attempted === false || !fits) break
    samples += readings.length
    batch.push(entry)
  }
  return batch
}

/**
 * Joins records to what one transaction brings.
 * @param batch oldest first, at least one
 * @param withReadings false for a record whose readings the database refuses
 */
export function flushOf(batch: readonly NumberedRecord[], seq: number, withReadings: boolean): Flush {
  const store: Sample[] = []
  const readings: Sample[] = []
  const devices = new Map<number, DeviceReport>()
  const memory: MemoryChange[] = []
  const gaps: GapChange[] = []
  for (const { record } of batch) {
    memory.push(...record.memory)
    gaps.push(...record.gaps)
    for (const report of record.reports) devices.set(report.deviceId, report)
    if (!withReadings) continue
    for (const reading of record.readings) {
      if (reading.store) store.push(reading.sample)
      if (reading.changed) readings.push(reading.sample)
    }
  }
  const last = batch.at(-1)
  const receivedAt = last?.record.receivedAt ?? 0
  return { delivery: { seq, receivedAt, readings, devices: [...devices.values()] }, store, memory, gaps, spoolRecord: last?.number ?? 0 }
}
