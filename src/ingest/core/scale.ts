import type { Tag } from '#domain/device.ts'
import type { Value } from '#domain/sample.ts'

/**
 * value = raw * scale + offset, in engineering units. Booleans and texts pass as they are; an integer beyond 2^53 stays
 * exact as long as there is nothing to scale.
 */
export function scaleValue(raw: Value, { scale, offset }: Pick<Tag, 'scale' | 'offset'>): Value {
  if (scale === 1 && offset === 0) return raw
  if (typeof raw !== 'number' && typeof raw !== 'bigint') return raw
  return times(Number(raw), scale) + offset
}

/**
 * 3 * 0.1 is 0.30000000000000004, but 3 / 10 is 0.3: where the scale is one over a whole number we divide. Screens and
 * history then hold the short decimals that the device meant.
 */
function times(value: number, scale: number): number {
  const inverse = Math.round(1 / scale)
  return inverse !== 0 && Math.abs(inverse) <= 1e9 && 1 / inverse === scale ? value / inverse : value * scale
}
