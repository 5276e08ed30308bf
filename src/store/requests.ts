import { setTimeout as pause } from 'node:timers/promises'
import type { Micros, Millis } from '#base/time.ts'
import { BugError } from '#base/errors.ts'
import type { Database, Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** A question of one process to another: Test Connection, retry now, restart. Answered by whoever owns the target. */
export interface Request {
  readonly id: string
  readonly kind: string
  /** A source such as `driver-modbus`, or `supervisor`. */
  readonly target: string
  readonly body: Readonly<Record<string, unknown>>
  readonly createdAt: Micros
}

export interface RequestProgress {
  readonly state: 'open' | 'leased' | 'done' | 'failed'
  readonly progress: readonly unknown[]
  /** What the answer was; of a failed request a {@link RequestFailure}. */
  readonly result: unknown
}

/** Why a request could not be answered, for people; `code` and `field` as the error had them. */
export interface RequestFailure {
  readonly problem: string
  readonly remedy?: string | undefined
  readonly code?: string | undefined
  readonly field?: string | undefined
}

const FIELDS = `id, kind, target, body, created_at as "createdAt"`

/**
 * Asks, and wakes the target by NOTIFY requests.
 * @param expiresInSeconds a request not taken up until then is never taken up
 * @returns the id to ask for the answer with
 */
export async function createRequest(
  db: Queryable,
  request: { kind: string; target: string; body?: Readonly<Record<string, unknown>> },
  expiresInSeconds = 120,
): Promise<string> {
  const [row] = await db.query<{ id: string }>(
    `with made as (
       insert into requests (kind, target, body, expires_at) values ($1, $2, $3, now() + $4 * interval '1 second') returning id, target)
     select id, pg_notify('requests', target) from made`,
    [request.kind, request.target, JSON.stringify(request.body ?? {}), expiresInSeconds],
  )
  if (row === undefined) throw new BugError('an insert returned no row')
  return row.id
}

/**
 * Takes the oldest open request of a target, or one whose owner's lease ran out. Two owners never get the same one.
 * @returns undefined when there is none
 */
export async function claimRequest(
  db: Queryable,
  target: string,
  owner: string,
  leaseSeconds = 60,
  kinds: readonly string[] | null = null,
): Promise<Request | undefined> {
  const rows = await db.query<Request>(
    `update requests set state = 'leased', lease_owner = $2, lease_until = now() + $3 * interval '1 second'
     where id = (select id from requests where target = $1 and expires_at > now() and ($4::text[] is null or kind = any($4))
       and (state = 'open' or (state = 'leased' and lease_until < now()))
       order by created_at limit 1 for update skip locked)
     returning ${FIELDS}`,
    [target, owner, leaseSeconds, kinds],
  )
  return rows[0]
}

/** Adds one step to what the asker sees meanwhile. */
export async function reportProgress(db: Queryable, id: string, step: unknown): Promise<void> {
  await db.query(`update requests set progress = progress || jsonb_build_array($2::jsonb) where id = $1 and state = 'leased'`, [
    id,
    JSON.stringify(step),
  ])
}

export async function finishRequest(db: Queryable, id: string, result: unknown): Promise<void> {
  await db.query(
    `with ended as (update requests set state = 'done', result = $2 where id = $1 and state = 'leased' returning id)
     select pg_notify('replies', id::text) from ended`,
    [id, JSON.stringify(result ?? null)],
  )
}

/** @param more what the error had besides */
export async function failRequest(db: Queryable, id: string, problem: string, more: Omit<RequestFailure, 'problem'> = {}): Promise<void> {
  await db.query(
    `with ended as (update requests set state = 'failed', result = $2 where id = $1 and state in ('open', 'leased') returning id)
     select pg_notify('replies', id::text) from ended`,
    [id, JSON.stringify({ problem, ...more })],
  )
}

/**
 * Waits until a request ended, and takes it out of the table: for questions that are asked often.
 * @returns undefined when it did not end in time; nobody will take it up any more then
 */
export async function takeReply(db: Database, id: string, patience: Millis): Promise<RequestProgress | undefined> {
  const given = Promise.withResolvers<RequestProgress>()
  const look = async (): Promise<void> => {
    const [reply] = await db.query<RequestProgress>(
      `delete from requests where id = $1 and state in ('done', 'failed') returning state, progress, result`,
      [id],
    )
    if (reply !== undefined) given.resolve(reply)
  }
  await using _ = db.listen('replies', (payload) => {
    if (payload === '' || payload === id) look().catch((error: unknown) => given.reject(error))
  })
  const waited = new AbortController()
  try {
    const overdue = pause(patience, undefined, { signal: waited.signal }).catch(() => undefined)
    const reply = await Promise.race([given.promise, overdue])
    if (reply === undefined) await db.query('delete from requests where id = $1', [id])
    return reply
  } finally {
    waited.abort()
  }
}

/** @returns undefined when there is no such request, or it was cleared away */
export async function readRequest(db: Queryable, id: string): Promise<RequestProgress | undefined> {
  const rows = await db.query<RequestProgress>(
    `select case when state in ('open', 'leased') and expires_at < now() and (lease_until is null or lease_until < now()) then 'failed' else state end as state,
       progress, case when state = 'open' and expires_at < now() then '{"problem": "Nobody took it up in time."}'::jsonb else result end as result
     from requests where id = $1`,
    [id],
  )
  return rows[0]
}

/** Clears requests that ended or expired before an instant. */
export async function deleteRequestsBefore(db: Queryable, before: Micros): Promise<void> {
  await db.query('delete from requests where expires_at < $1', [sqlTime(before)])
}
