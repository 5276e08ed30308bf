import type { Micros, Millis } from '#base/time.ts'

/** The fixed-rate timeline of one device: instants `phase + k * period` of the wall clock. */
export interface Timeline {
  readonly periodMillis: Millis
  readonly phaseMillis: Millis
}

export interface Slot {
  /** The scheduled instant; every sample of the poll carries it, so that stamps fall on the grid. */
  readonly tick: Micros
  /** Instants since the previous slot that passed without a poll. They are counted, never made up for. */
  readonly missed: number
}

/** Devices spread over at most this long, so that an hourly poll still happens about the full hour. */
const MAX_SPREAD: Millis = 1000

/** Spreads the devices of a process over their period by a hash of the id: the same at every start. */
export function timelineOf(deviceId: number, periodMillis: Millis): Timeline {
  const spread = Math.min(periodMillis, MAX_SPREAD)
  return { periodMillis, phaseMillis: hash(deviceId) % spread }
}

/**
 * A slot may start this late and still count: a poll that takes a hair longer than the period then loses a slot now and
 * then, not every second one.
 */
export function allowedLateness(timeline: Timeline): Millis {
  return Math.min(timeline.periodMillis / 10, 1000)
}

/**
 * The slot to poll next. Also right after the wall clock was stepped: the timeline simply goes on from the new time.
 * @param previous the last slot polled, null for the first
 */
export function nextSlot(timeline: Timeline, previous: Micros | null, now: Micros): Slot {
  const period = timeline.periodMillis * 1000
  const phase = timeline.phaseMillis * 1000
  const earliest = now - allowedLateness(timeline) * 1000
  // the first instant at or after `earliest`
  const open = Math.ceil((earliest - phase) / period) * period + phase
  if (previous === null) return { tick: open, missed: 0 }
  const following = previous + period
  // timers may fire a little early, and a clock may be slewed back: never poll one slot twice for that
  const tick = previous >= open && previous - now <= period ? following : open
  return { tick, missed: tick > following ? Math.round((tick - following) / period) : 0 }
}

/** @returns whether a slot chosen earlier still makes sense now, or the clock has been stepped meanwhile */
export function stillDue(timeline: Timeline, tick: Micros, now: Micros): boolean {
  // a slot may be chosen up to two periods ahead: see nextSlot
  return Math.abs(now - tick) <= Math.max(2 * timeline.periodMillis, 1000) * 1000
}

/** Spreads neighbouring ids far apart (a finaliser of MurmurHash3's kind). */
function hash(id: number): number {
  let h = id | 0
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35)
  return (h ^ (h >>> 16)) >>> 0
}
