import type { Micros } from '#base/time.ts'
import { type Gap, GapCause, type GapChange, RESTARTED, SHORTEST_STANDSTILL } from '#domain/gap.ts'
import { QualityReason, QualitySeverity, packQuality } from '#domain/sample.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** No value holds on over a gap: history gets a Bad sample where it begins. */
const UNKNOWN = packQuality(QualitySeverity.Bad, QualityReason.NoData)

/**
 * Keeps the ledger, in the transaction of the samples that came with the changes and before these are appended. Whatever is told twice, or of
 * a device that was removed meanwhile, changes nothing.
 */
export async function saveGapChanges(tx: Queryable, source: string, changes: readonly GapChange[]): Promise<void> {
  for (const change of changes) {
    const { deviceId, tagId, at, cause } = change
    if (cause === null) await end(tx, deviceId, at)
    else if (cause === RESTARTED) await beginAtLastDelivery(tx, source, change)
    else {
      if (tagId === null) await endOthers(tx, deviceId, at, cause)
      await begin(tx, { ...change, cause })
    }
  }
}

/** Samples of a protocol that found no room in the spool while the database was away. */
export async function addLostGap(db: Queryable, protocol: string, { from, to }: { from: Micros; to: Micros }): Promise<void> {
  const rows = await db.query<{ deviceId: number }>(
    `insert into gaps (device_id, from_at, to_at, cause)
     select id, $2, $3::timestamptz + interval '1 ms', 'database' from devices where protocol = $1 and enabled returning device_id as "deviceId"`,
    [protocol, sqlTime(from), sqlTime(to)],
  )
  for (const { deviceId } of rows) await markUnknown(db, deviceId, from)
}

/** Gaps of these devices that touch [from, to), oldest first. */
export async function listGaps(
  db: Queryable,
  scope: DeviceScope,
  { deviceIds, from, to }: { readonly deviceIds: readonly number[]; readonly from: Micros; readonly to: Micros },
  limit: number,
): Promise<readonly Gap[]> {
  return await db.query<Gap>(
    `select device_id as "deviceId", tag_id as "tagId", from_at as "from", to_at as "to", cause, problem from gaps
     where device_id = any($1) and ($2::int[] is null or device_id = any($2)) and from_at < $4 and (to_at is null or to_at > $3)
     order by from_at desc, id desc limit $5`,
    [deviceIds, idsOf(scope), sqlTime(from), sqlTime(to), limit],
  )
}

export async function deleteGapsBefore(db: Queryable, before: Micros): Promise<void> {
  await db.query('delete from gaps where to_at < $1', [sqlTime(before)])
}

/** Of the device, and of its tags that are not switched off. */
async function end(tx: Queryable, deviceId: number, at: Micros): Promise<void> {
  await tx.query(
    `update gaps set to_at = greatest($2, from_at + interval '1 ms')
     where device_id = $1 and to_at is null and (tag_id is null or exists (select from tags where id = gaps.tag_id and enabled))`,
    [deviceId, sqlTime(at)],
  )
}

/** One cause follows another. */
async function endOthers(tx: Queryable, deviceId: number, at: Micros, cause: GapCause): Promise<void> {
  await tx.query(
    `update gaps set to_at = greatest($2, from_at + interval '1 ms')
     where device_id = $1 and tag_id is null and to_at is null and cause <> $3`,
    [deviceId, sqlTime(at), cause],
  )
}

async function begin(tx: Queryable, { deviceId, tagId, at, cause, problem }: GapChange & { cause: GapCause }): Promise<void> {
  const begun = await tx.query(
    `insert into gaps (device_id, tag_id, from_at, cause, problem)
     select d.id, t.id, $3, $4, $5 from devices d left join tags t on t.id = $2 and t.device_id = d.id
     where d.id = $1 and ($2::int is null or t.id is not null)
     on conflict (device_id, coalesce(tag_id, 0)) where to_at is null do nothing returning 1`,
    [deviceId, tagId, sqlTime(at), cause, problem],
  )
  if (begun.length > 0) await markUnknown(tx, deviceId, at, tagId)
}

/** Since the last delivery of the process before nobody asked the device; one that was never heard of has lost nothing. */
async function beginAtLastDelivery(tx: Queryable, source: string, change: GapChange): Promise<void> {
  const [row] = await tx.query<{ last: Micros | null }>(
    `select received_at as last from sources where source = $1 and exists (select from device_states where device_id = $2)`,
    [source, change.deviceId],
  )
  const last = row?.last ?? null
  if (last !== null && change.at - last >= SHORTEST_STANDSTILL) await begin(tx, { ...change, at: last, cause: GapCause.Process })
}

/** Such a sample may belong to a window that is sealed already, so it goes where late ones wait. */
async function markUnknown(db: Queryable, deviceId: number, at: Micros, tagId: number | null = null): Promise<void> {
  await db.query(
    `insert into late_samples (tag_id, time_stamp, quality)
     select id, $2::timestamptz + interval '1 microsecond', $3 from tags where device_id = $1 and ($4::int is null or id = $4)`,
    [deviceId, sqlTime(at), UNKNOWN, tagId],
  )
}
