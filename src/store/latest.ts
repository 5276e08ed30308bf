import type { Latest, Tag } from '#domain/device.ts'
import { CLOCK_TOLERANCE, replaces } from '#domain/current-value.ts'
import { QualityFlag, QualityReason, hasFlag, type Sample, type Value } from '#domain/sample.ts'
import { type DeviceScope, inScope } from '#domain/user.ts'
import type { Micros } from '#base/time.ts'
import { storedValue } from './core/copy-samples.ts'
import type { Queryable } from './database.ts'
import { readAfter } from './deliveries.ts'
import { idsOf } from './devices.ts'
import { listSources } from './sources.ts'
import { sqlTime } from './time.ts'

const LOST = `quality >> 2 & 15 = ${QualityReason.CommunicationFailure}`

/** Keeps the newest reading of each tag, see {@link replaces}; one of a removed tag changes nothing. */
export async function saveLatest(db: Queryable, samples: readonly Sample[]): Promise<void> {
  const stored = samples.map((sample) => ({ ...sample, ...storedValue(sample.value) }))
  await db.query(
    `insert into latest (tag_id, time_stamp, value, value_text, quality, status_code)
     select input.* from unnest($1::int[], $2::timestamptz[], $3::float8[], $4::text[], $5::int2[], $6::int4[])
       as input(tag_id, time_stamp, value, value_text, quality, status_code)
     join tags on tags.id = input.tag_id order by input.tag_id
     on conflict (tag_id) do update set time_stamp = excluded.time_stamp, value = excluded.value, value_text = excluded.value_text,
       quality = excluded.quality, status_code = excluded.status_code
     where excluded.time_stamp >= latest.time_stamp or excluded.quality & ${QualityFlag.ClockReset} <> 0 or (latest.${LOST}) or (excluded.${LOST})
       or latest.time_stamp > now() + interval '${CLOCK_TOLERANCE / 1_000_000} s'`,
    [
      stored.map((one) => one.tagId),
      stored.map((one) => sqlTime(one.sourceTimestamp)),
      stored.map((one) => one.value),
      stored.map((one) => one.valueText),
      stored.map((one) => one.quality),
      stored.map((one) => one.statusCode),
    ],
  )
}

/**
 * The newest known reading of each of these tags that is in scope: what was checkpointed, and what the journal brought since. What was
 * replayed or backfilled is never the current value.
 * @returns with the seq of each source up to which it is complete
 */
export async function readLatest(
  db: Queryable,
  scope: DeviceScope,
  tags: readonly Pick<Tag, 'id' | 'deviceId'>[],
): Promise<{ latest: Map<number, Latest>; seqs: Map<string, number> }> {
  const wanted = new Set(tags.filter((tag) => inScope(scope, tag.deviceId)).map((tag) => tag.id))
  const sources = await listSources(db)
  const rows = await db.query<{ tagId: number; at: Micros; value: number | null; text: string | null; quality: number }>(
    `select l.tag_id as "tagId", l.time_stamp as at, l.value, l.value_text as text, l.quality
     from latest l join tags t on t.id = l.tag_id where $1::int[] is null or t.device_id = any($1)`,
    [idsOf(scope)],
  )
  const latest = new Map<number, Latest>()
  for (const row of rows) {
    if (wanted.has(row.tagId)) {
      latest.set(row.tagId, { tagId: row.tagId, sourceTimestamp: row.at, value: row.text ?? row.value, quality: row.quality })
    }
  }
  const seqs = new Map<string, number>()
  for (const source of sources) {
    let seq = source.latestSeq
    for (;;) {
      const deliveries = await readAfter(db, source.source, seq)
      for (const delivery of deliveries) {
        seq = delivery.seq
        for (const sample of delivery.readings) {
          if (wanted.has(sample.tagId) && !hasFlag(sample.quality, QualityFlag.Historical)) takeCurrent(latest, sample, delivery.receivedAt)
        }
      }
      if (deliveries.length < 200) break
    }
    seqs.set(source.source, seq)
  }
  return { latest, seqs }
}

/** Replaces a reading by a live one that arrived later, unless that is older. @returns whether it did */
export function takeCurrent(latest: Map<number, Latest>, sample: Sample, receivedAt: Micros): boolean {
  const known = latest.get(sample.tagId)
  if (known !== undefined && !replaces(known, sample, receivedAt)) return false
  latest.set(sample.tagId, {
    tagId: sample.tagId,
    sourceTimestamp: sample.sourceTimestamp,
    value: shownValue(sample.value),
    quality: sample.quality,
  })
  return true
}

/** Values as pages and programs get them: the same whether they come from the journal or from a table. */
function shownValue(value: Value): Latest['value'] {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'bigint' ? value.toString() : value
}
