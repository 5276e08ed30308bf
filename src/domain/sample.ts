import type { Micros } from '#base/time.ts'

/** What a tag can hold. `bigint` only beyond 2^53; `null` when the device gave no value. */
export type Value = number | bigint | boolean | string | null

/** One reading of one tag. */
export interface Sample {
  readonly tagId: number
  /** When the value was true at its source; the scheduled tick for polled devices without a clock. */
  readonly sourceTimestamp: Micros
  readonly value: Value
  /** Severity, reason and flags packed as in {@link packQuality}; 0 is Good without remarks. */
  readonly quality: number
  /** The protocol's own status where quality does not tell it (OPC UA StatusCode, Modbus exception), else null. */
  readonly statusCode: number | null
}

/** OPC UA's three severities (Part 8, 7.7), bits 0 and 1 of a packed quality. */
export const QualitySeverity = { Good: 0, Uncertain: 1, Bad: 2 } as const
export type QualitySeverity = (typeof QualitySeverity)[keyof typeof QualitySeverity]

/** Why a quality is not Good, bits 2 to 5 of a packed quality. */
export const QualityReason = {
  None: 0,
  CommunicationFailure: 1,
  Configuration: 2,
  NotTopical: 3,
  Substituted: 4,
  Blocked: 5,
  Overflow: 6,
  Invalid: 7,
  Stale: 8,
  TypeMismatch: 9,
  BadAddress: 10,
  NoData: 11,
} as const
export type QualityReason = (typeof QualityReason)[keyof typeof QualityReason]

/** Remarks about a sample, bits 6 and up of a packed quality. */
export const QualityFlag = {
  /** The time stamp is ours, not the device's. */
  TimeSubstituted: 1 << 6,
  /** Replayed or backfilled: never the current value. */
  Historical: 1 << 7,
  /** Local time that occurs twice; resolved by rule. */
  Ambiguous: 1 << 8,
  /** An MQTT retained value of unknown age. */
  Retained: 1 << 9,
  /** Stored because the heartbeat was due, not because it changed. */
  Heartbeat: 1 << 10,
  /** The last equal value before a change, stored so that trends keep their steps. */
  LastBeforeChange: 1 << 11,
  /** CP56Time2a SU bit. */
  SummerTime: 1 << 12,
  /** The source says its own clock is invalid. */
  TimeInvalid: 1 << 13,
  /** The source's clock was set back: the current value although older than the one before. */
  ClockReset: 1 << 14,
} as const

/** @returns the 15-bit integer stored in `measurements.quality`. */
export function packQuality(severity: QualitySeverity, reason: QualityReason = QualityReason.None, flags = 0): number {
  return severity | (reason << 2) | flags
}

export const GOOD = 0

export function severityOf(quality: number): QualitySeverity {
  const bits = quality & 3
  return bits === 0 ? QualitySeverity.Good : bits === 1 ? QualitySeverity.Uncertain : QualitySeverity.Bad
}

export function reasonOf(quality: number): number {
  return (quality >> 2) & 15
}

export function hasFlag(quality: number, flag: number): boolean {
  return (quality & flag) !== 0
}
