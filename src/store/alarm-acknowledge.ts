import type { Micros } from '#base/time.ts'
import { asError } from '#base/errors.ts'
import { attributionText, type Attribution } from '#domain/alarm.ts'
import type { DeviceScope } from '#domain/user.ts'
import { toldReason } from '#domain/told-reason.ts'
import { endCases, notifyAlarms } from './alarm-announce.ts'
import type { Database, Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** Which alarms: by id, by the numbers people type, or every open one (in scope). */
export type AlarmSelection =
  | { readonly eventIds: readonly number[] }
  | { readonly displayNumbers: readonly number[] }
  | { readonly all: true }

export interface Acknowledgement {
  readonly selection: AlarmSelection
  readonly attribution: Attribution
  readonly comment: string | null
  readonly at: Micros
  readonly scope: DeviceScope
}

export interface AcknowledgeResult {
  readonly eventId: number
  readonly displayNumber: number
  /** `acknowledged`: this call did it. `already`: somebody was first and stays. `not_found`: none, or out of scope. */
  readonly result: 'acknowledged' | 'already' | 'not_found'
  readonly acknowledgedBy: string | null
  readonly acknowledgedAt: Micros | null
}

interface Row {
  id: number
  number: number
  by: string | null
  at: Micros | null
}

/**
 * First wins. In one transaction: the notify cases are locked (so an acknowledgement waits for a socket write that is under
 * way, and no message leaves after it), the alarms are marked, closed when they had returned, queued messages are cancelled,
 * the cases closed, an `acknowledged` intent put into the outbox, and everybody woken.
 *
 * Locks in this order: case, then alarm. Whoever opens a case must first `select … for share` its alarm.
 */
export async function acknowledgeAlarms(db: Database, request: Acknowledgement): Promise<readonly AcknowledgeResult[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction((tx) => acknowledgeWithin(tx, request))
    } catch (error) {
      // two that lock the same alarms through different cases: PostgreSQL ends one of them, which simply tries again
      const code = Object.getOwnPropertyDescriptor(asError(error), 'code')?.value
      if (code !== '40P01' || tries === 5) throw error
    }
  }
}

/** The same inside a transaction of the caller's, so that e.g. a reply and its acknowledgement are one fact. */
export async function acknowledgeWithin(tx: Queryable, request: Acknowledgement): Promise<readonly AcknowledgeResult[]> {
  const by = attributionText(request.attribution)
  const ids = await selectedIds(tx, request.selection, request.scope)
  await tx.query('select 1 from notify_cases where alarm_event_id = any($1::bigint[]) order by id for update', [ids])
  await tx.query('select 1 from alarm_events where id = any($1::bigint[]) order by id for update', [ids])
  const done = await tx.query<Row>(
    `update alarm_events set acknowledged_at = $2, acknowledged_by = $3, attribution = $4, comment = coalesce($5, comment),
       closed_at = case when cleared_at is not null then greatest($2::timestamptz, cleared_at) end
     where id = any($1::bigint[]) and acknowledged_at is null and ($6::int[] is null or device_id = any($6))
     returning id, display_number as number, acknowledged_by as by, acknowledged_at as at`,
    [ids, sqlTime(request.at), by, JSON.stringify(request.attribution), emptyToNull(request.comment), idsOf(request.scope)],
  )
  const won = done.map((row) => row.id)
  if (won.length > 0) await announce(tx, won, by, request)
  const others = await tx.query<Row>(
    `select id, display_number as number, acknowledged_by as by, acknowledged_at as at from alarm_events
     where id = any($1::bigint[]) and not id = any($2::bigint[]) and ($3::int[] is null or device_id = any($3))`,
    [ids, won, idsOf(request.scope)],
  )
  const known = new Map<number, AcknowledgeResult>([
    ...done.map((row) => [row.id, resultOf(row, 'acknowledged')] as const),
    ...others.map((row) => [row.id, resultOf(row, 'already')] as const),
  ])
  return ids.map(
    (id) => known.get(id) ?? { eventId: id, displayNumber: 0, result: 'not_found', acknowledgedBy: null, acknowledgedAt: null },
  )
}

function resultOf(row: Row, result: 'acknowledged' | 'already'): AcknowledgeResult {
  return { eventId: row.id, displayNumber: row.number, result, acknowledgedBy: row.by, acknowledgedAt: row.at }
}

async function selectedIds(tx: Queryable, selection: AlarmSelection, scope: DeviceScope): Promise<number[]> {
  if ('eventIds' in selection) return [...new Set(selection.eventIds)].filter((id) => Number.isSafeInteger(id) && id > 0)
  const rows = await tx.query<{ id: number }>(
    `select id from alarm_events where closed_at is null and ($1::int[] is null or display_number = any($1))
       and ($2::boolean or acknowledged_at is null) and ($3::int[] is null or device_id = any($3)) order by id`,
    'all' in selection ? [null, false, idsOf(scope)] : [[...selection.displayNumbers], true, idsOf(scope)],
  )
  return rows.map((row) => row.id)
}

async function announce(tx: Queryable, ids: readonly number[], by: string, request: Acknowledgement): Promise<void> {
  const at = sqlTime(request.at)
  const comment = emptyToNull(request.comment)
  if (comment !== null) {
    await tx.query('insert into alarm_comments (alarm_event_id, at, who, body) select unnest($1::bigint[]), $2, $3, $4', [
      ids,
      at,
      by,
      comment,
    ])
  }
  await endCases(tx, ids, 'acknowledged', toldReason('acknowledged', { by }), at)
  await tx.query(`insert into outbox (kind, alarm_event_id, body) select 'acknowledged', id, $2::jsonb from unnest($1::bigint[]) as id`, [
    ids,
    JSON.stringify({ by, attribution: request.attribution }),
  ])
  await notifyAlarms(tx, ids)
  await tx.query(`select pg_notify('outbox', '')`)
}

function emptyToNull(text: string | null): string | null {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? null : trimmed.slice(0, 2000)
}
