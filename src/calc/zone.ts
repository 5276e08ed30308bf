import { ConfigError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'

/** How a local time stands to its zone: once, twice (clocks put back) or never (clocks put forward). */
export const LocalTimeKind = { Unique: 'unique', Ambiguous: 'ambiguous', Gap: 'gap' } as const
export type LocalTimeKind = (typeof LocalTimeKind)[keyof typeof LocalTimeKind]

export interface ResolvedLocalTime {
  readonly kind: LocalTimeKind
  /** The instant; of two the first; in a gap the one that the offset before the gap gives (RFC 5545, 3.3.5). */
  readonly earlier: Micros
  /** Of two the second; in a gap the one that the offset after the gap gives; otherwise the same as `earlier`. */
  readonly later: Micros
}

/** A stretch of time with one offset from UTC. */
interface Stretch {
  readonly from: Micros
  readonly until: Micros
  /** Local time minus UTC. */
  readonly offset: Micros
  /** Whether clocks are put forward of the zone's standard time of that year. */
  readonly summer: boolean
}

/** More than any zone differs from UTC, or from itself over a change of its clocks. */
const DAY: Micros = 86_400_000_000

/**
 * The offsets of one IANA zone, each stretch asked for once: a conversion costs a comparison, so that a million CSV rows or RTU events
 * are no burden. Local times are given as the microseconds that the wall clock would show were it UTC.
 */
export class Zone {
  readonly name: string
  #current: Stretch

  /** @param name an IANA zone, e.g. Europe/Lisbon. @throws ConfigError naming `timeZone` */
  constructor(name: string) {
    this.name = name
    try {
      this.#current = stretchAt(name, 0)
    } catch (cause) {
      throw new ConfigError('timeZone', `"${name}" is no IANA time zone`, { cause, remedy: 'Choose one such as Europe/Lisbon or UTC.' })
    }
  }

  /** Local time minus UTC at an instant. */
  offsetAt(instant: Micros): Micros {
    return this.#at(instant).offset
  }

  /** Whether summer time is in force at an instant. */
  isSummerAt(instant: Micros): boolean {
    return this.#at(instant).summer
  }

  /** What the wall clock shows at an instant, as the microseconds it would show were it UTC. */
  toLocal(instant: Micros): Micros {
    return instant + this.#at(instant).offset
  }

  /** @param local microseconds that the wall clock would show were it UTC */
  resolve(local: Micros): ResolvedLocalTime {
    const current = this.#current
    const quick = local - current.offset
    // far enough from both ends no other offset can come into question
    if (quick >= current.from + DAY && quick < current.until - DAY) return { kind: LocalTimeKind.Unique, earlier: quick, later: quick }
    const before = this.#at(local - DAY)
    const after = this.#at(local + DAY)
    const first = local - before.offset
    const second = local - after.offset
    if (before.offset === after.offset) return { kind: LocalTimeKind.Unique, earlier: first, later: first }
    const turn = after.from
    if (before.offset > after.offset) {
      if (first < turn && second >= turn) return { kind: LocalTimeKind.Ambiguous, earlier: first, later: second }
    } else if (first >= turn && second < turn) {
      return { kind: LocalTimeKind.Gap, earlier: first, later: second }
    }
    const only = first < turn ? first : second
    return { kind: LocalTimeKind.Unique, earlier: only, later: only }
  }

  #at(instant: Micros): Stretch {
    const current = this.#current
    if (instant >= current.from && instant < current.until) return current
    return (this.#current = stretchAt(this.name, instant))
  }
}

function stretchAt(name: string, at: Micros): Stretch {
  const when = Temporal.Instant.fromEpochNanoseconds(BigInt(Math.floor(at)) * 1000n).toZonedDateTimeISO(name)
  const next = when.getTimeZoneTransition('next')
  // `previous` is strictly before: a transition at this very instant begins the stretch itself
  const last = when.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')
  const offset = when.offsetNanoseconds / 1000
  return {
    from: last === null ? -Infinity : last.epochMilliseconds * 1000,
    until: next === null ? Infinity : next.epochMilliseconds * 1000,
    offset,
    // the smaller offset of the surrounding year is the standard one: Dublin and Casablanca too count as standard in winter
    summer: [-6, -3, 3, 6].some((months) => when.add({ months }).offsetNanoseconds < when.offsetNanoseconds),
  }
}
