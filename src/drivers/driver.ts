import type { Clock, Micros, Millis } from '#base/time.ts'
import type { DriverError } from '#base/errors.ts'
import type { Device, Tag } from '#domain/device.ts'
import type { Sample } from '#domain/sample.ts'

/**
 * What a protocol must offer. A driver knows bytes and addresses; the runtime (`ingest/`) knows time, failure, scaling,
 * report by exception, batching and storage. One folder and one line in catalogue.ts make a protocol.
 *
 * Configuration is parsed by pure functions that never connect; only `connect` and `probe` touch the device.
 */
export interface Driver<Config = unknown, Point = unknown> {
  readonly protocol: string
  /** What people call it: Modbus TCP. */
  readonly title: string
  /**
   * JSON Schemas (draft 2020-12, with `title`, `description`, `default`, `examples`) from which forms are drawn. A field with
   * `seldom: true` is folded away.
   */
  readonly connectionSchema: Readonly<Record<string, unknown>>
  readonly tagSchema: Readonly<Record<string, unknown>>
  /** How addresses are written, in one paragraph with examples. */
  readonly addressHelp: string

  /** @throws ConfigError naming the field */
  parseConfig(raw: unknown): Config
  /** The tag's address and settings as one thing to read. @throws ConfigError naming `address` or the setting */
  parsePoint(tag: Pick<Tag, 'address' | 'settings'>, config: Config): Point

  /**
   * Opens what the device needs, or joins what another device of the same gateway has open.
   * @throws DriverError
   */
  connect(plan: DevicePlan<Config, Point>, context: SessionContext): Promise<Session>

  /**
   * Test Connection: tries step by step and reports each; reuses a live connection where the device allows only one.
   * Never throws for a device that misbehaves: that is its result.
   */
  probe(plan: DevicePlan<Config, Point>, context: SessionContext, onStep: (step: ProbeStep) => void): Promise<ProbeReport>
}

/** A device with everything parsed. */
export interface DevicePlan<Config = unknown, Point = unknown> {
  readonly device: Device
  readonly config: Config
  readonly points: readonly { readonly tag: Tag; readonly point: Point }[]
}

export interface SessionContext {
  readonly clock: Clock
  /** Aborted when the device is removed or the process stops. */
  readonly signal: AbortSignal
  readonly log: DriverLog
  /** Push drivers hand over what they received; values are raw (unscaled). */
  emit(samples: readonly Sample[]): void
  /** Resolves when everything emitted so far is synced to the local spool: only then acknowledge to the device. */
  accepted(): Promise<void>
  /** What the driver learned of this device and wants back after a restart (illegal addresses, revised limits). */
  recall(key: string): unknown
  remember(key: string, value: unknown): void
}

export interface DriverLog {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** One device's conversation. Disposing it ends the conversation politely (FIN, CloseSession, STOPDT) within 5 s. */
export interface Session extends AsyncDisposable {
  /**
   * One round of all points, stamped with `tick`. Never overlaps itself. A tag that the device refuses comes back with Bad
   * quality; a device that does not answer throws. After an abort the session must be disposed.
   * @throws DriverError
   */
  poll?(tick: Micros, signal: AbortSignal): Promise<readonly Sample[]>
  /** Resolves when the conversation ended by itself. */
  readonly closed: Promise<DriverError | undefined>
}

export interface ProbeStep {
  /** resolve, connect, read … */
  readonly name: string
  readonly ok: boolean
  readonly millis: Millis
  /** What was found, or what went wrong, in a sentence. */
  readonly message: string
  /** What to do about it; null when ok. */
  readonly remedy: string | null
}

export interface ProbeReport {
  readonly ok: boolean
  readonly steps: readonly ProbeStep[]
  /** The tags read live, raw. */
  readonly values: readonly { readonly tagName: string; readonly value: string; readonly good: boolean; readonly problem: string | null }[]
}
