import { LocalTimeKind, type Zone } from '#calc/zone.ts'
import type { Micros } from '#base/time.ts'
import { QualityFlag } from '#domain/sample.ts'

/** A row that is so little too early is out of order, not in the second hour. */
const JITTER: Micros = 2_000_000

/** What is remembered of the row before; JSON, so that reading can be taken up after a crash in the doubled hour. */
export interface OrderMemory {
  /** The instant of the row before. */
  last: Micros | null
  /** Between the two rows before; negative in a file that runs backwards. */
  step: Micros
}

export function newOrderMemory(): OrderMemory {
  return { last: null, step: 0 }
}

/** An instant with what is to be said about it. */
export interface Placed {
  instant: Micros
  /** Flags of {@link QualityFlag}. */
  flags: number
}

/**
 * Finds the instant of a local time. In the hour that comes twice the order of the rows decides: time goes on in the direction of the
 * rows before. An hour that does not exist is taken as if the clocks had not been put forward yet, and marked.
 */
export function placeLocal(local: Micros, zone: Zone, memory: OrderMemory, out: Placed): void {
  const { kind, earlier, later } = zone.resolve(local)
  out.flags = kind === LocalTimeKind.Unique ? 0 : kind === LocalTimeKind.Ambiguous ? QualityFlag.Ambiguous : QualityFlag.TimeInvalid
  out.instant = kind === LocalTimeKind.Ambiguous ? inOrder(earlier, later, memory) : earlier
  follow(memory, out.instant)
}

/** Notes an instant that needed no decision. */
export function follow(memory: OrderMemory, instant: Micros): void {
  if (memory.last !== null && instant !== memory.last) memory.step = instant - memory.last
  memory.last = instant
}

function inOrder(earlier: Micros, later: Micros, { last, step }: OrderMemory): Micros {
  if (last === null) return earlier
  if (step < 0) {
    // newest first: the second of the two hours comes first
    if (later > last || (later === last && -step >= later - earlier)) return earlier
    return later
  }
  if (earlier < last && last - earlier <= JITTER) return earlier
  // the same stamp again is the second hour only where rows are that far apart
  if (earlier < last || (earlier === last && step >= later - earlier)) return later
  return earlier
}
