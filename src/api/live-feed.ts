import { asError } from '#base/errors.ts'
import type { Clock, Micros } from '#base/time.ts'
import type { Delivery, DeviceReport } from '#domain/delivery.ts'
import { DeviceStatus, driverProcess, type Latest, type Tag } from '#domain/device.ts'
import { QualityFlag, hasFlag } from '#domain/sample.ts'
import { type DeviceScope, inScope } from '#domain/user.ts'
import type { Logger } from '#host/log.ts'
import { engineAgeSeconds } from '#store/alarms.ts'
import { readConfigVersion } from '#store/config-version.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { listDeviceStates } from '#store/device-states.ts'
import { type StoredDevice, listDevices } from '#store/devices.ts'
import { listSilent } from '#store/processes.ts'
import { readLatest, takeCurrent } from '#store/latest.ts'
import { listSources } from '#store/sources.ts'
import { listTags } from '#store/tags.ts'

/** What the feed tells those who show it. */
export interface FeedListener {
  onChange(tagIds: ReadonlySet<number>, deviceIds: ReadonlySet<number>): void
  onAlarms(eventIds: readonly number[]): void
  onConfig(): void
}

const BATCH = 200
const PROCESSES_ASK_MILLIS = 1000
/** Longer than a driver process needs to come back after a crash. */
const SILENT_SECONDS = 20
/** So far behind the newest delivery it is faster to begin again than to catch up. */
const RESTART_BEHIND = 5000

/** The plant as it is now, in memory: read from the store once, then kept true by the journal. */
export class LiveFeed implements AsyncDisposable {
  readonly #db: Database
  readonly #log: Logger
  readonly #clock: Clock
  readonly #listeners = new Set<FeedListener>()
  readonly #listening: AsyncDisposable[] = []
  #devices = new Map<number, StoredDevice>()
  #tags = new Map<number, Tag>()
  #latest = new Map<number, Latest>()
  #states = new Map<number, DeviceReport>()
  #seqs: Map<string, number> | undefined
  #newestDelivery: Micros | null = null
  #engineSeen: Micros | null = null
  #databaseSeen: Micros | null = null
  #asking = false
  /** Names of processes that ought to run and give no sign of life. */
  #silent: ReadonlySet<string> = new Set()
  #processesTimer: NodeJS.Timeout | undefined
  #reload = true
  /** Of the configuration that is told here. */
  #version: number | undefined
  #wanted = false
  #working: Promise<void> | undefined
  #closed = false

  constructor(db: Database, log: Logger, clock: Clock) {
    this.#db = db
    this.#log = log
    this.#clock = clock
  }

  /** Begins; returns when the first look was tried. While the database is away it tries again by itself. */
  async start(): Promise<void> {
    this.#engineSeen = this.#databaseSeen = this.#clock.now()
    this.#listening.push(
      this.#db.listen('deliveries', () => void this.#look()),
      this.#db.listen('config', () => {
        this.#reload = true
        void this.#look()
      }),
      this.#db.listen('alarms', (ids) => this.#tellAlarms(ids)),
    )
    this.#processesTimer = setInterval(() => void this.#askProcesses(), PROCESSES_ASK_MILLIS)
    await Promise.all([this.#askProcesses(), this.#look()])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearInterval(this.#processesTimer)
    for (const one of this.#listening) await one[Symbol.asyncDispose]()
    await this.#working
  }

  /** Returns when every change that was committed before the call is told here: who saves something sees it in the next answer. */
  async current(): Promise<void> {
    if ((await readConfigVersion(this.#db)) === this.#version) return
    this.#reload = true
    await this.#look()
  }

  subscribe(listener: FeedListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  devices(scope: DeviceScope): StoredDevice[] {
    return [...this.#devices.values()].filter((device) => inScope(scope, device.id))
  }
  tags(scope: DeviceScope): Tag[] {
    return [...this.#tags.values()].filter((tag) => inScope(scope, tag.deviceId))
  }
  states(scope: DeviceScope): DeviceReport[] {
    const known = [...this.#states.values()].filter((state) => this.#devices.has(state.deviceId) && inScope(scope, state.deviceId))
    return known.map((state) => this.#believed(state))
  }
  latest(scope: DeviceScope): Latest[] {
    return this.tags(scope).flatMap((tag) => this.#latest.get(tag.id) ?? [])
  }
  latestOf(tagId: number): Latest | undefined {
    return this.#latest.get(tagId)
  }
  deviceOf(tagId: number): number | undefined {
    return this.#tags.get(tagId)?.deviceId
  }
  stateOf(deviceId: number): DeviceReport | undefined {
    const state = this.#states.get(deviceId)
    return state === undefined ? undefined : this.#believed(state)
  }
  /** When the newest delivery of any source was received. */
  get newestDelivery(): Micros | null {
    return this.#newestDelivery
  }
  /** When the alarm engine last showed life, by this clock; when this began, while it never has. */
  get engineSeen(): Micros | null {
    return this.#engineSeen
  }
  /** When the database last answered here; when this began, while it never has. */
  get databaseSeen(): Micros | null {
    return this.#databaseSeen
  }

  async #look(): Promise<void> {
    this.#wanted = true
    this.#working ??= this.#work().finally(() => (this.#working = undefined))
    await this.#working
  }

  async #work(): Promise<void> {
    while (this.#wanted && !this.#closed) {
      this.#wanted = false
      try {
        if (this.#reload) await this.#readAll()
        await this.#readOn()
      } catch (error) {
        // the notification after reconnecting looks again
        this.#log.debug('feed.database_away', { error: asError(error) })
        return
      }
    }
  }

  async #readAll(): Promise<void> {
    this.#reload = false
    try {
      const version = await readConfigVersion(this.#db)
      const devices = await listDevices(this.#db, 'all')
      const tags = await listTags(this.#db, 'all')
      if (this.#seqs === undefined || tags.some((tag) => !this.#tags.has(tag.id) && !this.#latest.has(tag.id))) {
        const { latest, seqs } = await readLatest(this.#db, 'all', tags)
        const states = await listDeviceStates(this.#db, 'all')
        this.#latest = latest
        this.#seqs = seqs
        for (const state of states) if (!this.#states.has(state.deviceId)) this.#states.set(state.deviceId, state)
      }
      this.#devices = new Map(devices.map((device) => [device.id, device]))
      this.#tags = new Map(tags.map((tag) => [tag.id, tag]))
      this.#version = version
    } catch (error) {
      this.#reload = true
      throw error
    }
    for (const listener of this.#listeners) listener.onConfig()
  }

  async #readOn(): Promise<void> {
    const seqs = this.#seqs
    if (seqs === undefined) return
    for (const { source, seq: newest, receivedAt } of await listSources(this.#db)) {
      if (receivedAt !== null && receivedAt > (this.#newestDelivery ?? 0)) this.#newestDelivery = receivedAt
      const known = seqs.get(source) ?? 0
      if (newest - known > RESTART_BEHIND) {
        this.#seqs = undefined
        this.#reload = true
        this.#wanted = true
        return
      }
      for (let seq = known; seq < newest;) {
        const deliveries = await readAfter(this.#db, source, seq, BATCH)
        const last = deliveries.at(-1)
        if (last === undefined) break
        this.#take(deliveries)
        seq = last.seq
        seqs.set(source, seq)
      }
    }
  }

  #take(deliveries: readonly Delivery[]): void {
    const tagIds = new Set<number>()
    const deviceIds = new Set<number>()
    for (const delivery of deliveries) {
      for (const sample of delivery.readings) {
        if (hasFlag(sample.quality, QualityFlag.Historical)) continue
        if (takeCurrent(this.#latest, sample, delivery.receivedAt)) tagIds.add(sample.tagId)
      }
      for (const report of delivery.devices) {
        this.#states.set(report.deviceId, report)
        deviceIds.add(report.deviceId)
      }
    }
    for (const listener of this.#listeners) listener.onChange(tagIds, deviceIds)
  }

  #tellAlarms(payload: string): void {
    // empty after a reconnect: something may have changed, nobody knows what
    const ids = payload
      .split(',')
      .map(Number)
      .filter((id) => Number.isInteger(id) && id > 0)
    for (const listener of this.#listeners) listener.onAlarms(ids)
  }

  /** What was last said of a device stands no longer than there is somebody to say it. */
  #believed(state: DeviceReport): DeviceReport {
    const wasWell = state.status === DeviceStatus.Online || state.status === DeviceStatus.Degraded
    const process = driverProcess(this.#devices.get(state.deviceId)?.protocol ?? '')
    if (!wasWell || !this.#silent.has(process)) return state
    const problem = `Nobody reads it: the process ${process} gives no sign of life. It is started again by itself; its log says why it ended.`
    return { ...state, status: DeviceStatus.Error, problem }
  }

  async #askProcesses(): Promise<void> {
    // a database that neither answers nor refuses is asked once
    if (this.#asking) return
    this.#asking = true
    try {
      const [age, silent] = await Promise.all([engineAgeSeconds(this.#db), listSilent(this.#db, SILENT_SECONDS)])
      this.#databaseSeen = this.#clock.now()
      if (age !== null) this.#engineSeen = Math.round(this.#clock.now() - age * 1_000_000)
      this.#takeSilent(new Set(silent))
    } catch {
      // the age of the last answer grows on the screens by itself
    } finally {
      this.#asking = false
    }
  }

  #takeSilent(silent: ReadonlySet<string>): void {
    const changed = silent.symmetricDifference(this.#silent)
    this.#silent = silent
    if (changed.size === 0) return
    const devices = [...this.#devices.values()].filter(({ protocol }) => changed.has(driverProcess(protocol)))
    if (devices.length === 0) return
    for (const listener of this.#listeners) listener.onChange(new Set(), new Set(devices.map(({ id }) => id)))
  }
}
