import { formatNumber } from './numbers.ts'

/** The decimal mark of a language. */
export function decimalMark(locale: string): string {
  return formatNumber(0.5, 1, locale).slice(1, 2)
}
