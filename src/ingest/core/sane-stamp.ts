import type { Micros } from '#base/time.ts'
import { QualityFlag, type Sample } from '#domain/sample.ts'

/** The end of the year 9999: no calendar of ours goes further. */
const LAST: Micros = 253_402_300_799_000_000

/** @returns the sample; with the time of arrival instead of a stamp that no clock can have shown: none at all, before 1970, after 9999 */
export function withSaneStamp(sample: Sample, receivedAt: Micros): Sample {
  const { sourceTimestamp } = sample
  if (sourceTimestamp >= 0 && sourceTimestamp <= LAST) return sample
  return {
    ...sample,
    sourceTimestamp: receivedAt,
    quality: sample.quality | QualityFlag.TimeSubstituted | QualityFlag.TimeInvalid,
  }
}
