import { StoreError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { notifyAlarms } from './alarm-acknowledge.ts'
import {
  dropStates,
  saveMemories,
  saveStates,
  saveWatermarks,
  type StoredMemory,
  type StoredState,
  type Watermark,
} from './alarm-memory.ts'
import { closeGone, writeChanges, type Change, type Intent } from './alarm-occurrences.ts'
import { sqlState } from './devices.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { recordEvent } from './system-events.ts'

/** Everything that one step of the engine found; all of it becomes a fact at once or not at all. */
export interface AlarmCommit {
  /** Of the engine's lock: whoever took it later has a higher one, and then nothing here is written. */
  readonly epoch: number
  readonly changes: readonly Change[]
  readonly states: readonly StoredState[]
  readonly droppedRules: readonly number[]
  readonly watermarks: readonly Watermark[]
  readonly configVersion: number
  readonly memories: readonly StoredMemory[]
  readonly notices: readonly {
    readonly code: string
    readonly deviceId: number | null
    readonly detail: Readonly<Record<string, unknown>>
  }[]
  /** Given when the configuration changed: what is in force now, and why the rest is not. */
  readonly configured: { readonly inForce: readonly number[]; readonly gone: ReadonlyMap<number, string>; readonly at: Micros } | null
}

const TRIES = 5

/**
 * Events, rule states, outbox and watermarks in one transaction; whoever shows alarms and whoever sends messages is woken by it.
 * @returns the ids of the occurrences that changed
 * @throws StoreError('conflict') when another engine took over, StoreError('unavailable')
 */
export async function commitAlarms(db: Database, work: AlarmCommit): Promise<readonly number[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction((tx) => commitWithin(tx, work))
    } catch (error) {
      // an acknowledgement or a removed rule held the same rows the other way round: nothing was written
      const again = sqlState(error) === '40P01' || sqlState(error) === '23503'
      if (!again || tries === TRIES) throw error
    }
  }
}

async function commitWithin(tx: Transaction, work: AlarmCommit): Promise<readonly number[]> {
  // shared with itself, never with the next engine's claim: that one waits until this is committed
  const mine = await tx.query(`select 1 from epochs where name = 'alarm' and epoch = $1 for share`, [work.epoch])
  if (mine.length === 0) {
    throw new StoreError('conflict', 'Another alarm engine has taken over', {
      remedy: 'Run one alarm engine per database; this one waits for its turn again.',
    })
  }
  const { intents, eventIds } = await writeChanges(tx, work.changes)
  const { configured } = work
  const closed = configured === null ? [] : await closeGone(tx, configured.inForce, configured.gone, configured.at)
  await putIntents(tx, [...intents, ...closed])
  await saveStates(tx, work.states, eventIds)
  await dropStates(tx, work.droppedRules)
  await saveMemories(tx, work.memories)
  await saveWatermarks(tx, work.watermarks, work.configVersion)
  for (const { code, deviceId, detail } of work.notices) {
    await recordEvent(tx, { code: `alarm.${code}`, severity: 'warning', deviceId, detail })
  }
  return [...new Set([...intents, ...closed].map((intent) => intent.eventId))]
}

async function putIntents(tx: Queryable, intents: readonly Intent[]): Promise<void> {
  if (intents.length === 0) return
  await tx.query(
    `insert into outbox (kind, alarm_event_id, body)
     select kind, event_id, body from unnest($1::text[], $2::bigint[], $3::jsonb[]) with ordinality as input(kind, event_id, body, place) order by place`,
    [intents.map((one) => one.kind), intents.map((one) => one.eventId), intents.map((one) => JSON.stringify(one.body))],
  )
  await notifyAlarms(tx, [...new Set(intents.map((one) => one.eventId))])
  await tx.query(`select pg_notify('outbox', '')`)
}
