import type { Micros } from '#base/time.ts'

/** CP56Time2a as it is on the wire (IEC 60870-5-101, 7.2.6.18), and the wall clock it tells. */
export interface Cp56 {
  /** Microseconds that a wall clock showing this time would stand at were it UTC; null when the fields are no date (32 January). */
  readonly local: Micros | null
  /** IV: the station does not trust its clock. */
  readonly invalid: boolean
  /** GEN (RES1): the time was put in somewhere on the way. */
  readonly substituted: boolean
  /** SU */
  readonly summer: boolean
  /** 1 Monday to 7 Sunday; 0 unused. */
  readonly dayOfWeek: number
}

const MINUTE: Micros = 60_000_000
const HOUR: Micros = 60 * MINUTE

/**
 * @param at of the first of seven octets
 * @param year of today: the two digits on the wire mean the year nearest to it
 */
export function readCp56(bytes: Uint8Array, at: number, year: number): Cp56 {
  const minute = bytes[at + 2] ?? 0
  const hour = bytes[at + 3] ?? 0
  const day = bytes[at + 4] ?? 0
  return {
    local: wallClock(bytes, at, year),
    invalid: (minute & 0x80) !== 0,
    substituted: (minute & 0x40) !== 0,
    summer: (hour & 0x80) !== 0,
    dayOfWeek: day >> 5,
  }
}

function wallClock(bytes: Uint8Array, at: number, year: number): Micros | null {
  const millis = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  const minute = (bytes[at + 2] ?? 0) & 0x3f
  const hour = (bytes[at + 3] ?? 0) & 0x1f
  const day = (bytes[at + 4] ?? 0) & 0x1f
  const month = (bytes[at + 5] ?? 0) & 0x0f
  const digits = (bytes[at + 6] ?? 0) & 0x7f
  if (millis > 59_999 || minute > 59 || hour > 23 || day < 1 || month < 1 || month > 12 || digits > 99) return null
  const midnight = Date.UTC(fullYear(digits, year), month - 1, day)
  // the 30th of February would silently become a day in March
  if (day > 28 && new Date(midnight).getUTCDate() !== day) return null
  return midnight * 1000 + hour * HOUR + minute * MINUTE + millis * 1000
}

/** @returns the year with these last two digits that is nearest to `year`; of two equally near the earlier */
export function fullYear(digits: number, year: number): number {
  const ahead = (((digits - year) % 100) + 100) % 100
  return year + (ahead < 50 ? ahead : ahead - 100)
}

/** CP24Time2a: the time within some hour. */
export interface Cp24 {
  /** Since the hour began, below 3600 s; null when the fields are no time. */
  readonly withinHour: Micros | null
  readonly invalid: boolean
  readonly substituted: boolean
}

/** @param at of the first of three octets (IEC 60870-5-101, 7.2.6.19) */
export function readCp24(bytes: Uint8Array, at: number): Cp24 {
  const millis = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  const third = bytes[at + 2] ?? 0
  const minute = third & 0x3f
  return {
    withinHour: millis > 59_999 || minute > 59 ? null : minute * MINUTE + millis * 1000,
    invalid: (third & 0x80) !== 0,
    substituted: (third & 0x40) !== 0,
  }
}

/** @returns the seven octets; fractions of a millisecond are cut off, a time without date becomes zeros with IV */
export function encodeCp56(time: Cp56): Uint8Array {
  const bytes = new Uint8Array(7)
  if (time.local === null) return Uint8Array.of(0, 0, 0x80, 0, 0, 0, 0)
  const date = new Date(Math.floor(time.local / 1000))
  const millis = date.getUTCSeconds() * 1000 + date.getUTCMilliseconds()
  bytes[0] = millis & 0xff
  bytes[1] = millis >> 8
  bytes[2] = date.getUTCMinutes() | (time.substituted ? 0x40 : 0) | (time.invalid ? 0x80 : 0)
  bytes[3] = date.getUTCHours() | (time.summer ? 0x80 : 0)
  bytes[4] = date.getUTCDate() | (time.dayOfWeek << 5)
  bytes[5] = date.getUTCMonth() + 1
  bytes[6] = date.getUTCFullYear() % 100
  return bytes
}
