import type { Micros } from '#base/time.ts'
import { zoneOffset } from './zone-offset.ts'

const DAY = 86_400

/** What a field for date and time shows (HTML, "local date and time"): the wall clock of the zone to the minute. */
export function localText(at: Micros, timeZone: string): string {
  const seconds = Math.floor(at / 1_000_000)
  return new Date((seconds + zoneOffset(timeZone)(seconds)) * 1000).toISOString().slice(0, 16)
}

/**
 * @param text of such a field
 * @returns the instant: of an hour that clocks put back show twice the first; of one that they skip what the offset before gives (RFC 5545,
 *   3.3.5); undefined while the field is not filled in
 */
export function instantOf(text: string, timeZone: string): Micros | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return undefined
  const local = Date.parse(`${text.slice(0, 16)}Z`) / 1000
  return Number.isFinite(local) ? resolved(local, zoneOffset(timeZone)) * 1_000_000 : undefined
}

/**
 * @returns the second since 1970 at which the wall clock of the zone showed the same a day, a week or a year before: 23 hours before, where
 *   clocks were put forward in between; for 29 February that is 1 March
 */
export function wallClockBefore(seconds: number, step: 'day' | 'week' | 'year', timeZone: string): number {
  const offset = zoneOffset(timeZone)
  const wall = new Date((seconds + offset(seconds)) * 1000)
  if (step === 'year') wall.setUTCFullYear(wall.getUTCFullYear() - 1)
  else wall.setUTCDate(wall.getUTCDate() - (step === 'week' ? 7 : 1))
  return resolved(wall.getTime() / 1000, offset)
}

/** @returns the second since 1970 at which the day of the zone ends, 23 to 25 hours after it began */
export function nextMidnight(seconds: number, timeZone: string): number {
  const offset = zoneOffset(timeZone)
  return resolved((Math.floor((seconds + offset(seconds)) / DAY) + 1) * DAY, offset)
}

/** The first instant, in seconds since 1970, at which the wall clock shows it; of a time that is skipped what the offset before gives. */
function resolved(local: number, offset: (seconds: number) => number): number {
  const before = local - offset(local - DAY)
  const after = local - offset(local + DAY)
  const shown = [before, after].filter((seconds) => seconds + offset(seconds) === local)
  return shown.length === 0 ? before : Math.min(...shown)
}
