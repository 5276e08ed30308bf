import type { Clock } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { GapChange } from '#domain/gap.ts'
import type { Driver, DriverLog } from '#drivers/driver.ts'
import type { Conversation } from './conversation.ts'
import type { Reading, TagMemory } from './core/report-by-exception.ts'
import type { DeviceDiagnostics } from './device-diagnostics.ts'
import type { DeviceSetup } from './device-setup.ts'
import type { DeviceMemory } from './learned-memory.ts'
import type { PushedState } from './pushed-state.ts'

/** A conversation that outlives its loop, with what the device has shown in it. */
export interface Standing {
  readonly conversation: Conversation
  readonly pushed: PushedState
}

/** What one device's loop is given. */
export interface DeviceLoopOptions {
  readonly driver: Driver
  readonly setup: DeviceSetup
  readonly clock: Clock
  readonly log: DriverLog
  /** Of this installation; see host/secrets.ts. */
  readonly key: Uint8Array
  /** Of the protocol: certificates and the like. */
  readonly folder: string
  /** What is remembered of each tag's last readings; outlives the loop, so that an edit does not store everything again. */
  readonly memories: Map<number, TagMemory>
  /** Outlive the loop as well. */
  readonly diagnostics: DeviceDiagnostics
  readonly learned: DeviceMemory
  /** As the last loop of this device, or the database, left it. */
  readonly known?: Pick<DeviceReport, 'status' | 'consecutiveFailures' | 'problem' | 'newest'> | undefined
  readonly onReadings: (readings: readonly Reading[], report: DeviceReport) => void
  /** Of the loop before, which led the same conversation with other tags; it is ours now. */
  readonly standing?: Standing | undefined
  /** Why the device is not to be connected at all for now; null when it is. See CrashGuard. */
  readonly held: string | null
  /** Work for this device begins. */
  readonly onWork: () => void
  /** Resolves when all that was handed over is safe on disk. */
  readonly accepted: () => Promise<void>
  /** The process did not run before; else the device was edited. */
  readonly afterRestart: boolean
  /** @returns whether the process stood still, or the clock was put forward, since the last look; see {@link Standstill} */
  readonly look: () => boolean
  /** For the gap ledger. */
  readonly onGap: (change: GapChange) => void
  /** Worth an entry in the system events: quarantined, lost, recovered. */
  readonly onChange: (change: 'lost' | 'quarantined' | 'recovered', report: DeviceReport) => void
}
