/** A span in milliseconds. */
export type Millis = number

/** An instant: microseconds since 1970-01-01T00:00:00Z, exact in a double until the year 2255. */
export type Micros = number

/** Two clocks, injected so that tests run in virtual time. */
export interface Clock {
  /** The wall clock. */
  now(): Micros
  /** Never steps back, unrelated to the wall clock: for time-outs and intervals. */
  mono(): Millis
}

/** @returns the span in microseconds, to add to an instant. */
export function microsOf(span: { seconds?: number; millis?: number }): Micros {
  return (span.seconds ?? 0) * 1_000_000 + (span.millis ?? 0) * 1_000
}
