import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError, DriverError, asError } from '#base/errors.ts'
import type { Clock, Micros, Millis } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import { DeviceStatus, type Tag } from '#domain/device.ts'
import { QualityFlag, QualityReason, QualitySeverity, hasFlag, packQuality, reasonOf, severityOf, type Sample } from '#domain/sample.ts'
import type { DevicePlan, Driver, DriverLog, FrameDirection, Session, SessionContext } from '#drivers/driver.ts'
import { type Health, type HealthStep, type PollOutcome, afterPoll, newHealth, retryNow, successRate } from './core/health.ts'
import { type Reading, type ReportPolicy, type TagMemory, keep, newTagMemory } from './core/report-by-exception.ts'
import { scaleValue } from './core/scale.ts'
import { maskSecrets } from './core/mask-secrets.ts'
import { nextSlot, timelineOf } from './core/schedule.ts'
import type { DeviceDiagnostics, DeviceFigures } from './device-diagnostics.ts'
import { type DeviceSource, parseDevice, planPoints } from './plan-device.ts'

/** A device as it is configured now. */
export interface DeviceSetup extends DeviceSource {
  readonly tags: readonly Tag[]
  /** Of the device's protocol; the deadband is each tag's own. */
  readonly policy: Omit<ReportPolicy, 'deadband'>
}

/** What a driver learned of its device; see {@link SessionContext.remember}. */
export type LearnedMemory = Pick<SessionContext, 'recall' | 'remember' | 'recalled'> & {
  readonly entries: () => readonly { readonly key: string; readonly value: unknown }[]
}

/** How the communication with a device is doing; `learned` is what its driver keeps of it. */
export type Diagnosis = DeviceFigures & {
  readonly state: DeviceReport
  readonly learned: readonly { readonly key: string; readonly value: unknown }[]
}

/** Some frames of the log in words. */
export interface FramePage {
  readonly frames: readonly {
    readonly seq: number
    readonly at: Micros
    readonly direction: FrameDirection
    readonly length: number
    readonly hex: string
    readonly text: string
  }[]
  readonly missed: number
}

export interface DeviceLoopOptions {
  readonly driver: Driver
  readonly setup: DeviceSetup
  readonly clock: Clock
  readonly log: DriverLog
  /** Of this installation; see host/secrets.ts. */
  readonly key: Uint8Array
  /** Outlives the loop, as `memories` does. */
  readonly diagnostics: DeviceDiagnostics
  /** Of the protocol: certificates and the like. */
  readonly folder: string
  /** What is remembered of each tag's last readings; outlives the loop, so that an edit does not store everything again. */
  readonly memories: Map<number, TagMemory>
  /** As the last loop of this device, or the database, left it. */
  readonly known?: Pick<DeviceReport, 'status' | 'consecutiveFailures' | 'problem' | 'newest'> | undefined
  readonly onReadings: (readings: readonly Reading[], report: DeviceReport) => void
  /** Resolves when all that was handed over is safe on disk. */
  readonly accepted: () => Promise<void>
  /** Worth an entry in the system events: quarantined, lost, recovered. */
  readonly onChange: (change: 'lost' | 'quarantined' | 'recovered', report: DeviceReport) => void
}

/** Longest wait in one go: a timer that is set further ahead is set again, and a stepped clock is noticed. */
const LONGEST_WAIT: Millis = 60_000

/** One device: connect, poll on its timeline, back off, come back. Ends when it is disposed. */
export class DeviceLoop implements AsyncDisposable {
  readonly #options: DeviceLoopOptions
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  readonly #tags: ReadonlyMap<number, Tag>
  readonly #learned = new Map<string, unknown>()
  /** Never shown in a frame. */
  #secrets: readonly string[] = []
  /** Tags whose address the driver understands. */
  #readable = new Set<number>()
  /** Whether people were told that the device is gone. */
  #lost = false
  #health: Health
  #newest: Micros | null
  #session: Session | undefined
  #wake = new AbortController()

  constructor(options: DeviceLoopOptions) {
    this.#options = options
    this.#tags = new Map(options.setup.tags.map((tag) => [tag.id, tag]))
    this.#health = newHealth(options.known)
    this.#newest = options.known?.newest ?? null
    this.#ended = options.setup.device.enabled ? this.#run() : this.#rest()
  }

  /** Ends the back-off: somebody wants to know now. */
  retryNow(): void {
    this.#health = retryNow(this.#health)
    this.#wake.abort()
  }

  get report(): DeviceReport {
    return {
      deviceId: this.#options.setup.device.id,
      newest: this.#newest,
      status: this.#options.setup.device.enabled ? this.#health.status : DeviceStatus.Disabled,
      consecutiveFailures: this.#health.consecutiveFailures,
      successRate: successRate(this.#health),
      problem: this.#options.setup.device.enabled ? this.#health.problem : null,
    }
  }

  get learned(): LearnedMemory {
    return {
      recall: (key) => this.#learned.get(key),
      remember: (key, value) => void (value === undefined ? this.#learned.delete(key) : this.#learned.set(key, value)),
      recalled: (prefix) => [...this.#learned.keys()].filter((key) => key.startsWith(prefix)),
      entries: () => [...this.#learned].map(([key, value]) => ({ key, value })),
    }
  }

  diagnose(): Diagnosis {
    return { ...this.#options.diagnostics.figures(), state: this.report, learned: this.learned.entries() }
  }

  /** @param after `seq` of the last frame seen, 0 for none */
  frames(after: number, limit: number): FramePage {
    const { driver, diagnostics } = this.#options
    const frames = diagnostics.frames.after(after, limit).map(({ bytes, ...frame }) => {
      const shown = maskSecrets(bytes, this.#secrets)
      return { ...frame, hex: Buffer.from(shown).toString('hex'), text: wordsOf(driver, frame.direction, shown) }
    })
    return { frames, missed: diagnostics.frames.missedAfter(after) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#wake.abort()
    await this.#ended
  }

  /** What the device sent, polled or pushed: scaled, thinned out, handed on. */
  onSamples(samples: readonly Sample[]): void {
    const readings: Reading[] = []
    for (const sample of samples) {
      const tag = this.#tags.get(sample.tagId)
      if (tag === undefined) continue
      if (isNews(sample) && sample.sourceTimestamp > (this.#newest ?? 0)) this.#newest = sample.sourceTimestamp
      const scaled = { ...sample, value: scaleValue(sample.value, tag) }
      keep(this.#memoryOf(tag.id), scaled, { ...this.#options.setup.policy, deadband: tag.deadband }, readings)
    }
    this.#options.diagnostics.thinned(
      samples.length,
      readings.reduce((sum, one) => sum + (one.store ? 1 : 0), 0),
    )
    this.#options.onReadings(readings, this.report)
  }

  #memoryOf(tagId: number): TagMemory {
    const { memories } = this.#options
    const memory = memories.get(tagId) ?? newTagMemory()
    memories.set(tagId, memory)
    return memory
  }

  /** A disabled device is told once, so that screens know. */
  async #rest(): Promise<void> {
    this.#options.onReadings([], this.report)
  }

  async #run(): Promise<void> {
    const { clock, setup } = this.#options
    const timeline = timelineOf(setup.device.id, setup.device.pollMillis)
    let previous: Micros | null = null
    while (!this.#stop.signal.aborted) {
      const slot = nextSlot(timeline, previous, clock.now())
      await this.#waitUntil(slot.tick)
      if (this.#stop.signal.aborted) break
      previous = slot.tick
      this.#options.diagnostics.missed(slot.missed)
      const retry = await this.#attempt(slot.tick)
      if (retry !== null) await this.#backOff(retry)
    }
    await this.#hangUp()
  }

  /** Tries until it works or the next try is not due at once. @returns the wait before the next try; null: the next slot */
  async #attempt(tick: Micros): Promise<Millis | null> {
    for (let at = tick; ; at = this.#options.clock.now()) {
      const { retryInMillis } = this.#step(await this.#pollOnce(at), at)
      if (retryInMillis !== 0 || this.#stop.signal.aborted) return retryInMillis
    }
  }

  async #backOff(millis: Millis): Promise<void> {
    this.#wake = new AbortController()
    await pause(millis, undefined, { signal: AbortSignal.any([this.#wake.signal, this.#stop.signal]) }).catch(() => undefined)
  }

  async #waitUntil(tick: Micros): Promise<void> {
    for (;;) {
      const left = (tick - this.#options.clock.now()) / 1000
      if (left <= 0 || this.#stop.signal.aborted) return
      await pause(Math.min(left, LONGEST_WAIT), undefined, { signal: this.#stop.signal }).catch(() => undefined)
    }
  }

  async #pollOnce(tick: Micros): Promise<PollOutcome> {
    const { signal } = this.#stop
    try {
      this.#session ??= await this.#connect()
      const session = this.#session
      if (session.poll === undefined) return await this.#listen(session)
      const started = this.#options.clock.mono()
      const samples = await session.poll(tick, signal)
      this.#options.diagnostics.polled(this.#options.clock.mono() - started)
      const bad = samples.filter((sample) => severityOf(sample.quality) === QualitySeverity.Bad)
      const all = [...samples, ...this.#unreadable(tick)]
      this.onSamples(all)
      const badTags = bad.length + (all.length - samples.length)
      return { kind: 'answered', tags: all.length, badTags, problem: badTags === 0 ? null : problemOf(this.#options.setup, all, badTags) }
    } catch (thrown) {
      await this.#hangUp()
      const error = asError(thrown)
      if (!signal.aborted) this.#options.diagnostics.failed(error)
      const problem = error instanceof DriverError && error.remedy !== undefined ? `${error.message} ${error.remedy}` : error.message
      return error instanceof ConfigError ? { kind: 'misconfigured', problem } : { kind: 'failed', problem }
    }
  }

  /** A device that sends by itself: there is nothing to do until the conversation ends. */
  async #listen(session: Session): Promise<PollOutcome> {
    this.#step({ kind: 'answered', tags: 0, badTags: 0, problem: null }, this.#options.clock.now())
    const stopped = Promise.withResolvers<undefined>()
    this.#stop.signal.addEventListener('abort', () => stopped.resolve(undefined), { once: true })
    const error = await Promise.race([session.closed, stopped.promise])
    await this.#hangUp()
    return { kind: 'failed', problem: error?.message ?? 'The device ended the conversation.' }
  }

  async #connect(): Promise<Session> {
    const { driver } = this.#options
    const session = await driver.connect(this.#plan(), this.#context())
    this.#options.diagnostics.connected(session)
    void session.closed.then(() => {
      if (this.#session === session) void this.#hangUp()
    })
    return session
  }

  async #hangUp(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    if (session !== undefined) this.#options.diagnostics.disconnected()
    await session?.[Symbol.asyncDispose]()
  }

  #step(outcome: PollOutcome, at: Micros): HealthStep {
    const before = this.#health
    const step = afterPoll(before, outcome, Math.random())
    this.#health = step.health
    if (this.#stop.signal.aborted) return step
    this.#tell(step)
    if (step.change === 'lost' || (step.change === 'quarantined' && before.status !== DeviceStatus.Error)) this.#markLost(at)
    else if (outcome.kind !== 'answered' || before.status !== step.health.status) this.#options.onReadings([], this.report)
    return step
  }

  #tell({ change, health }: HealthStep): void {
    const { log, setup, onChange } = this.#options
    const fields = { device: setup.device.code, failures: health.consecutiveFailures, problem: health.problem }
    if (change === 'first_failure') log.warn('device.poll_failed', fields)
    else if (change === 'failed_again') log.debug('device.poll_failed', fields)
    else if (change !== null) {
      if (change === 'recovered') log.info('device.recovered', fields)
      else log.warn(`device.${change}`, fields)
      // two failures and a success are nothing to tell an operator
      if (change !== 'recovered' || this.#lost) onChange(change, this.report)
      this.#lost = change !== 'recovered'
    }
  }

  /** From now on every tag of the device is Bad: no old value in a fresh dress. */
  #markLost(at: Micros): void {
    const quality = packQuality(QualitySeverity.Bad, QualityReason.CommunicationFailure)
    this.onSamples(this.#options.setup.tags.filter((tag) => tag.enabled).map((tag) => badSample(tag, at, quality)))
  }

  #plan(): DevicePlan {
    const { driver, setup, key } = this.#options
    const { plan, secrets } = parseDevice(driver, key, setup)
    this.#secrets = secrets
    const points = planPoints(driver, plan.config, setup.tags)
    this.#readable = new Set(points.map(({ tag }) => tag.id))
    return { ...plan, points }
  }

  /** Tags whose address the driver does not understand. */
  #unreadable(at: Micros): Sample[] {
    const quality = packQuality(QualitySeverity.Bad, QualityReason.Configuration)
    return this.#options.setup.tags.filter((tag) => tag.enabled && !this.#readable.has(tag.id)).map((tag) => badSample(tag, at, quality))
  }

  #context(): SessionContext {
    const { clock, log, accepted } = this.#options
    return {
      clock,
      log,
      signal: this.#stop.signal,
      folder: this.#options.folder,
      emit: (samples) => this.onSamples(samples),
      accepted,
      alive: (at) => void (this.#newest = Math.max(at, this.#newest ?? 0)),
      absent: () => undefined,
      recall: this.learned.recall,
      remember: this.learned.remember,
      recalled: this.learned.recalled,
      frame: (direction, bytes) => this.#options.diagnostics.frame(direction, bytes),
      count: (name, by = 1) => this.#options.diagnostics.count(name, by),
    }
  }
}

function wordsOf(driver: Driver, direction: FrameDirection, bytes: Uint8Array): string {
  try {
    return driver.describeFrame?.(direction, bytes) ?? ''
  } catch {
    return 'Not understood.'
  }
}

function badSample(tag: Tag, at: Micros, quality: number): Sample {
  return { tagId: tag.id, sourceTimestamp: at, value: null, quality, statusCode: null }
}

/** Whether a sample shows that the device itself spoke. */
function isNews(sample: Sample): boolean {
  return reasonOf(sample.quality) !== QualityReason.CommunicationFailure && !hasFlag(sample.quality, QualityFlag.Historical)
}

function problemOf(setup: DeviceSetup, samples: readonly Sample[], badTags: number): string {
  const first = samples.find((sample) => severityOf(sample.quality) === QualitySeverity.Bad)
  const tag = setup.tags.find((one) => one.id === first?.tagId)
  return `${badTags} of ${samples.length} tags cannot be read, the first is ${tag?.name ?? '?'} (${tag?.address ?? '?'}). Check their addresses and types.`
}
