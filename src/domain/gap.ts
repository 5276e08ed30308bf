import type { Micros } from '#base/time.ts'

/** Why nothing is known of a device, or of one tag, for a while. */
export const GapCause = {
  /** It answers, but gives nothing that can be used: settings, a refusal, a fault of its own. */
  Device: 'device',
  /** It does not answer. */
  Link: 'link',
  /** Our driver process did not run, or stood still. */
  Process: 'process',
  /** The database was away for longer than the spool had room. */
  Database: 'database',
  /** The clock of this machine jumped over the time. */
  Clock: 'clock',
  /** Switched off in the configuration. */
  Disabled: 'disabled',
} as const
export type GapCause = (typeof GapCause)[keyof typeof GapCause]
export const GAP_CAUSES: readonly GapCause[] = Object.values(GapCause)

/** A stretch of time about which nothing is known. */
export interface Gap {
  readonly deviceId: number
  /** Null when the whole device is concerned. */
  readonly tagId: number | null
  readonly from: Micros
  /** Exclusive; null while it lasts. */
  readonly to: Micros | null
  readonly cause: GapCause
  /** What the driver said, for people. */
  readonly problem: string | null
}

/** A driver process is back, and does not know since when it was gone: its last delivery says when the gap began, of the kind `process`. */
export const RESTARTED = 'restarted'
export const CHANGE_CAUSES = [...GAP_CAUSES, RESTARTED] as const

/** What a driver process tells the gap ledger. */
export interface GapChange {
  readonly deviceId: number
  readonly tagId: number | null
  /** When it began, or ended; of {@link RESTARTED} when the process was back. */
  readonly at: Micros
  /** Null: the device is observed again, with all its tags that are not switched off. */
  readonly cause: (typeof CHANGE_CAUSES)[number] | null
  readonly problem: string | null
}

/** A process that is back so soon was hardly away. */
export const SHORTEST_STANDSTILL: Micros = 5_000_000
