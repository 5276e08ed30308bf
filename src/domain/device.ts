import type { Micros } from '#base/time.ts'

/**
 * `online` answers; `degraded` answers but part of its tags fail or the 20-poll success rate is below 0.9;
 * `error` failed three polls in a row; `quarantined` failed ten and is retried at the cap; `disabled` is not polled;
 * `unknown` was never polled.
 */
export const DeviceStatus = {
  Unknown: 'unknown',
  Online: 'online',
  Degraded: 'degraded',
  Error: 'error',
  Quarantined: 'quarantined',
  Disabled: 'disabled',
} as const
export type DeviceStatus = (typeof DeviceStatus)[keyof typeof DeviceStatus]

/** @returns the name of the process that talks to a protocol's devices, as deploy/services.json names it */
export function driverProcess(protocol: string): string {
  return `driver-${protocol}`
}

/** What people read of a device: its driver's state, and whether anything is heard of it. */
export type DeviceStatusWord = 'ok' | 'warning' | 'error' | 'no_communication' | 'disabled' | 'unknown'

export interface Device {
  readonly id: number
  /** Short and unique, used in formulas, files and messages: PS-01. */
  readonly code: string
  readonly name: string
  /** Where it stands, free text: North / Pump station 1. */
  readonly area: string
  readonly protocol: string
  readonly enabled: boolean
  readonly pollMillis: number
  readonly timeoutMillis: number
  /** Communication is lost when the newest timestamp is older than this, 5 s or more; null switches the alarm off. */
  readonly commTimeoutSeconds: number | null
  readonly commSeverity: 'info' | 'warning' | 'critical'
  /** So many failed polls in a row are an alarm, with the severity of a lost communication; null or left out: none. */
  readonly pollStreak?: number | null
  /** Code of the device that this one hangs on: its power, water or network; empty or left out: none is known. */
  readonly fedBy?: string
  /** Whether a sign of life without a value (a test frame, a clock item) keeps the communication alive; else measured values alone. */
  readonly livenessCounts: boolean
  /** The driver's own settings; its `parseConfig` gives them a type. */
  readonly connection: Readonly<Record<string, unknown>>
  /** Made by the demo plant; removable in one click. */
  readonly demo: boolean
}

export const TagKind = { Analog: 'analog', Counter: 'counter', Digital: 'digital', Text: 'text' } as const
export type TagKind = (typeof TagKind)[keyof typeof TagKind]

export interface Tag {
  readonly id: number
  readonly deviceId: number
  /** Unique in its device. */
  readonly name: string
  /** In the protocol's own words: 40001, HR100.3; empty for a virtual tag. */
  readonly address: string
  /** The driver's own settings of this tag (data type, byte order …). */
  readonly settings: Readonly<Record<string, unknown>>
  readonly kind: TagKind
  readonly unit: string
  /** Digits after the decimal point on screens. */
  readonly decimals: number
  /** value = raw * scale + offset */
  readonly scale: number
  readonly offset: number
  /** Report by exception: a change must exceed this (engineering units); 0 stores every change. */
  readonly deadband: number
  /** Words for 0 and 1 of a digital tag, e.g. Stopped, Running. */
  readonly stateText: readonly [string, string] | null
  readonly enabled: boolean
  /** Of a virtual tag: what it is computed from, such as `${PS-01:Flow} * 3.6`; empty or left out: it is read from its device. */
  readonly formula?: string
}

/** The newest known reading of a tag, for screens. */
export interface Latest {
  readonly tagId: number
  readonly sourceTimestamp: Micros
  readonly value: number | boolean | string | null
  readonly quality: number
}
