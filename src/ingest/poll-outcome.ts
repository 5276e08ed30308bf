import { ConfigError, DriverError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { Tag } from '#domain/device.ts'
import { QualityFlag, type Sample } from '#domain/sample.ts'
import type { PollOutcome } from './core/health.ts'

/** What a poll, or a conversation, that ended with an error means for the health of the device, in words with the remedy. */
export function failedOutcome(error: Error): PollOutcome {
  const known = error instanceof ConfigError || error instanceof DriverError
  const problem = known && error.remedy !== undefined ? `${error.message.replace(/\.$/, '')}. ${error.remedy}` : error.message
  // what a person must put right is not tried again soon: it would hammer the device, or lock the account
  const needsPerson = error instanceof ConfigError || (error instanceof DriverError && !error.retriable)
  if (needsPerson) return { kind: 'misconfigured', problem }
  return { kind: 'failed', problem, retryAfterMillis: error instanceof DriverError ? error.retryAfterMillis : undefined }
}

/** @param first of the tags that could not be read; `tags` is how many were asked for */
export function answeredOutcome(badTags: number, first: Tag | undefined, tags: number): PollOutcome {
  const where = `${first?.name ?? '?'} (${first?.address ?? '?'})`
  const problem = `${badTags} of ${tags} tags cannot be read, the first is ${where}. Check their addresses and types.`
  return { kind: 'answered', tags, badTags, problem: badTags === 0 ? null : problem }
}

/** A sample of a poll whose tick says nothing of when the device was read. */
export function stampedAnew(sample: Sample, at: Micros): Sample {
  return { ...sample, sourceTimestamp: at, quality: sample.quality | QualityFlag.TimeSubstituted }
}

/** A mark of ours, not of the device: nothing good is known of the tag. */
export function badSample(tag: Tag, at: Micros, quality: number): Sample {
  return { tagId: tag.id, sourceTimestamp: at, value: null, quality, statusCode: null }
}
