import type { Micros, Millis } from '#base/time.ts'
import type { Metric, SparkplugPayload } from './sparkplug-payload.ts'
import type { MessageType } from './sparkplug-topic.ts'

/** What reached us of one edge node, already decoded. */
export interface NodeMessage {
  readonly type: MessageType
  /** null for the node itself. */
  readonly deviceId: string | null
  readonly payload: SparkplugPayload
  readonly receivedAt: Micros
}

/** What a BIRTH says of a metric, and the newest that is known of it. */
export interface MetricDefinition {
  readonly deviceId: string | null
  readonly name: string
  readonly dataType: number
  readonly unit: string
  last: ReceivedMetric | null
}

export interface ReceivedMetric {
  readonly definition: MetricDefinition
  readonly metric: Metric
  /** The metric's own time, else the payload's, else when it came. */
  readonly at: Micros
  readonly timeSubstituted: boolean
  /** It arrived out of order and was vouched for only by the next birth: history. */
  readonly late: boolean
}

export type NodeEvent =
  /** The node (null) or one device is there; its values follow. */
  | { readonly kind: 'born'; readonly deviceId: string | null }
  /** The node (null) with all its devices, or one device, is gone. */
  | { readonly kind: 'died'; readonly deviceId: string | null; readonly at: Micros }
  | { readonly kind: 'metrics'; readonly deviceId: string | null; readonly metrics: readonly ReceivedMetric[] }
  /** The node's births are needed; asked for at a bounded rate by whoever runs this. */
  | { readonly kind: 'rebirth'; readonly reason: string }
  | { readonly kind: 'counted'; readonly name: string }

export type NodeState = 'unknown' | 'alive' | 'dead'

const MAX_HELD = 255
const MAX_DOUBTFUL = 1000
/** Messages repeated by a broker come soon after the first. */
const DUPLICATE_REACH = 16
/** Devices of a reborn node get this long for their own births. */
const DEVICE_GRACE: Micros = 10_000_000

/**
 * What a host application knows of one edge node (Sparkplug 3.0, chapters 4 and 5): births and deaths, aliases, bdSeq, the sequence
 * numbers 0 to 255 over all messages of the node. Messages out of order wait for the missing one; if it does not come, a
 * rebirth is wanted, and what came meanwhile is handed on as history as soon as that birth shows that its aliases still mean the same.
 * No value ever appears under an alias that is in doubt.
 */
export class SparkplugNode {
  readonly #reorder: Micros
  #state: NodeState = 'unknown'
  #bdSeq = -1
  #deadBdSeq = -1
  /** Of the last birth, in its own milliseconds. */
  #bornAt = -1
  #lastTimestamp = -1
  /** The next sequence number; -1 while the sequence is in doubt. */
  #expected = -1
  #asked = false
  #aliases = new Map<number, MetricDefinition>()
  #formerAliases = new Map<number, MetricDefinition>()
  /** By device, the node's own under null. */
  #definitions = new Map<string | null, Map<string, MetricDefinition>>()
  /** Devices that were alive before the node was born again and have not been since. */
  #awaited = new Set<string>()
  #awaitedSince: Micros = 0
  #held: NodeMessage[] = []
  #heldSince: Micros = 0
  #doubtful: NodeMessage[] = []

  /** @param reorderMillis how long to wait for a message that others have overtaken */
  constructor(reorderMillis: Millis) {
    this.#reorder = reorderMillis * 1000
  }

  get state(): NodeState {
    return this.#state
  }

  get bdSeq(): number {
    return this.#bdSeq
  }

  /** Whether the sequence is complete, so that every value is certain. */
  get isCertain(): boolean {
    return this.#state === 'alive' && this.#expected >= 0
  }

  /** Devices born since the node was, without the node itself. */
  get devices(): readonly string[] {
    return [...this.#definitions.keys()].filter((deviceId) => deviceId !== null)
  }

  isBorn(deviceId: string | null): boolean {
    return this.#state === 'alive' && this.#definitions.has(deviceId)
  }

  metricsOf(deviceId: string | null): readonly MetricDefinition[] {
    return [...(this.#definitions.get(deviceId)?.values() ?? [])]
  }

  receive(message: NodeMessage): NodeEvent[] {
    const events: NodeEvent[] = []
    if (message.type === 'NBIRTH') this.#nodeBirth(message, events)
    else if (message.type === 'NDEATH') this.#nodeDeath(message, events)
    else if (message.type !== 'NCMD' && message.type !== 'DCMD') this.#sequenced(message, events)
    return events
  }

  /** Bytes came that are no payload: whatever they said is missing now. */
  receiveBroken(): NodeEvent[] {
    const events: NodeEvent[] = []
    this.#doubt('a message could not be read', events)
    return events
  }

  /** A rebirth has been asked for: the next birth is the answer, whatever its numbers. */
  rebirthAsked(): void {
    this.#asked = true
  }

  /** The link to the broker was cut: anything may have been missed. */
  linkLost(): void {
    this.#expected = -1
    this.#doubtful = []
    this.#held = []
  }

  /** To be called now and then: patience ends by it. */
  tick(at: Micros): NodeEvent[] {
    const events: NodeEvent[] = []
    if (this.#held.length > 0 && at - this.#heldSince >= this.#reorder) this.#missing(events)
    if (this.#awaited.size > 0 && at - this.#awaitedSince >= DEVICE_GRACE) {
      for (const deviceId of this.#awaited) events.push({ kind: 'died', deviceId, at })
      this.#awaited.clear()
    }
    return events
  }

  // --- births and deaths ------------------------------------------------------------------------------------------------

  #nodeBirth(message: NodeMessage, events: NodeEvent[]): void {
    const { payload, receivedAt } = message
    const bdSeq = bdSeqOf(payload)
    if (this.#isOfDeadSession(payload, bdSeq)) {
      events.push({ kind: 'counted', name: 'stale_births' })
      if (this.#state === 'dead') events.push({ kind: 'rebirth', reason: 'a birth came after the death of its own session' })
      return
    }
    const sameSession = this.#state === 'alive' && bdSeq === this.#bdSeq
    for (const deviceId of this.devices) this.#awaited.add(deviceId)
    this.#awaitedSince = receivedAt
    this.#formerAliases = sameSession ? this.#aliases : new Map()
    // those of a living node came before its birth, those of one that was away may have overtaken it
    if (this.#state === 'alive') {
      this.#doubtful.push(...this.#held)
      this.#held = []
    }
    if (!sameSession) this.#doubtful = []
    this.#aliases = new Map()
    this.#definitions = new Map()
    this.#state = 'alive'
    this.#asked = false
    this.#bdSeq = bdSeq
    this.#bornAt = payload.timestamp
    this.#lastTimestamp = payload.timestamp
    this.#expected = (Math.max(payload.seq, 0) + 1) & 0xff
    this.#define(message)
    events.push({ kind: 'born', deviceId: null })
    this.#vouchFor(null, events)
    this.#take(message, events)
    this.#drain(events)
  }

  /** A birth that was overtaken by what ended or replaced its session. */
  #isOfDeadSession(payload: SparkplugPayload, bdSeq: number): boolean {
    if (this.#asked || bdSeq < 0) return false
    if (this.#state === 'dead') return bdSeq === this.#deadBdSeq
    const older = payload.timestamp >= 0 && payload.timestamp < this.#bornAt
    return this.#state === 'alive' && older && bdSeq !== this.#bdSeq && bdSeq !== next(this.#bdSeq)
  }

  #nodeDeath({ payload, receivedAt }: NodeMessage, events: NodeEvent[]): void {
    const bdSeq = bdSeqOf(payload)
    const known = bdSeq >= 0 && this.#bdSeq >= 0 && this.#state === 'alive'
    if (known && bdSeq !== this.#bdSeq && bdSeq !== next(this.#bdSeq)) {
      events.push({ kind: 'counted', name: 'stale_deaths' })
      return
    }
    this.#state = 'dead'
    this.#deadBdSeq = bdSeq
    this.#expected = -1
    this.#aliases = new Map()
    this.#formerAliases = new Map()
    this.#definitions = new Map()
    this.#awaited.clear()
    this.#held = []
    this.#doubtful = []
    // Sparkplug 3.0, 5.6: tags are stale from the moment the death was received
    events.push({ kind: 'died', deviceId: null, at: receivedAt })
  }

  #deviceDeath(message: NodeMessage, deviceId: string, events: NodeEvent[]): void {
    this.#forgetAliasesOf(deviceId)
    this.#definitions.delete(deviceId)
    this.#awaited.delete(deviceId)
    const { timestamp } = message.payload
    events.push({ kind: 'died', deviceId, at: timestamp < 0 ? message.receivedAt : timestamp * 1000 })
  }

  // --- the sequence -----------------------------------------------------------------------------------------------------

  #sequenced(message: NodeMessage, events: NodeEvent[]): void {
    const { seq, timestamp } = message.payload
    if (this.#state === 'unknown' && isSelfContained(message)) {
      this.#take(message, events)
      // only its number still counts, should the birth follow
      this.#hold({ ...message, payload: { ...message.payload, metrics: [] } }, events)
    } else if (this.#state !== 'alive') this.#hold(message, events)
    else if (this.#expected < 0) this.#inDoubt(message, events)
    else if (seq < 0 || seq === this.#expected) {
      this.#inOrder(message, events)
      this.#drain(events)
    } else if (((this.#expected - 1 - seq) & 0xff) < DUPLICATE_REACH && timestamp >= 0 && timestamp <= this.#lastTimestamp) {
      events.push({ kind: 'counted', name: 'duplicates' })
    } else this.#hold(message, events)
  }

  #inOrder(message: NodeMessage, events: NodeEvent[]): void {
    const { seq, timestamp } = message.payload
    if (seq >= 0) this.#expected = next(seq)
    if (timestamp > this.#lastTimestamp) this.#lastTimestamp = timestamp
    const { deviceId } = message
    if (deviceId !== null && message.type === 'DDEATH') return this.#deviceDeath(message, deviceId, events)
    if (deviceId !== null && message.type === 'DBIRTH') return this.#deviceBirth(message, deviceId, events)
    if (deviceId !== null && !this.#definitions.has(deviceId))
      events.push({ kind: 'rebirth', reason: `${deviceId} sends data but was never born` })
    this.#take(message, events)
  }

  #deviceBirth(message: NodeMessage, deviceId: string, events: NodeEvent[]): void {
    this.#forgetAliasesOf(deviceId)
    this.#awaited.delete(deviceId)
    this.#define(message)
    events.push({ kind: 'born', deviceId })
    this.#vouchFor(deviceId, events)
    this.#take(message, events)
  }

  #hold(message: NodeMessage, events: NodeEvent[]): void {
    if (this.#held.length === 0) this.#heldSince = message.receivedAt
    this.#held.push(message)
    if (this.#held.length > MAX_HELD) this.#missing(events)
  }

  #drain(events: NodeEvent[]): void {
    for (;;) {
      const at = this.#held.findIndex(({ payload }) => payload.seq === this.#expected)
      const [message] = at === -1 ? [] : this.#held.splice(at, 1)
      if (message === undefined) return
      events.push({ kind: 'counted', name: 'reordered' })
      this.#inOrder(message, events)
    }
  }

  /** Patience is over: what was missing will not come. */
  #missing(events: NodeEvent[]): void {
    const alive = this.#state === 'alive'
    const held = this.#held
    this.#held = []
    if (alive) events.push({ kind: 'counted', name: 'sequence_gaps' })
    this.#doubt(alive ? `message ${this.#expected} of 0 to 255 is missing` : 'data came before any birth', events)
    if (alive) for (const message of held) this.#inDoubt(message, events)
  }

  #doubt(reason: string, events: NodeEvent[]): void {
    this.#expected = -1
    events.push({ kind: 'rebirth', reason })
  }

  #inDoubt(message: NodeMessage, events: NodeEvent[]): void {
    const { deviceId } = message
    if (message.type === 'DDEATH' && deviceId !== null) return this.#deviceDeath(message, deviceId, events)
    events.push({ kind: 'rebirth', reason: 'a message is missing' })
    // names mean the same at all times
    const named = message.payload.metrics.every((metric) => metric.name !== '')
    if (named && message.type !== 'DBIRTH') return this.#take(message, events)
    this.#doubtful.push(message)
    if (this.#doubtful.length <= MAX_DOUBTFUL) return
    this.#doubtful.shift()
    events.push({ kind: 'counted', name: 'messages_dropped' })
  }

  /** Hands on what was in doubt, as far as the aliases meant before what they mean now. */
  #vouchFor(deviceId: string | null, events: NodeEvent[]): void {
    const metrics: ReceivedMetric[] = []
    for (const message of this.#doubtful) {
      if (message.deviceId !== deviceId || message.type === 'DBIRTH') continue
      for (const metric of message.payload.metrics) {
        const before = this.#formerAliases.get(metric.alias)
        const now = this.#aliases.get(metric.alias)
        if (before === undefined || now === undefined || before.name !== now.name || before.dataType !== now.dataType) continue
        if (before.deviceId === deviceId && now.deviceId === deviceId) metrics.push(received(now, metric, message, true))
      }
    }
    this.#doubtful = this.#doubtful.filter((message) => message.deviceId !== deviceId)
    if (metrics.length > 0) events.push({ kind: 'metrics', deviceId, metrics })
  }

  // --- metrics ----------------------------------------------------------------------------------------------------------

  #define({ deviceId, payload }: NodeMessage): void {
    const definitions = new Map<string, MetricDefinition>()
    for (const metric of payload.metrics) {
      if (metric.name === '') continue
      const definition = definitionOf(metric, deviceId)
      definitions.set(metric.name, definition)
      if (metric.alias >= 0) this.#aliases.set(metric.alias, definition)
    }
    this.#definitions.set(deviceId, definitions)
  }

  #forgetAliasesOf(deviceId: string): void {
    for (const [alias, definition] of this.#aliases) {
      if (definition.deviceId !== deviceId) continue
      this.#formerAliases.set(alias, definition)
      this.#aliases.delete(alias)
    }
  }

  #take(message: NodeMessage, events: NodeEvent[]): void {
    const metrics: ReceivedMetric[] = []
    let unknown = false
    for (const metric of message.payload.metrics) {
      const definition = this.#find(metric, message.deviceId)
      if (definition === undefined) unknown = true
      else {
        const one = received(definition, metric, message, false)
        if (!metric.isHistorical && (definition.last === null || one.at >= definition.last.at)) definition.last = one
        metrics.push(one)
      }
    }
    if (metrics.length > 0) events.push({ kind: 'metrics', deviceId: message.deviceId, metrics })
    if (!unknown) return
    events.push({ kind: 'counted', name: 'unknown_metrics' }, { kind: 'rebirth', reason: 'a metric came that no birth named' })
  }

  #find(metric: Metric, deviceId: string | null): MetricDefinition | undefined {
    if (metric.name !== '') {
      const named = this.#definitions.get(deviceId)?.get(metric.name)
      // a metric that says its own name and type needs no birth
      return named ?? (metric.dataType === 0 ? undefined : definitionOf(metric, deviceId))
    }
    const aliased = metric.alias < 0 ? undefined : this.#aliases.get(metric.alias)
    return aliased?.deviceId === deviceId ? aliased : undefined
  }
}

function definitionOf(metric: Metric, deviceId: string | null): MetricDefinition {
  return { deviceId, name: metric.name, dataType: metric.dataType, unit: unitOf(metric), last: null }
}

function received(definition: MetricDefinition, metric: Metric, message: NodeMessage, late: boolean): ReceivedMetric {
  const millis = metric.timestamp >= 0 ? metric.timestamp : message.payload.timestamp
  const at = millis >= 0 ? millis * 1000 : message.receivedAt
  return { definition, metric, at, timeSubstituted: millis < 0, late }
}

/** Whether a message of data can be understood without any birth, as some nodes send them that never obey a rebirth request. */
function isSelfContained({ type, payload }: NodeMessage): boolean {
  return type.endsWith('DATA') && payload.metrics.every((metric) => metric.name !== '' && metric.dataType !== 0)
}

function bdSeqOf(payload: SparkplugPayload): number {
  const metric = payload.metrics.find(({ name }) => name === 'bdSeq')
  const { value } = metric ?? { value: null }
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : -1
}

function next(seq: number): number {
  return (seq + 1) & 0xff
}

/** Nodes give the unit under various names. */
function unitOf(metric: Metric): string {
  for (const key of ['engUnit', 'EngUnit', 'engineeringUnits', 'Engineering Units', 'unit', 'Unit', 'units']) {
    const unit = metric.properties?.get(key)
    if (typeof unit === 'string') return unit
  }
  return ''
}
