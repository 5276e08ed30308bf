/** Samples of a period as a line: seconds since 1970, values, and what held when it began. */
export interface HeldLine {
  readonly times: readonly number[]
  readonly values: readonly (number | null)[]
  /** Packed, one a sample. */
  readonly qualities?: readonly number[]
  readonly held: number | null
}

/**
 * A line of samples from edge to edge: a value that did not change was told before the period, or long before its end, and holds.
 * @param from where the period begins @param until the last moment for which the device told its values
 */
export function heldOver<Line extends HeldLine>(line: Line, from: number, until: number): Line {
  const { times, values, qualities, held } = line
  const before = held !== null && (times[0] ?? until) > from
  const last = values.at(-1) ?? (times.length === 0 ? held : null)
  const after = last !== null && until > (times.at(-1) ?? from)
  if (!before && !after) return line
  const joined = <T>(head: T, middle: readonly T[], tail: T): T[] => [...(before ? [head] : []), ...middle, ...(after ? [tail] : [])]
  return {
    ...line,
    times: joined(from, times, until),
    values: joined(held, values, last),
    ...(qualities === undefined ? {} : { qualities: joined(0, qualities, qualities.at(-1) ?? 0) }),
  }
}
