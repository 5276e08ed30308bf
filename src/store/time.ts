import type { Micros } from '#base/time.ts'

/** @returns an instant as PostgreSQL reads it, to the microsecond: `2026-11-24T14:00:00.123456Z` */
export function sqlTime(at: Micros): string {
  if (at === Infinity || at === -Infinity) return at < 0 ? '-infinity' : 'infinity'
  const seconds = Math.floor(at / 1_000_000)
  const micros = Math.round(at - seconds * 1_000_000)
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`
}

export function sqlTimeOrNull(at: Micros | null): string | null {
  return at === null ? null : sqlTime(at)
}

/** Reads PostgreSQL's text of a timestamptz in a session whose TimeZone is UTC: `2026-11-24 14:00:00.123456+00`. */
export function microsFromSql(text: string): Micros {
  if (text.startsWith('infinity')) return Number.POSITIVE_INFINITY
  if (text.startsWith('-infinity')) return Number.NEGATIVE_INFINITY
  const dot = text.indexOf('.')
  const plus = text.indexOf('+')
  const whole = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`) * 1000
  if (dot === -1) return whole
  return whole + Number(text.slice(dot + 1, plus === -1 ? undefined : plus).padEnd(6, '0'))
}
