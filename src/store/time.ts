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
  const whole = dayOf(text.slice(0, 10)) + ((number(text, 11) * 60 + number(text, 14)) * 60 + number(text, 17)) * 1_000_000
  if (dot === -1) return whole
  return whole + Number(text.slice(dot + 1, plus === -1 ? undefined : plus).padEnd(6, '0'))
}

/** Rows that come together are mostly of one day. */
let known = { text: '1970-01-01', micros: 0 }

function dayOf(text: string): Micros {
  if (text !== known.text) known = { text, micros: Date.parse(`${text}T00:00:00Z`) * 1000 }
  return known.micros
}

/** Two digits. */
function number(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
}
