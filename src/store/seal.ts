import type { Micros } from '#base/time.ts'
import type { Block } from './blocks.ts'
import { copyOut } from './copy.ts'
import { COPIED_COLUMNS, type CopiedSample, CopiedSamples } from './core/copied-samples.ts'
import { columnsOf } from './core/sample-columns.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { type Partition, closePartition, freezePartition, listPartitions, orderOfArrival, rowsOf } from './partitions.ts'
import { sqlTime } from './time.ts'
import { addToBlocks } from './write-blocks.ts'

const MINUTE = 60_000_000

/** Samples stamped shortly before the end of their window still find it open this long after. */
const GRACE: Micros = 5 * MINUTE
/** A source that has not delivered for so long is no reason to wait. */
const GIVEN_UP: Micros = 24 * 60 * MINUTE
/** Rows that are held in memory at a time. */
const ROWS_AT_ONCE = 200_000

export interface SealReport {
  /** That held samples. */
  readonly windows: number
  readonly samples: number
  readonly blocks: number
}

/**
 * Turns each window of `measurements` that is over into one compressed block a tag, and drops its rows; those of a hypertable stay for
 * people's own SQL. Every step may be the last of a process that dies: frozen windows are sealed again, rows that are in blocks already
 * change nothing, and readers, who look at the rows before the blocks, see each sample at all times.
 * @param onStep for tests: called between the steps
 */
export async function sealClosedWindows(
  db: Database,
  now: Micros,
  onStep: (step: SealStep) => void = () => undefined,
): Promise<SealReport> {
  const horizon = Math.min(now, await slowestSource(db, now)) - GRACE
  let report: SealReport = { windows: 0, samples: 0, blocks: 0 }
  for (const window of await listPartitions(db, 'measurements')) {
    if (window.to > horizon) break
    if (!(await freezePartition(db, window))) continue
    onStep('frozen')
    const { samples, blocks } = await sealRows(db, window, onStep)
    report = { windows: report.windows + (blocks > 0 ? 1 : 0), samples: report.samples + samples, blocks: report.blocks + blocks }
    // somebody reads it: it goes next time, and nothing is there twice for readers
    if (await closePartition(db, window)) onStep('dropped')
  }
  return report
}

export type SealStep = 'frozen' | 'blocks' | 'dropped'

/** A source that drains its spool still fills windows of the past. */
async function slowestSource(db: Queryable, now: Micros): Promise<Micros> {
  const [row] = await db.query<{ slowest: Micros | null }>(`select min(received_at) as slowest from sources where received_at > $1`, [
    sqlTime(now - GIVEN_UP),
  ])
  return row?.slowest ?? Infinity
}

async function sealRows(db: Database, window: Partition, onStep: (step: SealStep) => void): Promise<{ samples: number; blocks: number }> {
  const counts = await db.query<{ tagId: number; rows: number }>(
    `select tag_id as "tagId", count(*)::int as rows from ${rowsOf(window)} group by tag_id order by tag_id`,
  )
  let [samples, blocks] = [0, 0]
  for (const tagIds of portions(counts)) {
    await db.transaction(async (tx) => {
      const portion = await blocksOf(tx, window, tagIds)
      await addToBlocks(tx, portion, 'stored')
      for (const block of portion) samples += block.columns.times.length
      blocks += portion.length
    })
    onStep('blocks')
  }
  return { samples, blocks }
}

/** Neighbouring tags, as many as make up a portion of rows. */
function portions(counts: readonly { tagId: number; rows: number }[]): number[][] {
  const found: number[][] = []
  let held = Infinity
  for (const { tagId, rows } of counts) {
    const current = found.at(-1)
    if (current === undefined || held + rows > ROWS_AT_ONCE) {
      found.push([tagId])
      held = rows
    } else {
      current.push(tagId)
      held += rows
    }
  }
  return found
}

/** Of several rows with one time the first that arrived stays: it was the live one. */
async function blocksOf(tx: Transaction, window: Partition, tagIds: readonly number[]): Promise<Block[]> {
  const order = await orderOfArrival(tx, window)
  const blocks: Block[] = []
  let rows: CopiedSample[] = []
  const end = (): void => {
    const tagId = rows[0]?.tagId
    if (tagId !== undefined) blocks.push({ tagId, from: window.from, to: window.to, columns: columnsOf(rows) })
    rows = []
  }
  const copied = new CopiedSamples((row) => {
    const before = rows.at(-1)
    if (before !== undefined && before.tagId !== row.tagId) end()
    else if (before !== undefined && before.at === row.at) return
    rows.push(row)
  })
  await copyOut(
    tx.client,
    `copy (select ${COPIED_COLUMNS} from ${rowsOf(window)} and tag_id = any ('{${tagIds.join(',')}}') order by tag_id, time_stamp${order})
     to stdout binary`,
    (bytes) => copied.take(bytes),
  )
  end()
  return blocks
}
