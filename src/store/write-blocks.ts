import type { Micros } from '#base/time.ts'
import type { Block } from './blocks.ts'
import { copyIn } from './copy.ts'
import { BLOCK_COLUMNS, copyBlocks } from './core/copy-blocks.ts'
import { type SampleColumns, mergeColumns } from './core/sample-columns.ts'
import type { Queryable, Transaction } from './database.ts'
import { unpackColumns } from './pack-block.ts'
import { packBlocks } from './packers.ts'
import { sqlTime } from './time.ts'

/** Windows are counted in UTC, where every day is as long. */
const DAY: Micros = 86_400_000_000

/**
 * Adds samples to the history of their tags: to the blocks of the window where there are some, which become one. In the caller's transaction.
 * @param additions each window of a tag once
 * @param winner which of two samples with one time stays: a late one corrects what is stored, a row sealed twice does not
 */
export async function addToBlocks(tx: Transaction, additions: readonly Block[], winner: 'added' | 'stored'): Promise<void> {
  await rewrite(
    tx,
    additions.filter((one) => one.columns.times.length > 0),
    (stored, columns) => mergeColumns(winner === 'added' ? [...stored, columns] : [columns, ...stored]),
  )
}

/** Makes one block of each tag's day. In the caller's transaction. */
export async function joinDays(tx: Transaction, days: readonly { readonly tagId: number; readonly day: Micros }[]): Promise<void> {
  const columns = mergeColumns([])
  await rewrite(
    tx,
    days.map(({ tagId, day }) => ({ tagId, from: day, to: day + DAY, columns })),
    (stored) => mergeColumns(stored),
  )
}

async function rewrite(
  tx: Transaction,
  windows: readonly Block[],
  merge: (stored: readonly SampleColumns[], added: SampleColumns) => SampleColumns,
): Promise<void> {
  if (windows.length === 0) return
  await lockBlocks(tx)
  const stored = await takeOut(tx, windows)
  const blocks = windows.flatMap(({ tagId, from, to, columns }) => {
    const before = stored.get(keyOf(tagId, from)) ?? []
    const merged = merge(
      before.map((one) => unpackColumns(one.data)),
      columns,
    )
    return merged.times.length === 0 ? [] : [{ tagId, from, to: Math.max(to, ...before.map((one) => one.to)), columns: merged }]
  })
  const packed = await packBlocks(blocks.map((one) => one.columns))
  const rows = packed.flatMap((one, index) => {
    const block = blocks[index]
    return block === undefined ? [] : [{ ...one, tagId: block.tagId, from: block.from, to: block.to }]
  })
  await copyIn(tx.client, `copy measurement_blocks (${BLOCK_COLUMNS}) from stdin binary`, copyBlocks(rows))
}

/**
 * Until the transaction ends nobody else writes blocks: who merges must see what is there. The keeper alone writes blocks, but for a while
 * there may be two of it, and an import.
 */
async function lockBlocks(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('synctide blocks'))`)
}

interface Stored {
  readonly tagId: number
  readonly since: Micros
  readonly to: Micros
  readonly data: Buffer
}

/** Removes the blocks that begin in these windows. @returns them by the window, oldest first */
async function takeOut(tx: Queryable, windows: readonly Block[]): Promise<ReadonlyMap<string, readonly Stored[]>> {
  const rows = await tx.query<Stored>(
    `with gone as (
       delete from measurement_blocks b using unnest($1::int[], $2::timestamptz[], $3::timestamptz[]) as w(tag_id, since, until)
       where b.tag_id = w.tag_id and b.t0 >= w.since and b.t0 < w.until
       returning b.tag_id, w.since, b.t0, b.t1, b.data)
     select tag_id as "tagId", since, t1 as to, data from gone order by tag_id, t0`,
    [windows.map((one) => one.tagId), windows.map((one) => sqlTime(one.from)), windows.map((one) => sqlTime(one.to))],
  )
  return Map.groupBy(rows, (row) => keyOf(row.tagId, row.since))
}

function keyOf(tagId: number, from: Micros): string {
  return `${tagId} ${from}`
}
