import type { z } from 'zod'
import type { alarmCounts, deviceState } from './shapes.ts'

/**
 * The one WebSocket of a tab, `/api/live`. Text frames, JSON. The session cookie opens it; the Origin must be ours; the
 * user's device scope is applied to every subscription. Batches leave at once after a quiet time, then at most four a
 * second per client and one a second per tag; when the client is slow batches are dropped, never queued, and the next one
 * carries the newest values.
 */
export type LiveRequest =
  /** Replaces the set of tags wanted; answered by a `values` snapshot. Tags out of scope are silently left out. */
  { readonly type: 'subscribe'; readonly tagIds: readonly number[] }

/** `[tagId, value, quality, sourceTimestamp in µs]`; bigint as decimal string. */
export type LiveValue = readonly [tagId: number, value: number | boolean | string | null, quality: number, sourceTimestamp: number]

export type LiveMessage =
  /** Each second even when nothing changed: the client marks everything stale 10 s after the last one. */
  | {
      readonly type: 'tick'
      readonly now: number
      readonly newestDelivery: number | null
      /** When the engine last showed life; when this server began, while it never has. */
      readonly alarmEngine: number | null
      /** When the database last answered this server. */
      readonly database: number | null
    }
  | { readonly type: 'values'; readonly snapshot: boolean; readonly values: readonly LiveValue[] }
  | { readonly type: 'devices'; readonly states: readonly z.output<typeof deviceState>[] }
  /** Alarms changed: ids to fetch again, and the new counts. */
  | { readonly type: 'alarms'; readonly ids: readonly number[]; readonly counts: z.output<typeof alarmCounts> }
  /** Configuration changed: fetch what you show again. */
  | { readonly type: 'config'; readonly version: number }
  /** The session ended or the user was changed: log in again or reload. */
  | { readonly type: 'bye'; readonly reason: string }
