import type { Micros } from '#base/time.ts'
import type { DeviceStatus } from './device.ts'
import type { Sample } from './sample.ts'

/**
 * What one flush of a source brings to every reader: the journal entry of architecture section "delivery journal".
 * A poll answer is never split over two deliveries.
 */
export interface Delivery {
  /** The writing process, e.g. `driver-modbus`; a tag belongs to exactly one source. */
  readonly source: string
  /** Counts 1, 2, 3 … per source without a gap. */
  readonly seq: number
  /** The source's clock at the flush; communication loss is judged against this, never against the reader's clock. */
  readonly receivedAt: Micros
  /** Every reading whose value or quality changed, in order of arrival. */
  readonly readings: readonly Sample[]
  /** State of each device heard of or polled since the last delivery. */
  readonly devices: readonly DeviceReport[]
}

export interface DeviceReport {
  readonly deviceId: number
  /** Newest timestamp the device itself reported on any value, stored or not; null when it never reported. */
  readonly newest: Micros | null
  readonly status: DeviceStatus
  /** Polls failed in a row; 0 after a success. */
  readonly consecutiveFailures: number
  /** Share of the last 20 polls that succeeded, 0 to 1. */
  readonly successRate: number
  /** What went wrong last, for people; null when well. */
  readonly problem: string | null
}
