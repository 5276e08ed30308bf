import { LocalTimeKind, type Zone } from '#calc/zone.ts'
import type { Micros } from '#base/time.ts'

/** How a time stamp is written; `auto` takes text as ISO 8601 and numbers by their size, which is certain from 1973 to 5138. */
export const TIME_UNITS = ['auto', 's', 'ms', 'us', 'ns', 'iso'] as const
export type TimeUnit = (typeof TIME_UNITS)[number]

export interface ReadTime {
  readonly at: Micros
  /** Local time that occurs twice in its zone; the first was taken. */
  readonly ambiguous: boolean
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?(?:\d\d)?)?)?$/i

/**
 * Reads a time stamp out of a payload.
 * @param zone of ISO 8601 texts that name no offset
 * @returns undefined when it cannot be one
 */
export function readTimestamp(raw: unknown, unit: TimeUnit, zone: Zone): ReadTime | undefined {
  if (typeof raw === 'string' && (unit === 'iso' || (unit === 'auto' && !/^[\d.]+$/.test(raw)))) return readIso(raw, zone)
  const number =
    typeof raw === 'number' || typeof raw === 'bigint' ? Number(raw) : typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : NaN
  if (!Number.isFinite(number) || number < 0 || unit === 'iso') return undefined
  const at = Math.round(number * microsOf(unit === 'auto' ? unitBySize(number) : unit))
  return Number.isSafeInteger(at) ? { at, ambiguous: false } : undefined
}

function unitBySize(number: number): TimeUnit {
  if (number < 1e11) return 's'
  if (number < 1e14) return 'ms'
  return number < 1e17 ? 'us' : 'ns'
}

function microsOf(unit: TimeUnit): number {
  return unit === 's' ? 1e6 : unit === 'ms' ? 1e3 : unit === 'ns' ? 1e-3 : 1
}

function readIso(text: string, zone: Zone): ReadTime | undefined {
  const match = ISO.exec(text.trim())
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match
  const clock = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  // Date.UTC rolls the 31st of February on; a leap second becomes the second after it
  const check = new Date(clock)
  if (check.getUTCMonth() !== Number(month) - 1 && Number(second) < 60) return undefined
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return undefined
  const local = clock * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
  if (offset !== undefined) return { at: local - offsetOf(offset), ambiguous: false }
  const resolved = zone.resolve(local)
  return { at: resolved.earlier, ambiguous: resolved.kind === LocalTimeKind.Ambiguous }
}

function offsetOf(text: string): Micros {
  if (text.toUpperCase() === 'Z') return 0
  const digits = text.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4))
  return (text.startsWith('-') ? -minutes : minutes) * 60_000_000
}
