import type { Micros } from '#base/time.ts'
import type { Sample } from '#domain/sample.ts'
import { copyIn, copyOut } from './copy.ts'
import { COPIED_COLUMNS, type CopiedSample, CopiedSamples } from './core/copied-samples.ts'
import { SAMPLE_COLUMNS, copySamples, restoredValue } from './core/copy-samples.ts'
import { SampleGatherer } from './core/sample-gatherer.ts'
import type { Database } from './database.ts'
import { measurementsLayout } from './hypertable.ts'
import { FUTURE_LIMIT, PAST_LIMIT, listPartitions } from './partitions.ts'
import { sqlTime } from './time.ts'
import { addToBlocks } from './write-blocks.ts'

/** A clock that never was set says 1970 or 1980: such samples stay where somebody can look at them. */
export const NEVER_SET: Micros = Date.parse('1990-01-01T00:00:00Z') * 1000

/** What is moved in one transaction; by tag and time, so that a block is opened once for all that belongs to it. */
export const LATE_AT_ONCE = 200_000

/**
 * Moves samples that came too late for their window, or too early, to where they belong: into the rows of a window that is still open,
 * else into its blocks, where the last to arrive stays; a hypertable gets them as rows as well, for people's own SQL. Those stamped in the
 * future wait until their time is near.
 * @returns how many were moved
 */
export async function mergeLateSamples(db: Database, now: Micros, limit = LATE_AT_ONCE): Promise<number> {
  const rowsSince = (await measurementsLayout(db)) === 'hypertable' ? now - PAST_LIMIT : Infinity
  const open = (await listPartitions(db, 'measurements')).filter((one) => !one.frozen)
  return await db.transaction(async (tx) => {
    const gatherer = new SampleGatherer()
    const rows: Sample[] = []
    let [moved, earliestOpen] = [0, Infinity]
    const take = (row: CopiedSample): void => {
      moved += 1
      const { tagId, at, quality, statusCode } = row
      const value = restoredValue(row.value, row.valueText)
      const fits = open.some((one) => at >= one.from && at < one.to)
      if (fits || at > rowsSince) rows.push({ tagId, sourceTimestamp: at, value, quality, statusCode })
      if (fits) earliestOpen = Math.min(earliestOpen, at)
      else gatherer.add(tagId, at, value, quality, statusCode)
    }
    const copied = new CopiedSamples(take)
    // in order of the index: a table that filled a moment ago has no statistics, and would be read and sorted whole for each portion
    await tx.query(`set local enable_seqscan = off; set local enable_bitmapscan = off; set local work_mem = '64MB'`)
    await copyOut(
      tx.client,
      `copy (
         with taken as (
           delete from late_samples where ctid = any (array(
             select ctid from late_samples where time_stamp > '${sqlTime(NEVER_SET)}' and time_stamp < '${sqlTime(now + FUTURE_LIMIT)}'
             order by tag_id, time_stamp limit ${limit}))
           returning *)
         select ${COPIED_COLUMNS} from taken order by tag_id, time_stamp, received_at) to stdout binary`,
      (bytes) => copied.take(bytes),
    )
    if (rows.length > 0) await copyIn(tx.client, `copy measurements (${SAMPLE_COLUMNS}) from stdin binary`, copySamples(rows))
    await tx.query('select refuse_frozen($1)', [earliestOpen === Infinity ? null : sqlTime(earliestOpen)])
    await addToBlocks(tx, gatherer.take(now), 'added')
    return moved
  })
}
