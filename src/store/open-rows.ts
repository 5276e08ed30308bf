import type { Micros } from '#base/time.ts'
import { columnsOf, type SampleColumns, type SampleRow } from './core/sample-columns.ts'
import type { Queryable } from './database.ts'
import { sqlState } from './devices.ts'
import { sealedUntil } from './hypertable.ts'
import { sqlTime } from './time.ts'

/** What TimescaleDB answers who asks in which order compressed rows came: nobody sealed them for as long as rows are kept as they are. */
const COMPRESSED = ['42P10', '0A000']

/** Samples of windows that are not sealed yet; of equal times the first to arrive, which was the live one. */
export async function readHotRows(db: Queryable, tagId: number, from: Micros, to: Micros): Promise<SampleColumns> {
  const since = Math.max(from, await sealedUntil(db))
  if (since >= to) return columnsOf([])
  try {
    return await readRows(db, 'measurements', 'tableoid, ctid', tagId, since, to)
  } catch (error) {
    if (!COMPRESSED.includes(sqlState(error) ?? '')) throw error
    return await readRows(db, 'measurements', 'tableoid', tagId, since, to)
  }
}

/** Samples that came too late for their window and wait to be merged; of equal times the last to arrive, which corrects. */
export async function readLateRows(db: Queryable, tagId: number, from: Micros, to: Micros): Promise<SampleColumns> {
  return await readRows(db, 'late_samples', 'received_at desc, ctid desc', tagId, from, to)
}

async function readRows(db: Queryable, table: string, first: string, tagId: number, from: Micros, to: Micros): Promise<SampleColumns> {
  const rows = await db.query<SampleRow>(
    `select time_stamp as at, value, quality, value_text as "valueText", status_code as "statusCode"
     from ${table} where tag_id = $1 and time_stamp >= $2 and time_stamp < $3 order by time_stamp, ${first}`,
    [tagId, sqlTime(from), sqlTime(to)],
  )
  return columnsOf(rows.filter((row, index) => rows[index - 1]?.at !== row.at))
}
