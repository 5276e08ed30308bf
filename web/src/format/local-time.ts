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
  if (!Number.isFinite(local)) return undefined
  const offset = zoneOffset(timeZone)
  const before = local - offset(local - DAY)
  const after = local - offset(local + DAY)
  const shown = [before, after].filter((seconds) => seconds + offset(seconds) === local)
  return (shown.length === 0 ? before : Math.min(...shown)) * 1_000_000
}
