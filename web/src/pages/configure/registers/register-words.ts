import type { Layout } from '#drivers/modbus/core/decode.ts'
import { registersOf } from '#drivers/modbus/core/decode.ts'
import type { Reason } from '#drivers/modbus/core/plausible.ts'
import type { Value } from '#domain/sample.ts'
import { formatShort } from '../../../format/numbers.ts'
import type { PlainKey } from '../../../i18n/translate.ts'

/** float CDAB, int16 swapped: as the form of the tag calls it. */
export function layoutName({ dataType, byteOrder, byteSwap, length }: Layout): string {
  if (dataType === 'string') return `string ${length}`
  return registersOf({ dataType, length }) > 1 ? `${dataType} ${byteOrder}` : byteSwap ? `${dataType} BA` : dataType
}

/** Short enough for a cell, exact enough to recognise the number on a display. */
export function formatReading(value: Value, locale: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return Number(value).toExponential(3)
  if (typeof value !== 'number') return '–'
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return value.toExponential(3)
  return formatShort(Number(value.toPrecision(Number.isInteger(value) ? 15 : 7)), locale, size < 1 ? 6 : 4)
}

export const REASON_WORDS = {
  range: 'explore.reason.range',
  round: 'explore.reason.round',
  steady: 'explore.reason.steady',
  neighbours: 'explore.reason.neighbours',
  text: 'explore.reason.text',
  overlaps: 'explore.reason.overlaps',
  jumps: 'explore.reason.jumps',
  extreme: 'explore.reason.extreme',
  invalid: 'explore.reason.invalid',
} as const satisfies Record<Reason, PlainKey>

/** Four hexadecimal digits. */
export function hexOf(register: number): string {
  return register.toString(16).toUpperCase().padStart(4, '0')
}
