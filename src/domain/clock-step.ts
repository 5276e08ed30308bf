import type { Micros } from '#base/time.ts'

/** After so many arrivals in a row with nothing newer, the device's clock was set back. */
export const STEPPED_BACK_AFTER = 3

/** Arrivals in a row that were all older than the newest. */
export interface OlderRun {
  readonly count: number
  readonly sourceTimestamp: Micros
  readonly receivedAt: Micros
}

/**
 * One more arrival in which everything was older than the newest. Stamps of a clock that was set back advance as our clock does; those of
 * readings that come out of a buffer advance faster, and are history: with them the run begins anew.
 * @param stamp the newest of the arrival
 */
export function nextOlder(before: OlderRun | null, stamp: Micros, receivedAt: Micros): OlderRun {
  if (before === null) return { count: 1, sourceTimestamp: stamp, receivedAt }
  const stamps = stamp - before.sourceTimestamp
  const arrivals = receivedAt - before.receivedAt
  const inStep = stamps >= 0 && Math.abs(stamps - arrivals) <= 0.5 * Math.max(stamps, arrivals)
  return { count: inStep ? before.count + 1 : 1, sourceTimestamp: stamp, receivedAt }
}
