import { setImmediate as breathe } from 'node:timers/promises'
import type { Micros } from '#base/time.ts'
import type { Block } from './blocks.ts'
import { copyIn } from './copy.ts'
import { SAMPLE_COLUMNS, copySamples } from './core/copy-samples.ts'
import { rowAt } from './core/sample-columns.ts'
import type { GatheredWindow } from './core/sample-gatherer.ts'
import type { Database, Transaction } from './database.ts'
import { addToBlocks } from './write-blocks.ts'

/** What is younger may lie in rows that are still open: the keeper puts it where it belongs. */
const STILL_OPEN: Micros = 2 * 86_400_000_000
/** Blocks written in one transaction: others who merge wait that long. */
const BLOCKS_AT_ONCE = 200

/**
 * Writes gathered history straight into blocks, as the last to arrive: what is there already is corrected, and written twice it changes
 * nothing. What is younger than two days goes the way of late samples.
 * @returns how many samples
 */
export async function writeBulk(db: Database, windows: readonly GatheredWindow[], now: Micros): Promise<number> {
  const closed: Block[] = windows.filter((one) => one.to <= now - STILL_OPEN)
  const young = windows.filter((one) => one.to > now - STILL_OPEN)
  for (let at = 0; at < closed.length; at += BLOCKS_AT_ONCE) {
    await db.transaction(async (tx) => await addToBlocks(tx, closed.slice(at, at + BLOCKS_AT_ONCE), 'added'))
    // packing is work of the processor: signs of life and Ctrl-C want their turn
    await breathe()
  }
  if (young.length > 0) await db.transaction(async (tx) => await addLate(tx, young))
  return windows.reduce((sum, one) => sum + one.columns.times.length, 0)
}

async function addLate(tx: Transaction, windows: readonly GatheredWindow[]): Promise<void> {
  const samples = windows.flatMap(({ tagId, columns }) =>
    Array.from(columns.times, (_, index) => {
      const { at, value, valueText, quality, statusCode } = rowAt(columns, index)
      return { tagId, sourceTimestamp: at, value: exactOf(value, valueText), quality, statusCode }
    }),
  )
  await copyIn(tx.client, `copy late_samples (${SAMPLE_COLUMNS}) from stdin binary`, copySamples(samples))
}

/** A whole number beyond 2^53 has its text beside it. */
function exactOf(value: number | null, text: string | null): number | bigint | string | null {
  return text === null ? value : value === null ? text : BigInt(text)
}
