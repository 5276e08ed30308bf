import type { Clock, Micros, Millis } from '#base/time.ts'
import type { DriverError } from '#base/errors.ts'
import type { Device, Tag } from '#domain/device.ts'
import type { Sample } from '#domain/sample.ts'

/**
 * What a protocol must offer. A driver knows bytes and addresses; the runtime (`ingest/`) knows time, failure, scaling,
 * report by exception, batching and storage. One folder and one line in catalogue.ts make a protocol.
 *
 * Configuration is parsed by pure functions that never connect; only `connect`, `probe`, `browse` and the actions touch the device.
 */
export interface Driver<Config = unknown, Point = unknown, Shared = unknown> {
  readonly protocol: string
  /** What people call it: Modbus TCP. */
  readonly title: string
  /**
   * JSON Schemas (draft 2020-12, with `title`, `description`, `default`, `examples`) from which forms are drawn. A field with
   * `seldom: true` is folded away; one with `when: { identity: 'userName' }` is drawn only while that field says so; one with
   * `writeOnly: true` is a secret: kept sealed, never shown, handed to `parseConfig` with the others; one with `destination: true` says where
   * the connection leads, and where it changes the secrets are asked for anew. `choices` says what people call each
   * value of an enum: `{ CDAB: 'CDAB: registers swapped' }`.
   */
  readonly connectionSchema: JsonSchema
  readonly tagSchema: JsonSchema
  /** How addresses are written, in one paragraph with examples. */
  readonly addressHelp: string
  /** What happens while nobody looks waits for us with its own time stamps, as rows of files do: our absence makes no gap. */
  readonly waitsForUs?: boolean
  /** What many devices have in common and is configured once, such as an MQTT broker. */
  readonly shared?: SharedConnection<Shared>

  /** @throws ConfigError naming the field */
  parseConfig(raw: unknown): Config
  /** The tag's address and settings as one thing to read. @throws ConfigError naming `address` or the setting */
  parsePoint(tag: Pick<Tag, 'address' | 'settings'>, config: Config): Point

  /**
   * Opens what the device needs, or joins what another device of the same gateway has open.
   * @throws DriverError
   */
  connect(plan: DevicePlan<Config, Point, Shared>, context: SessionContext): Promise<Session<Point>>

  /**
   * Test Connection: tries step by step and reports each; reuses a live connection where the device allows only one.
   * Never throws for a device that misbehaves: that is its result.
   */
  probe(plan: DevicePlan<Config, Point, Shared>, context: SessionContext, onStep: (step: ProbeStep) => void): Promise<ProbeReport>

  /**
   * What could become a tag, level by level and page by page, over the live session where there is one. The plan has no points.
   * @throws DriverError
   */
  browse?(plan: DevicePlan<Config, Point, Shared>, request: BrowseRequest, context: SessionContext): Promise<BrowsePage>

  /**
   * What only this protocol can do for the person in front of the form, by name: read raw registers, trust a certificate. Body and
   * result are JSON; the body is parsed by the action.
   * @throws DriverError, ConfigError
   */
  readonly actions?: Readonly<Record<string, DriverAction<Config, Point, Shared>>>

  /** What was remembered of a device, for people to read: mere bookkeeping is left out. Pure; without it nothing is shown. */
  describeMemory?(memory: Pick<SessionContext, 'recall' | 'recalled'>): Readonly<Record<string, string | number>>

  /** One frame of the log in words, with secrets hidden; pure. */
  describeFrame?(direction: FrameDirection, bytes: Uint8Array): string
}

export interface DriverAction<Config = unknown, Point = unknown, Shared = unknown> {
  run(plan: DevicePlan<Config, Point, Shared>, body: unknown, context: SessionContext): Promise<unknown>
}

export type JsonSchema = Readonly<Record<string, unknown>>

export interface SharedConnection<Shared> {
  /** What people call it: MQTT broker. */
  readonly title: string
  /** The field of the device's connection that holds the code of the shared one. */
  readonly field: string
  /** As {@link Driver.connectionSchema}. */
  readonly schema: JsonSchema
  /** @throws ConfigError naming the field */
  parse(raw: unknown): Shared
}

/** A device with everything parsed. */
export interface DevicePlan<Config = unknown, Point = unknown, Shared = unknown> {
  readonly device: Device
  readonly config: Config
  readonly points: readonly { readonly tag: Tag; readonly point: Point }[]
  /** Of a driver with `shared`: what the device's field names, with its code. */
  readonly shared?: { readonly code: string; readonly config: Shared }
}

export type FrameDirection = 'sent' | 'received'

export interface SessionContext {
  readonly clock: Clock
  /** Aborted when the device is removed or the process stops. */
  readonly signal: AbortSignal
  readonly log: DriverLog
  /** A folder of the protocol's own, kept with the data: certificates and the like. Made on first use by whoever needs it. */
  readonly folder: string
  /** Push drivers hand over what they received; values are raw (unscaled). Historical samples never become the current value. */
  emit(samples: readonly Sample[]): void
  /**
   * Resolves when everything emitted and remembered so far is synced to the local spool: only then acknowledge to the device. While the
   * spool is full it waits: send no acknowledgement, read no further.
   */
  accepted(): Promise<void>
  /** The device showed that it is alive without a value: a clock item, a test frame. Counts against communication loss. */
  alive(at: Micros): void
  /**
   * The conversation stands but the device behind it is gone (an edge node died, a folder cannot be read): its status becomes Error
   * and its tags Bad. Null when it is back.
   */
  absent(problem: string | null): void
  /** What the driver learned of this device (illegal addresses, revised limits, how far a file was read); JSON. */
  recall(key: string): unknown
  /**
   * Keeps it, or forgets it with undefined. It travels with the samples emitted before it in the same turn of the event loop (no await
   * between): after a crash both are there or neither. Text as long as a file name does as a key; values are JSON and small.
   */
  remember(key: string, value: unknown): void
  /** Keys that {@link recall} knows. */
  recalled(prefix: string): readonly string[]
  /** A frame as it went over the wire, for the log that people can look at; the bytes are copied, the call is cheap. */
  frame(direction: FrameDirection, bytes: Uint8Array): void
  /** Counts what the diagnostics page shows, by snake_case name: bytes_sent, sequence_gaps, queue_overflows. */
  count(name: string, by?: number): void
}

export interface DriverLog {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** One device's conversation. Disposing it ends the conversation politely (FIN, CloseSession, STOPDT) within 5 s. */
export interface Session<Point = unknown> extends AsyncDisposable {
  /**
   * One round of all points, stamped with `tick`. Never overlaps itself. A tag that the device refuses comes back with Bad
   * quality; a device that does not answer throws. After an abort the session must be disposed. A session without it pushes.
   * @throws DriverError
   */
  poll?(tick: Micros, signal: AbortSignal): Promise<readonly Sample[]>
  /** Resolves when the conversation ended by itself. */
  readonly closed: Promise<DriverError | undefined>
  /**
   * The device got other tags and nothing else that it has changed: takes them up while the conversation goes on, so that nothing of the
   * others is missed. Those that are new are told with their values, or why there are none.
   * @returns false when it could not; it is disposed then, and the device connected anew
   */
  replan?(points: DevicePlan<unknown, Point>['points']): Promise<boolean>
  /** What the diagnostics page shows of this conversation: negotiated parameters, learned limits, holes; JSON, in people's words. */
  facts?(): Readonly<Record<string, string | number | boolean>>
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

export interface BrowseRequest {
  /** `key` of the node to look below; null for the root. */
  readonly parent: string | null
  /** Only nodes whose name or path contains this, at any depth below the parent; null for the level itself. */
  readonly search: string | null
  /** Of the page before; null for the first. */
  readonly cursor: string | null
  /** Nodes a page, 1 to 1000. */
  readonly limit: number
}

export interface BrowsePage {
  readonly nodes: readonly BrowseNode[]
  /** Where the next page begins; null when this is the last. */
  readonly cursor: string | null
}

export interface BrowseNode {
  /** Names the node in further requests. */
  readonly key: string
  readonly name: string
  /** Names from the root to here, joined by a slash. */
  readonly path: string
  readonly hasChildren: boolean
  /** In the protocol's words: Double, Int32[4], Folder. */
  readonly type: string
  readonly description: string
  /** The live value as text; null where there is none. */
  readonly value: string | null
  readonly good: boolean
  /** The protocol's own status in words; empty when Good. */
  readonly status: string
  readonly sourceTimestamp: Micros | null
  /** As the tag it would become; null for a folder or what cannot be a tag. */
  readonly tag: ProposedTag | null
}

export type ProposedTag = Pick<Tag, 'name' | 'address' | 'settings' | 'kind' | 'unit'>
