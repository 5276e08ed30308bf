import type { Micros } from '#base/time.ts'
import { QualityFlag, QualityReason, hasFlag, reasonOf, type Sample } from './sample.ts'

/** A stamp further ahead of its arrival than this is a wrong clock. */
export const CLOCK_TOLERANCE: Micros = 60_000_000

type Reading = Pick<Sample, 'sourceTimestamp' | 'quality'>

/** Whether a reading says only that the device was not reached: then its stamp is ours, and tells nothing of the device's clock. */
export function isOnlyLost({ quality }: Pick<Reading, 'quality'>): boolean {
  return reasonOf(quality) === QualityReason.CommunicationFailure
}

/**
 * Whether a live reading that arrived after the known one becomes the current value. Stamps decide where one clock made both; between
 * the device's clock and ours, which may be minutes apart, and after a clock that was ahead, the arrival decides.
 * @param receivedAt of the later one, by our clock
 */
export function replaces(known: Reading, next: Reading, receivedAt: Micros): boolean {
  return (
    next.sourceTimestamp >= known.sourceTimestamp ||
    hasFlag(next.quality, QualityFlag.ClockReset) ||
    isOnlyLost(known) ||
    isOnlyLost(next) ||
    known.sourceTimestamp > receivedAt + CLOCK_TOLERANCE
  )
}

/**
 * @param known the one that is replaced before it was handed on
 * @returns the reading that goes on in its place: that the clock was set back must not get lost with it
 */
export function inPlaceOf<Kept extends Reading>(known: Reading | undefined, next: Kept): Kept {
  const reset = known === undefined ? 0 : known.quality & QualityFlag.ClockReset
  return reset === 0 ? next : { ...next, quality: next.quality | reset }
}
