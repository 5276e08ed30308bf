import type { Micros } from '#base/time.ts'
import { QualityFlag } from '#domain/sample.ts'

/** An OPC UA DateTime as the wire has it: milliseconds since 1970, and the part below the millisecond (Part 4, 7.11.3). */
export interface Stamp {
  readonly millis: number
  readonly picoseconds: number
}

/** DateTime 0 (1601) and a few days after mean "no time"; from 2255 a double loses the microsecond. */
const EARLIEST = Date.UTC(1601, 0, 3)
const LATEST = Date.UTC(2255, 0, 1)
const FUTURE_ALLOWED: Micros = 300_000_000

/** @returns the exact microsecond; undefined where the server gave none that means anything */
export function toMicros(stamp: Stamp | undefined): Micros | undefined {
  if (stamp === undefined || !(stamp.millis > EARLIEST) || !(stamp.millis < LATEST)) return undefined
  return stamp.millis * 1000 + Math.floor(stamp.picoseconds / 1_000_000)
}

export interface Chosen {
  readonly at: Micros
  /** Of {@link QualityFlag}. */
  readonly flags: number
}

/**
 * The source's time, else the server's, else ours. A source that is more than five minutes ahead of us is believed by nobody: the
 * next in line speaks, and the sample says so.
 */
export function chooseTimestamp(source: Micros | undefined, server: Micros | undefined, received: Micros): Chosen {
  const latest = received + FUTURE_ALLOWED
  const doubt = source !== undefined && source > latest ? QualityFlag.TimeInvalid : 0
  if (source !== undefined && source <= latest) return { at: source, flags: 0 }
  if (server !== undefined && server <= latest) return { at: server, flags: doubt }
  return { at: received, flags: QualityFlag.TimeSubstituted | doubt }
}
