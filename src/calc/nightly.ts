import type { Micros } from '#base/time.ts'

/** When the work of the night begins, on the wall clock of the site. */
export const NIGHTLY_HOUR = 3

/**
 * The last time that the clock of the site showed the nightly hour, at or before an instant. Where the clocks are put forward over it, it is
 * the instant that the offset before the gap gives (RFC 5545, 3.3.5); of an hour that comes twice, the first.
 */
export function lastNightly(now: Micros, timeZone: string, hour = NIGHTLY_HOUR): Micros {
  const today = nightlyOf(zoned(now, timeZone), hour)
  return today <= now ? today : nightlyOf(zoned(now, timeZone).subtract({ days: 1 }), hour)
}

/** The next time that the clock of the site shows the nightly hour, after an instant. */
export function nextNightly(now: Micros, timeZone: string, hour = NIGHTLY_HOUR): Micros {
  const today = nightlyOf(zoned(now, timeZone), hour)
  return today > now ? today : nightlyOf(zoned(now, timeZone).add({ days: 1 }), hour)
}

/** The beginning of the day of the site that was so many days ago: what is kept for seven days has seven whole days. */
export function daysAgo(now: Micros, days: number, timeZone: string): Micros {
  return microsOf(zoned(now, timeZone).subtract({ days }).startOfDay())
}

function zoned(at: Micros, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochNanoseconds(BigInt(Math.floor(at)) * 1000n).toZonedDateTimeISO(timeZone)
}

function nightlyOf(day: Temporal.ZonedDateTime, hour: number): Micros {
  return microsOf(day.toPlainDate().toZonedDateTime({ timeZone: day.timeZoneId, plainTime: new Temporal.PlainTime(hour) }))
}

function microsOf(at: Temporal.ZonedDateTime): Micros {
  return Number(at.epochNanoseconds / 1000n)
}
