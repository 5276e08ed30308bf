import { samplesOf } from '#store/bulk.ts'
import type { JournalReplay } from '#store/journal.ts'
import type { Flush } from '../../src/ingest/journal.ts'

/** A replay as the one flush that brings the same, for a journal in memory; its `seq` is that of the first delivery. */
export function replayedFlush({ deliveries, devices, windows, store, memory, gaps, spoolRecord }: JournalReplay): Flush {
  const [first, last] = [deliveries[0], deliveries.at(-1)]
  if (first === undefined || last === undefined) throw new Error('a replay without deliveries')
  const samples = [...samplesOf(windows), ...store].sort((a, b) => a.sourceTimestamp - b.sourceTimestamp)
  return { delivery: { seq: first.seq, receivedAt: first.receivedAt, readings: [], devices }, store: samples, memory, gaps, spoolRecord }
}
