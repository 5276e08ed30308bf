import type { Micros } from '#base/time.ts'

/** Samples between two instants, summed up so that neighbours can be joined. */
export interface Stretch {
  readonly from: Micros
  readonly to: Micros
  readonly sum: number
  readonly count: number
  readonly least: number
  readonly greatest: number
  /** Value times seconds, and the seconds for which there was a value. */
  readonly integral: number
  readonly known: number
  /** By how much a counter rose to its samples. */
  readonly rise: number
  /** First and last value; NaN when there was none. */
  readonly firstValue: number
  readonly lastValue: number
}

export const noStretch: Stretch = {
  from: 0,
  to: 0,
  sum: 0,
  count: 0,
  least: Number.POSITIVE_INFINITY,
  greatest: Number.NEGATIVE_INFINITY,
  integral: 0,
  known: 0,
  rise: 0,
  firstValue: Number.NaN,
  lastValue: Number.NaN,
}

/** One sample that held until `to`. @param value NaN when it had no value */
export function stretchOf(from: Micros, to: Micros, value: number, rise: number): Stretch {
  if (Number.isNaN(value)) return { ...noStretch, from, to }
  const seconds = (to - from) / 1_000_000
  return {
    from,
    to,
    sum: value,
    count: 1,
    least: value,
    greatest: value,
    integral: value * seconds,
    known: seconds,
    rise,
    firstValue: value,
    lastValue: value,
  }
}

/** `later` follows `earlier`; associative. */
export function join(earlier: Stretch, later: Stretch): Stretch {
  if (earlier === noStretch) return later
  if (later === noStretch) return earlier
  return {
    from: earlier.from,
    to: later.to,
    sum: earlier.sum + later.sum,
    count: earlier.count + later.count,
    least: Math.min(earlier.least, later.least),
    greatest: Math.max(earlier.greatest, later.greatest),
    integral: earlier.integral + later.integral,
    known: earlier.known + later.known,
    rise: earlier.rise + later.rise,
    firstValue: Number.isNaN(earlier.firstValue) ? later.firstValue : earlier.firstValue,
    lastValue: Number.isNaN(later.lastValue) ? earlier.lastValue : later.lastValue,
  }
}
