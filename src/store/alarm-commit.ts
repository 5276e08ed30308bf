import { StoreError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { Severity } from '#domain/alarm.ts'
import type { Sample } from '#domain/sample.ts'
import { notifyAlarms, type Intent } from './alarm-announce.ts'
import { markFlood, speakUp } from './alarm-guards.ts'
import {
  dropStates,
  saveMemories,
  saveStates,
  saveWatermarks,
  type StoredMemory,
  type StoredState,
  type Watermark,
} from './alarm-memory.ts'
import type { Change } from './alarm-change.ts'
import { closeGone, writeChanges } from './alarm-occurrences.ts'
import { reAlarm } from './alarm-realarm.ts'
import { endSuppressions, setDesigned } from './alarm-suppress.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { append, packDelivery } from './deliveries.ts'
import { type StatusChange, saveStatusChanges } from './device-status-history.ts'
import { sqlState } from './devices.ts'
import { saveLatest } from './latest.ts'
import { NO_PARTITION, SampleWindows, type Sorted } from './sample-windows.ts'
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
    readonly severity: Severity
    readonly deviceId: number | null
    readonly detail: Readonly<Record<string, unknown>>
  }[]
  /** New values of virtual tags, in order; null when there are none. */
  readonly derived: DerivedFlush | null
  /** Rules whose suppression by design began or ended. */
  readonly designed: ReadonlyMap<number, boolean>
  /** What became of devices. */
  readonly statuses: readonly StatusChange[]
  /** Commands of operators that were carried out. */
  readonly done: readonly number[]
  /** By the clock of the host: what waited for it ends. Null: another step looks at that. */
  readonly now: Micros | null
  /** Given when the configuration changed: what is in force now, and why the rest is not. */
  readonly configured: { readonly inForce: readonly number[]; readonly gone: ReadonlyMap<number, string>; readonly at: Micros } | null
}

/** What the engine writes as a source of its own. */
export interface DerivedFlush {
  /** Of the source, not of the engine's lock. */
  readonly epoch: number
  readonly seq: number
  readonly receivedAt: Micros
  readonly readings: readonly Sample[]
  /** The newest reading of each virtual tag, when the checkpoint is due. */
  readonly checkpoint: readonly Sample[]
}

const TRIES = 5

/**
 * Events, rule states, outbox and watermarks in one transaction; whoever shows alarms and whoever sends messages is woken by it.
 * @returns the ids of the occurrences that changed
 * @throws StoreError('conflict') when another engine took over, StoreError('unavailable')
 */
export async function commit(db: Database, work: AlarmCommit, windows = new SampleWindows(db)): Promise<readonly number[]> {
  const readings = work.derived?.readings ?? []
  for (let tries = 1; ; tries++) {
    try {
      const sorted = readings.length === 0 ? NONE : await windows.sort(readings, [work.derived?.receivedAt ?? 0])
      return await db.transaction((tx) => commitWithin(tx, work, tries < TRIES ? sorted : { samples: [], late: readings }))
    } catch (error) {
      // an acknowledgement or a removed rule held the same rows the other way round, or an hour was sealed: nothing was written
      const state = sqlState(error)
      if (state === NO_PARTITION) windows.forget()
      else if (state !== '40P01' && state !== '23503') throw error
      if (tries === TRIES) throw error
    }
  }
}

const NONE: Sorted = { samples: [], late: [] }

async function commitWithin(tx: Transaction, work: AlarmCommit, sorted: Sorted): Promise<readonly number[]> {
  // shared with itself, never with the next engine's claim: that one waits until this is committed
  const mine = await tx.query(`select 1 from epochs where name = 'alarm' and epoch = $1 for share`, [work.epoch])
  if (mine.length === 0) {
    throw new StoreError('conflict', 'Another alarm engine has taken over', {
      remedy: 'Run one alarm engine per database; this one waits for its turn again.',
    })
  }
  if (work.derived !== null) await writeDerived(tx, work.derived, sorted)
  // before the raises, which are suppressed or not by what holds now
  const designed = await setDesigned(tx, work.designed)
  const ended = work.now === null ? [] : await endSuppressions(tx, work.now)
  const { intents, eventIds } = await writeChanges(tx, work.changes)
  const { configured } = work
  const closed = configured === null ? [] : await closeGone(tx, configured.inForce, configured.gone, configured.at)
  const heard = work.now === null ? [] : [...(await speakUp(tx, work.now)), ...(await reAlarm(tx, work.now))]
  await putIntents(tx, [...intents, ...closed, ...designed, ...ended, ...heard])
  if (work.now !== null) await markFlood(tx)
  await saveStates(tx, work.states, eventIds)
  await dropStates(tx, work.droppedRules)
  await saveMemories(tx, work.memories)
  await saveWatermarks(tx, work.watermarks, work.configVersion)
  for (const { code, severity, deviceId, detail } of work.notices) {
    await recordEvent(tx, { code: `alarm.${code}`, severity, deviceId, detail })
  }
  await saveStatusChanges(tx, work.statuses)
  if (work.done.length > 0) await tx.query('delete from alarm_commands where id = any($1::bigint[])', [[...work.done]])
  return [...new Set([...intents, ...closed].map((intent) => intent.eventId))]
}

/** The delivery of the virtual tags, a fact with the verdicts on them. */
async function writeDerived(
  tx: Transaction,
  { epoch, seq, receivedAt, readings, checkpoint }: DerivedFlush,
  sorted: Sorted,
): Promise<void> {
  const source = 'derived'
  if (readings.length > 0) {
    const deliveries = [packDelivery({ seq, receivedAt, readings, devices: [] })]
    await append(tx, { source, epoch }, { deliveries, samples: sorted.samples, late: sorted.late, spoolRecord: 0 })
  }
  if (checkpoint.length === 0) return
  await saveLatest(tx, checkpoint)
  await tx.query('update sources set latest_seq = greatest(latest_seq, $2) where source = $1 and epoch = $3', [source, seq, epoch])
}

async function putIntents(tx: Queryable, intents: readonly Intent[]): Promise<void> {
  if (intents.length === 0) return
  await notifyAlarms(tx, [...new Set(intents.map((one) => one.eventId))])
  const told = intents.filter((one) => one.told)
  await tx.query(
    `with put as (
       insert into outbox (kind, alarm_event_id, body)
       select kind, event_id, body from unnest($1::text[], $2::bigint[], $3::jsonb[]) with ordinality as input(kind, event_id, body, place) order by place)
     select pg_notify('outbox', '')`,
    [told.map((one) => one.kind), told.map((one) => one.eventId), told.map((one) => JSON.stringify(one.body))],
  )
}
