import { setImmediate as breathe } from 'node:timers/promises'
import type { Micros } from '#base/time.ts'
import type { Sample } from '#domain/sample.ts'
import type { Block } from './blocks.ts'
import { copyIn } from './copy.ts'
import { SAMPLE_COLUMNS, copySamples, restoredValue } from './core/copy-samples.ts'
import { rowAt } from './core/sample-columns.ts'
import type { GatheredWindow } from './core/sample-gatherer.ts'
import type { Database } from './database.ts'
import { addToBlocks } from './write-blocks.ts'

const HOUR: Micros = 3_600_000_000
/** Blocks written in one transaction: others who merge wait that long. */
const BLOCKS_AT_ONCE = 200

/**
 * Writes gathered history straight into blocks, as the last to arrive: what is there already is corrected, and written twice it changes
 * nothing. Only what belongs to the current hour, or is still to come, goes the way of late samples.
 * @returns how many samples
 */
export async function writeBulk(db: Database, windows: readonly GatheredWindow[], now: Micros): Promise<number> {
  const hour = Math.floor(now / HOUR) * HOUR
  const closed: Block[] = windows.filter((one) => one.to <= hour)
  const young = windows.filter((one) => one.to > hour)
  for (let at = 0; at < closed.length; at += BLOCKS_AT_ONCE) {
    await db.transaction(async (tx) => await addToBlocks(tx, closed.slice(at, at + BLOCKS_AT_ONCE), 'added'))
    // packing is work of the processor: signs of life and Ctrl-C want their turn
    await breathe()
  }
  if (young.length > 0) {
    const samples = copySamples(samplesOf(young))
    await db.transaction(async (tx) => await copyIn(tx.client, `copy late_samples (${SAMPLE_COLUMNS}) from stdin binary`, samples))
  }
  return windows.reduce((sum, one) => sum + one.columns.times.length, 0)
}

/** As they were gathered. */
export function samplesOf(windows: readonly GatheredWindow[]): Sample[] {
  return windows.flatMap(({ tagId, columns }) =>
    Array.from(columns.times, (_, index) => {
      const { at, value, valueText, quality, statusCode } = rowAt(columns, index)
      return { tagId, sourceTimestamp: at, value: restoredValue(value, valueText), quality, statusCode }
    }),
  )
}
