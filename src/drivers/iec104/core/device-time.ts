import type { Micros } from '#base/time.ts'
import { LocalTimeKind, type Zone } from '#calc/zone.ts'
import { QualityFlag } from '#domain/sample.ts'
import { readCp24, readCp56, type Cp56 } from './cp56time2a.ts'

/** What the summer-time bit is worth in the hour that comes twice. */
export const SummerTimeBit = { Honour: 'honour', Ignore: 'ignore' } as const
export type SummerTimeBit = (typeof SummerTimeBit)[keyof typeof SummerTimeBit]

export interface ResolvedTime {
  readonly at: Micros
  /** Of {@link QualityFlag}. */
  readonly flags: number
  /** Whether the station itself told the whole of it. */
  readonly told: boolean
}

const HOUR: Micros = 3_600_000_000
/** How far a station's clock may run ahead of ours before a time of its counts as still to come. */
const AHEAD: Micros = 300_000_000
/** Events of one station may come this much out of order without meaning that its clock was put back. */
const OUT_OF_ORDER: Micros = 10_000_000
/** A clock that is further ahead was never set. */
const NEVER_SET: Micros = 24 * HOUR

/**
 * From the times of one station to instants. It remembers the newest event, because in the hour that comes twice the order of the events
 * tells what the wall clock does not; and whether the station uses its summer-time bit at all.
 */
export class DeviceTime {
  readonly #zone: Zone
  readonly #bit: SummerTimeBit
  #newest: Micros
  #bitIsUsed: boolean | undefined
  #yearUntil: Micros = 0
  #year = 0
  /** Times whose summer-time bit contradicts the zone. */
  mismatches = 0

  /** @param newest the instant of the newest event known of this station, from an earlier process */
  constructor(zone: Zone, bit: SummerTimeBit, newest: Micros = -Infinity) {
    this.#zone = zone
    this.#bit = bit
    this.#newest = newest
  }

  get newest(): Micros {
    return this.#newest
  }

  /** Nothing came with it: it is from about now. */
  untimed(receivedAt: Micros): ResolvedTime {
    return { at: receivedAt, flags: QualityFlag.TimeSubstituted, told: false }
  }

  /** @param at of the first octet of a CP56Time2a */
  full(bytes: Uint8Array, at: number, receivedAt: Micros): ResolvedTime {
    const time = readCp56(bytes, at, this.#yearAt(receivedAt))
    const summer = time.summer ? QualityFlag.SummerTime : 0
    if (time.invalid || time.local === null) return distrusted(receivedAt, summer)
    const { instant, ambiguous } = this.#instantOf(time, time.local, receivedAt)
    if (instant > receivedAt + NEVER_SET) return distrusted(receivedAt, summer)
    if (instant > this.#newest) this.#newest = instant
    const flags = summer | (ambiguous ? QualityFlag.Ambiguous : 0) | (time.substituted ? QualityFlag.TimeSubstituted : 0)
    return { at: instant, flags, told: true }
  }

  /**
   * The latest time with these minutes that is not more than five minutes ahead: right for everything less than 55 minutes old.
   * @param at of the first octet of a CP24Time2a
   */
  withinHour(bytes: Uint8Array, at: number, receivedAt: Micros): ResolvedTime {
    const time = readCp24(bytes, at)
    if (time.invalid || time.withinHour === null) return distrusted(receivedAt)
    const local = this.#zone.toLocal(receivedAt)
    const behind = (((local + AHEAD - time.withinHour) % HOUR) + HOUR) % HOUR
    return { at: receivedAt + AHEAD - behind, flags: QualityFlag.TimeSubstituted, told: true }
  }

  /** What the station's clock should show at an instant, with its summer-time bit. */
  clockAt(instant: Micros): Cp56 {
    const local = this.#zone.toLocal(instant)
    const weekday = new Date(Math.floor(local / 1000)).getUTCDay()
    return { local, invalid: false, substituted: false, summer: this.#zone.isSummerAt(instant), dayOfWeek: weekday === 0 ? 7 : weekday }
  }

  #instantOf(time: Cp56, local: Micros, receivedAt: Micros): { readonly instant: Micros; readonly ambiguous: boolean } {
    const { kind, earlier, later } = this.#zone.resolve(local)
    if (kind === LocalTimeKind.Gap) return { instant: earlier, ambiguous: true }
    if (kind === LocalTimeKind.Ambiguous) return { instant: this.#which(time.summer, earlier, later, receivedAt), ambiguous: true }
    const summer = this.#zone.isSummerAt(earlier)
    if (summer !== time.summer) this.mismatches++
    // the bit can only show its worth in summer: in winter it is 0 either way
    if (summer) this.#bitIsUsed = time.summer
    return { instant: earlier, ambiguous: false }
  }

  /** Which of two instants with the same wall clock: by the bit, else by what cannot be yet, else by order, else the earlier. */
  #which(summer: boolean, earlier: Micros, later: Micros, receivedAt: Micros): Micros {
    if (this.#bit === SummerTimeBit.Honour && (summer || this.#bitIsUsed !== false)) return summer ? earlier : later
    if (later > receivedAt + AHEAD) return earlier
    return earlier < this.#newest - OUT_OF_ORDER ? later : earlier
  }

  #yearAt(instant: Micros): number {
    if (instant < this.#yearUntil && instant >= this.#yearUntil - 24 * HOUR) return this.#year
    this.#yearUntil = instant + 24 * HOUR
    this.#year = new Date(Math.floor(instant / 1000)).getUTCFullYear()
    return this.#year
  }
}

/** The value counts, its time does not. */
function distrusted(receivedAt: Micros, summer = 0): ResolvedTime {
  return { at: receivedAt, flags: QualityFlag.TimeInvalid | QualityFlag.TimeSubstituted | summer, told: false }
}
