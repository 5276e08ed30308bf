import type { Tag, Value } from '../api/replies.ts'
import { formatNumber } from './numbers.ts'

export interface ValueFormat extends Pick<Tag, 'kind' | 'decimals'> {
  readonly stateText: readonly [string, string] | null
}

/** What people read of a value, without its unit; an en dash for no value. Integers beyond 2^53 arrive as strings and keep every digit. */
export function formatValue(value: Value | undefined, tag: ValueFormat, locale: string): string {
  if (value === null || value === undefined) return '–'
  if (tag.kind === 'digital' || typeof value === 'boolean') {
    const on = value === true || value === 1 || value === '1' || value === 'true'
    return tag.stateText?.[on ? 1 : 0] ?? (on ? '1' : '0')
  }
  if (typeof value === 'number') return formatNumber(value, tag.decimals, locale)
  if (tag.kind !== 'text' && /^-?\d+$/.test(value)) return new Intl.NumberFormat(locale).format(BigInt(value))
  return value
}
