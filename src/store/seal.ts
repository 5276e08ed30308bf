import type { Micros } from '#base/time.ts'
import { addToBlocks, type Block } from './blocks.ts'
import { copyOut } from './copy.ts'
import { COPIED_COLUMNS, type CopiedSample, CopiedSamples } from './core/copied-samples.ts'
import { columnsOf } from './core/sample-columns.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { dropPartition, freezePartition, listPartitions, type Partition } from './partitions.ts'
import { sqlTime } from './time.ts'

const MINUTE = 60_000_000

/** Samples stamped shortly before the end of their window still find it open this long after. */
const GRACE: Micros = 5 * MINUTE
/** A source that has not delivered for so long is no reason to wait. */
const GIVEN_UP: Micros = 24 * 60 * MINUTE
/** Rows that are held in memory at a time. */
const ROWS_AT_ONCE = 200_000

export interface SealReport {
  readonly windows: number
  readonly samples: number
  readonly blocks: number
}

/**
 * Turns each window of `measurements` that is over into one compressed block a tag, and drops its rows. Every step may be the last of a
 * process that dies: frozen windows are sealed again, rows that are in blocks already change nothing, and readers, who look at the rows
 * before the blocks, see each sample at all times. The keeper alone calls this, and not where the server keeps a hypertable.
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
    report = { windows: report.windows + 1, samples: report.samples + samples, blocks: report.blocks + blocks }
    // somebody reads it: it goes next time, and nothing is there twice for readers
    if (await dropPartition(db, window.name)) onStep('dropped')
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
    `select tag_id as "tagId", count(*)::int as rows from ${window.name} group by tag_id order by tag_id`,
  )
  let [samples, blocks] = [0, 0]
  for (const [first, last] of portions(counts)) {
    await db.transaction(async (tx) => {
      const portion = await blocksOf(tx, window, first, last)
      await addToBlocks(tx, portion, 'stored')
      for (const block of portion) samples += block.columns.times.length
      blocks += portion.length
    })
    onStep('blocks')
  }
  return { samples, blocks }
}

/** Neighbouring tags, as many as make up a portion of rows. @returns first and last tag of each */
function portions(counts: readonly { tagId: number; rows: number }[]): [number, number][] {
  const found: [number, number][] = []
  let held = Infinity
  for (const { tagId, rows } of counts) {
    const current = found.at(-1)
    if (current === undefined || held + rows > ROWS_AT_ONCE) {
      found.push([tagId, tagId])
      held = rows
    } else {
      current[1] = tagId
      held += rows
    }
  }
  return found
}

/** Of several rows with one time the first that arrived stays: it was the live one. */
async function blocksOf(tx: Transaction, window: Partition, first: number, last: number): Promise<Block[]> {
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
    `copy (select ${COPIED_COLUMNS} from ${window.name} where tag_id between ${first} and ${last} order by tag_id, time_stamp, ctid)
     to stdout binary`,
    (bytes) => copied.take(bytes),
  )
  end()
  return blocks
}
