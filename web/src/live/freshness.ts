import { type QualitySeverity, severityOf, QualitySeverity as Severity } from '#domain/sample.ts'
import type { Micros } from '#base/time.ts'
import type { DeviceState } from '../api/replies.ts'
import type { Reading, StreamState } from './store.ts'

/**
 * `fresh`: current. `stale`: too old for its device. `lost`: the stream to this screen broke, so nobody here knows. `bad`: the device says
 * so itself. `none`: never read.
 */
export type Freshness = 'fresh' | 'stale' | 'lost' | 'bad' | 'none'

export interface FreshnessInput {
  readonly now: Micros
  readonly stream: StreamState
  readonly reading: Reading | undefined
  readonly device: DeviceState | undefined
  /** See {@link staleAfterSeconds} of pushes.ts. */
  readonly staleAfterSeconds: number
}

export interface FreshnessVerdict {
  readonly state: Freshness
  /** Seconds since the value was last confirmed by its device; null when never. */
  readonly ageSeconds: number | null
  readonly quality: QualitySeverity
}

/** Seconds. However seldom a device sends: while it is gone nobody knows whether it would. */
const PATIENCE_WITHOUT_DEVICE = 10

/**
 * A value that did not change is not sent again: while its device answers, the device's newest timestamp confirms it. That holds for good
 * values of a device that is well; otherwise the value's own time counts.
 */
export function freshnessOf(input: FreshnessInput): FreshnessVerdict {
  const { now, stream, reading, device } = input
  if (reading === undefined) return { state: 'none', ageSeconds: null, quality: Severity.Bad }
  const quality = severityOf(reading.quality)
  const confirms = quality !== Severity.Bad && (device?.status === 'online' || device?.status === 'degraded')
  const confirmed = Math.max(reading.sourceTimestamp, confirms ? (device.newest ?? 0) : 0)
  const ageSeconds = Math.max(0, (now - confirmed) / 1_000_000)
  if (stream !== 'live' && stream !== 'connecting') {
    // A short break: the last values still stand until they would be stale anyway.
    if (stream === 'lost') return { state: 'lost', ageSeconds, quality }
  }
  if (quality === Severity.Bad) return { state: 'bad', ageSeconds, quality }
  const isGone = device?.status === 'error' || device?.status === 'quarantined'
  const patience = isGone ? Math.min(PATIENCE_WITHOUT_DEVICE, input.staleAfterSeconds) : input.staleAfterSeconds
  return { state: ageSeconds > patience ? 'stale' : 'fresh', ageSeconds, quality }
}
