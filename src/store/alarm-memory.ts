import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'
import { sqlTimeOrNull } from './time.ts'

/** Up to where the alarm engine has judged a source. */
export interface Watermark {
  readonly source: string
  readonly seq: number
  /** The source's clock there. */
  readonly clock: Micros | null
}

/** What the engine remembers of a source as of one of its deliveries; JSON of the engine's own making. */
export interface StoredMemory {
  readonly source: string
  readonly seq: number
  readonly body: unknown
}

/** The state of one rule as the engine left it; JSON of the engine's own making beside what others may want to read. */
export interface StoredState {
  readonly ruleId: number
  readonly condition: string
  readonly since: Micros | null
  readonly standing: boolean
  readonly state: unknown
}

export async function readWatermarks(db: Queryable): Promise<readonly Watermark[]> {
  return await db.query<Watermark>(`select source, seq, clock from watermarks where reader = 'alarm' and source <> '' order by source`)
}

export async function readMemories(db: Queryable): Promise<readonly StoredMemory[]> {
  const rows = await db.query<{ source: string; seq: number; body: Buffer }>('select source, seq, body from alarm_memory order by source')
  return rows.map(({ source, seq, body }) => ({ source, seq, body: JSON.parse(zstdDecompressSync(body).toString()) as unknown }))
}

/** @returns the states by rule */
export async function readStates(db: Queryable): Promise<ReadonlyMap<number, unknown>> {
  const rows = await db.query<{ id: number; state: unknown }>(
    `select rule_id as id, state from alarm_states where state <> '{}' order by rule_id`,
  )
  return new Map(rows.map(({ id, state }) => [id, state]))
}

export async function saveMemories(tx: Queryable, memories: readonly StoredMemory[]): Promise<void> {
  for (const { source, seq, body } of memories) {
    await tx.query(
      `insert into alarm_memory (source, seq, body) values ($1, $2, $3)
       on conflict (source) do update set seq = excluded.seq, body = excluded.body`,
      [source, seq, zstdCompressSync(JSON.stringify(body))],
    )
  }
}

/** @param eventIds the occurrence of each rule that was raised just now */
export async function saveStates(tx: Queryable, states: readonly StoredState[], eventIds: ReadonlyMap<number, number>): Promise<void> {
  if (states.length === 0) return
  await tx.query(
    `insert into alarm_states as s (rule_id, condition, since, event_id, state)
     select input.id, input.condition, input.since, case when input.standing then input.event end, input.state
     from unnest($1::int[], $2::text[], $3::timestamptz[], $4::bigint[], $5::jsonb[], $6::boolean[])
       as input(id, condition, since, event, state, standing)
     join alarm_rules r on r.id = input.id order by input.id
     on conflict (rule_id) do update set condition = excluded.condition, since = excluded.since, state = excluded.state,
       event_id = case when excluded.condition in ('active', 'pending_off', 'latched') then coalesce(excluded.event_id, s.event_id) end`,
    [
      states.map((one) => one.ruleId),
      states.map((one) => one.condition),
      states.map((one) => sqlTimeOrNull(one.since)),
      states.map((one) => eventIds.get(one.ruleId) ?? null),
      states.map((one) => JSON.stringify(one.state)),
      states.map((one) => one.standing),
    ],
  )
}

export async function dropStates(tx: Queryable, ruleIds: readonly number[]): Promise<void> {
  if (ruleIds.length > 0) await tx.query('delete from alarm_states where rule_id = any($1::int[])', [[...ruleIds]])
}

/** The positions, and with them the sign of life that says alarms are judged. */
export async function saveWatermarks(tx: Queryable, watermarks: readonly Watermark[], configVersion: number): Promise<void> {
  await tx.query(
    `insert into watermarks (reader, source, seq, clock, config_version)
     select 'alarm', input.source, input.seq, input.clock, $4::bigint from unnest($1::text[], $2::bigint[], $3::timestamptz[]) as input(source, seq, clock)
     union all select 'alarm', '', 0, clock_timestamp(), $4::bigint
     on conflict (reader, source) do update set seq = excluded.seq, clock = excluded.clock, config_version = excluded.config_version`,
    [
      watermarks.map((one) => one.source),
      watermarks.map((one) => one.seq),
      watermarks.map((one) => sqlTimeOrNull(one.clock)),
      configVersion,
    ],
  )
}
