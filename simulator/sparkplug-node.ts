import { connect, type MqttClient } from 'mqtt'
import { type OutgoingMetric, writePayload } from '#drivers/mqtt/core/sparkplug-encode.ts'
import { DataType, readPayload } from '#drivers/mqtt/core/sparkplug-payload.ts'

/** A metric of the node or of one of its devices. */
export interface SimulatedMetric {
  readonly name: string
  readonly dataType: number
  readonly unit?: string
  value: OutgoingMetric['value']
}

export interface SparkplugNodeOptions {
  /** mqtt://host:port; asked for anew at each attempt where it is a function. */
  readonly url: string | (() => string)
  readonly username?: string
  readonly password?: string
  readonly groupId: string
  readonly edgeNodeId: string
  readonly metrics: readonly SimulatedMetric[]
  readonly devices?: Readonly<Record<string, readonly SimulatedMetric[]>>
  /** DATA messages carry aliases instead of names; on by default. */
  readonly aliases?: boolean
  readonly bdSeq?: number
}

/** Changes kept while the broker is away; then the oldest go. */
const MOST_STORED = 5000

interface Change {
  readonly deviceId: string | null
  readonly name: string
  readonly value: OutgoingMetric['value']
  readonly timestamp: number
}

/**
 * A Sparkplug B edge node (Sparkplug 3.0, chapter 5): births, data by exception under aliases, death by will, rebirth on command, and
 * what was measured while the broker was away sent afterwards as historical.
 */
export class SimulatedSparkplugNode implements AsyncDisposable {
  readonly #options: SparkplugNodeOptions
  readonly #values = new Map<string, SimulatedMetric>()
  readonly #aliasOf = new Map<string, number>()
  #client: MqttClient | undefined
  #seq = 0
  #bdSeq: number
  #stored: Change[] = []
  #rebirths = 0

  /** Not yet connected. */
  constructor(options: SparkplugNodeOptions) {
    this.#options = options
    this.#bdSeq = options.bdSeq ?? 0
    for (const [deviceId, metrics] of this.#groups()) {
      for (const metric of metrics) {
        const key = keyOf(deviceId, metric.name)
        this.#values.set(key, { ...metric })
        this.#aliasOf.set(key, this.#aliasOf.size + 1)
      }
    }
  }

  static async start(options: SparkplugNodeOptions): Promise<SimulatedSparkplugNode> {
    const node = new SimulatedSparkplugNode(options)
    await node.connect()
    return node
  }

  get isConnected(): boolean {
    return this.#client?.connected === true
  }

  /** How often somebody asked for a rebirth. */
  get rebirths(): number {
    return this.#rebirths
  }

  /** Goes online: subscribes its commands, sends its births, then what it stored meanwhile. @throws Error when there is no broker */
  async connect(): Promise<void> {
    if (this.#client !== undefined) this.vanish()
    const { url, groupId, edgeNodeId, username, password } = this.#options
    const death = writePayload({ timestamp: Date.now(), metrics: [this.#bdSeqMetric()] })
    const client = connect(typeof url === 'string' ? url : url(), {
      clientId: `${groupId}-${edgeNodeId}-${Math.random().toString(16).slice(2, 10)}`,
      clean: true,
      keepalive: 5,
      reconnectPeriod: 0,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      will: { topic: this.#topic('NDEATH', null), payload: Buffer.from(death), qos: 1, retain: false },
    })
    client.on('error', () => undefined)
    client.on('message', (_topic, payload) => this.#onCommand(payload))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    client.once('connect', () => resolve())
    client.once('close', () => reject(new Error('the broker does not let the edge node in')))
    await promise.catch((error: unknown) => {
      client.end(true)
      throw error
    })
    this.#client = client
    await client.subscribeAsync(this.#topic('NCMD', null), { qos: 1 })
    await this.birth()
    const stored = this.#stored
    this.#stored = []
    for (const change of stored) await this.#send(change, true)
  }

  /** NBIRTH with the bdSeq of the will, then a DBIRTH for each device. */
  async birth(): Promise<void> {
    this.#seq = 0
    const now = Date.now()
    const control = { name: 'Node Control/Rebirth', dataType: DataType.Boolean, timestamp: now, value: false }
    for (const [deviceId, metrics] of this.#groups()) {
      const own = metrics.map((metric) => this.#birthMetric(deviceId, metric.name, now))
      const all = deviceId === null ? [this.#bdSeqMetric(), control, ...own] : own
      await this.#publish(deviceId === null ? 'NBIRTH' : 'DBIRTH', deviceId, all, now)
    }
  }

  /** Changes a value and sends it; stores it for later while the broker is away. */
  async set(deviceId: string | null, name: string, value: OutgoingMetric['value'], timestamp = Date.now()): Promise<void> {
    const metric = this.#values.get(keyOf(deviceId, name))
    if (metric === undefined) throw new Error(`there is no metric ${name}`)
    metric.value = value
    const change = { deviceId, name, value, timestamp }
    if (this.isConnected) return await this.#send(change, false)
    this.#stored.push(change)
    if (this.#stored.length > MOST_STORED) this.#stored.shift()
  }

  async deviceDeath(deviceId: string): Promise<void> {
    await this.#publish('DDEATH', deviceId, [], Date.now())
  }

  /** The next message is never sent, as if it got lost. */
  loseOne(): void {
    this.#seq = (this.#seq + 1) & 0xff
  }

  /** As a power cut does: the broker publishes the will. The next connect is a new session. */
  vanish(): void {
    this.#client?.stream.destroy()
    this.#client?.end(true)
    this.#client = undefined
    this.#bdSeq = (this.#bdSeq + 1) & 0xff
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const client = this.#client
    this.#client = undefined
    if (client === undefined) return
    if (client.connected) {
      const death = writePayload({ timestamp: Date.now(), metrics: [this.#bdSeqMetric()] })
      const told = client.publishAsync(this.#topic('NDEATH', null), Buffer.from(death), { qos: 1 }).catch(() => undefined)
      // the broker may end in the same moment, and would never confirm it
      const gone = Promise.withResolvers<void>()
      client.once('close', () => gone.resolve())
      await Promise.race([told, gone.promise])
    }
    client.end(true)
  }

  #groups(): (readonly [string | null, readonly SimulatedMetric[]])[] {
    return [[null, this.#options.metrics], ...Object.entries(this.#options.devices ?? {})]
  }

  #topic(type: string, deviceId: string | null): string {
    const { groupId, edgeNodeId } = this.#options
    return `spBv1.0/${groupId}/${type}/${edgeNodeId}${deviceId === null ? '' : `/${deviceId}`}`
  }

  #bdSeqMetric(): OutgoingMetric {
    return { name: 'bdSeq', dataType: DataType.Int64, timestamp: Date.now(), value: this.#bdSeq }
  }

  #birthMetric(deviceId: string | null, name: string, timestamp: number): OutgoingMetric {
    const key = keyOf(deviceId, name)
    const metric = this.#values.get(key)
    const alias = this.#aliasOf.get(key)
    return {
      name,
      timestamp,
      dataType: metric?.dataType ?? 0,
      value: metric?.value ?? null,
      ...(this.#options.aliases === false || alias === undefined ? {} : { alias }),
      ...(metric?.unit === undefined ? {} : { properties: { engUnit: metric.unit } }),
    }
  }

  async #send({ deviceId, name, value, timestamp }: Change, isHistorical: boolean): Promise<void> {
    const key = keyOf(deviceId, name)
    const alias = this.#aliasOf.get(key)
    const named = this.#options.aliases === false || alias === undefined ? { name } : { alias }
    const dataType = this.#values.get(key)?.dataType ?? 0
    await this.#publish(
      deviceId === null ? 'NDATA' : 'DDATA',
      deviceId,
      [{ ...named, timestamp, dataType, value, isHistorical }],
      timestamp,
    )
  }

  async #publish(type: string, deviceId: string | null, metrics: readonly OutgoingMetric[], timestamp: number): Promise<void> {
    const payload = writePayload({ timestamp, seq: this.#seq, metrics })
    this.#seq = (this.#seq + 1) & 0xff
    await this.#client?.publishAsync(this.#topic(type, deviceId), Buffer.from(payload), { qos: 0 })
  }

  #onCommand(payload: Uint8Array): void {
    const rebirth = readPayload(payload)?.metrics.some((metric) => metric.name === 'Node Control/Rebirth' && metric.value === true)
    if (rebirth !== true) return
    this.#rebirths++
    this.birth().catch(() => undefined)
  }
}

function keyOf(deviceId: string | null, name: string): string {
  return `${deviceId ?? ''}\n${name}`
}
