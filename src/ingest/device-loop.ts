import { DriverError, asError } from '#base/errors.ts'
import type { Micros, Millis } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import { DeviceStatus, type Tag } from '#domain/device.ts'
import { GapCause } from '#domain/gap.ts'
import { QualityReason, QualitySeverity, packQuality, severityOf, type Sample } from '#domain/sample.ts'
import type { DevicePlan } from '#drivers/driver.ts'
import { Conversation, type ConversationHost } from './conversation.ts'
import { type Health, type HealthStep, type PollOutcome, afterPoll, newHealth, retryNow, successRate } from './core/health.ts'
import type { Reading } from './core/report-by-exception.ts'
import { timelineOf } from './core/schedule.ts'
import type { DeviceFigures } from './device-diagnostics.ts'
import type { DeviceLoopOptions, Standing } from './device-loop-options.ts'
import type { DeviceSetup } from './device-setup.ts'
import { type FramePage, framePage } from './frame-page.ts'
import type { DeviceMemory } from './learned-memory.ts'
import { LOOK_INTERVAL, Observation, causeOf } from './observation.ts'
import { Pace } from './pace.ts'
import { parseDevice, planPoints } from './plan-device.ts'
import { answeredOutcome, badSample, failedOutcome, stampedAnew } from './poll-outcome.ts'
import { PushedState } from './pushed-state.ts'
import { SampleIntake } from './sample-intake.ts'

/** How the communication with a device is doing; `learned` is what its driver keeps of it, in words. */
export type Diagnosis = DeviceFigures & {
  readonly state: DeviceReport
  readonly learned: readonly { readonly key: string; readonly value: string | number }[]
}

/** A device that sends by itself is judged so often as if it had been polled: after two of these its back-off is forgotten. */
const PUSH_BEAT: Millis = 15_000

/** One device: connect, poll on its timeline or listen, back off, come back. Ends when it is disposed. */
export class DeviceLoop implements AsyncDisposable {
  readonly #options: DeviceLoopOptions
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  readonly #tags: ReadonlyMap<number, Tag>
  /** Never shown in a frame. */
  #secrets: readonly string[] = []
  /** Tags whose address the driver understands. */
  #readable = new Set<number>()
  readonly #pushed: PushedState
  readonly #pace: Pace
  /** Whether people were told that the device is gone. */
  #lost = false
  readonly #observation: Observation
  /** Who is to blame when the device is lost. */
  #blame: GapCause = GapCause.Link
  #health: Health
  readonly #intake: SampleIntake
  #settling: NodeJS.Timeout | undefined
  #conversation: Conversation | undefined
  /** While a conversation that was handed over takes up the tags of this loop. */
  #takingUp: Promise<void> | undefined
  #farewell: Promise<void> = Promise.resolve()

  constructor(options: DeviceLoopOptions) {
    this.#options = options
    this.#tags = new Map(options.setup.tags.map((tag) => [tag.id, tag]))
    this.#health = newHealth(options.known)
    this.#pushed = options.standing?.pushed ?? new PushedState()
    const { setup, memories, clock, log, known } = options
    this.#pace = new Pace(clock, timelineOf(setup.device.id, setup.device.pollMillis), this.#stop.signal)
    const onClockStep = (deviceTime: Micros): void => log.warn('device.clock_stepped_back', { device: setup.device.code, deviceTime })
    this.#observation = new Observation({ ...options, ...options.setup, waitsForUs: options.driver.waitsForUs === true })
    this.#intake = new SampleIntake(
      { tags: setup.tags, policy: setup.policy, memories, clock, onClockStep, onSample: (sample) => this.#observation.took(sample) },
      known?.newest ?? null,
    )
    this.#ended = !options.setup.device.enabled ? this.#rest() : options.held === null ? this.#run() : this.#hold(options.held)
  }

  /** Ends the back-off: somebody wants to know now. */
  retryNow(): void {
    this.#health = retryNow(this.#health)
    this.#pace.hurry()
  }

  /** The whole process looked away since then. */
  interrupted(from: Micros, cause: GapCause): void {
    this.#pushed.unheard()
    this.#observation.interrupted(from, cause, this.#conversation?.pushes === true)
  }

  get report(): DeviceReport {
    return {
      deviceId: this.#options.setup.device.id,
      newest: this.#intake.newest,
      status: this.#options.setup.device.enabled ? this.#health.status : DeviceStatus.Disabled,
      consecutiveFailures: this.#health.consecutiveFailures,
      successRate: successRate(this.#health),
      problem: this.#options.setup.device.enabled ? this.#health.problem : null,
    }
  }

  get setup(): DeviceSetup {
    return this.#options.setup
  }

  get learned(): DeviceMemory {
    return this.#options.learned
  }

  diagnose(): Diagnosis {
    const { driver, diagnostics } = this.#options
    const learned = Object.entries(driver.describeMemory?.(this.learned) ?? {}).map(([key, value]) => ({ key, value }))
    return { ...diagnostics.figures(), state: this.report, learned }
  }

  /** @param after `seq` of the last frame seen, 0 for none */
  frames(after: number, limit: number): FramePage {
    const { driver, diagnostics } = this.#options
    return framePage(diagnostics.frames, driver, this.#secrets, after, limit)
  }

  /** Ends, and leaves the conversation standing for the loop that follows, where it can go on with other tags. */
  async handOver(): Promise<Standing | undefined> {
    // one edit follows another
    await this.#takingUp
    const conversation = this.#conversation
    const leaves = conversation?.leave() === true
    if (leaves) this.#conversation = undefined
    await this[Symbol.asyncDispose]()
    return leaves ? { conversation, pushed: this.#pushed } : undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#settling)
    this.#handHeld(this.#observation.end())
    await this.#ended
  }

  /** What the device sent, polled or pushed: scaled, thinned out, handed on. */
  onSamples(samples: readonly Sample[]): void {
    this.#options.look()
    const readings = this.#intake.take(samples)
    let stored = 0
    for (const reading of readings) if (reading.store) stored += 1
    this.#options.diagnostics.thinned(this.#intake.countOwn(samples), stored)
    this.#options.onReadings(readings, this.report)
    this.#settle()
  }

  /** Later on: what holds after a gap. */
  #settle(): void {
    if (!this.#observation.isUnsettled || this.#stop.signal.aborted) return
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined
      this.#handHeld(this.#observation.look())
      this.#settle()
    }, LOOK_INTERVAL)
  }

  #handHeld(held: readonly Reading[]): void {
    if (held.length > 0) this.#options.onReadings(held, this.report)
  }

  /** A disabled device is told once, so that screens know. */
  async #rest(): Promise<void> {
    this.#options.onReadings([], this.report)
  }

  /** Quarantined from the start, every tag Bad. */
  async #hold(problem: string): Promise<void> {
    const { setup, onChange, clock, log } = this.#options
    this.#health = {
      ...this.#health,
      status: DeviceStatus.Quarantined,
      consecutiveFailures: Math.max(1, this.#health.consecutiveFailures),
      problem,
    }
    log.warn('device.held', { device: setup.device.code })
    this.#observation.lost(clock.now(), GapCause.Device, problem)
    this.#markLost(clock.now())
    onChange('quarantined', this.report)
  }

  async #run(): Promise<void> {
    const { standing, afterRestart, clock } = this.#options
    if (standing !== undefined) await (this.#takingUp = this.#takeUp(standing.conversation))
    // whoever edits a device looks at it, and what a broker sends meanwhile is gone; after a restart all have their first try within a second
    if (afterRestart) await this.#pace.spread()
    if (!this.#stop.signal.aborted) await this.#try(clock.now())
    for (let slot = await this.#pace.nextSlot(); slot !== null; slot = await this.#pace.nextSlot()) {
      this.#options.diagnostics.missed(slot.missed)
      await this.#try(slot.tick)
    }
    await this.#hangUp()
  }

  /** A conversation that cannot go on with these tags is over, and the device connected anew. */
  async #takeUp(conversation: Conversation): Promise<void> {
    try {
      const { points } = this.#plan()
      if (await conversation.replan(points, this.#host, this.#stop.signal)) this.#conversation = conversation
    } catch (error) {
      this.#options.log.debug('device.not_taken_up', { device: this.#options.setup.device.code, reason: asError(error).message })
    } finally {
      if (this.#conversation === undefined) await conversation[Symbol.asyncDispose]()
    }
  }

  async #try(tick: Micros): Promise<void> {
    const retry = await this.#attempt(tick)
    if (retry !== null) await this.#pace.backOff(retry)
  }

  /** Tries until it works or the next try is not due at once. @returns the wait before the next try; null: the next slot */
  async #attempt(tick: Micros): Promise<Millis | null> {
    for (let at = tick; ; at = this.#options.clock.now()) {
      const { retryInMillis } = this.#step(await this.#pollOnce(at), at)
      if (retryInMillis !== 0 || this.#stop.signal.aborted) return retryInMillis
    }
  }

  async #pollOnce(tick: Micros): Promise<PollOutcome> {
    const { signal } = this.#stop
    try {
      this.#conversation ??= await this.#connect()
      const conversation = this.#conversation
      if (conversation.pushes) return await this.#listen(conversation)
      const samples = await conversation.poll(tick, signal)
      // a tick from before a standstill says nothing of when the device was read
      const at = this.#options.look() ? this.#options.clock.now() : tick
      const all = [...(at === tick ? samples : samples.map((sample) => stampedAnew(sample, at))), ...this.#unreadable(at)]
      this.onSamples(all)
      return this.#answered(
        all.filter((sample) => severityOf(sample.quality) === QualitySeverity.Bad).map((sample) => sample.tagId),
        all.length,
      )
    } catch (thrown) {
      await this.#hangUp()
      return this.#failed(asError(thrown))
    }
  }

  /** A device that sends by itself: it is judged from time to time until the conversation ends. */
  async #listen(conversation: Conversation): Promise<PollOutcome> {
    this.onSamples(this.#unreadable(this.#options.clock.now()))
    if (this.#pushed.isHeard) this.#judge()
    const beat = setInterval(() => this.#judge(), PUSH_BEAT)
    const stopped = Promise.withResolvers<undefined>()
    const onStop = (): void => stopped.resolve(undefined)
    this.#stop.signal.addEventListener('abort', onStop, { once: true })
    try {
      const error = await Promise.race([conversation.closed, stopped.promise])
      await this.#hangUp()
      return this.#failed(
        error ?? new DriverError('connect', 'The device ended the conversation.', { remedy: 'It is connected again by itself.' }),
      )
    } finally {
      clearInterval(beat)
      this.#stop.signal.removeEventListener('abort', onStop)
    }
  }

  #onPush(samples: readonly Sample[]): void {
    this.#observation.heard()
    this.#pushed.took(samples)
    // the state goes with the values, not after them
    this.#hear()
    this.onSamples(samples)
  }

  #onAlive(at: Micros): void {
    this.#observation.heard()
    if (this.#options.setup.device.livenessCounts) this.#intake.seen(at)
    this.#hear()
    if (this.#pushed.tellsLife(this.#options.clock.now())) this.#options.onReadings([], this.report)
  }

  #onAbsent(problem: string | null): void {
    if (this.#pushed.absent(problem) && this.#conversation !== undefined) this.#judge()
  }

  /** The first word after the connection: the device is there. One that is polled is judged by its polls. */
  #hear(): void {
    if (this.#pushed.hear() && this.#conversation?.pushes === true) this.#judge()
  }

  #judge(): void {
    const at = this.#options.clock.now()
    const unreadable = this.#options.setup.tags.filter((tag) => tag.enabled && !this.#readable.has(tag.id)).map((tag) => tag.id)
    const enabled = this.#options.setup.tags.filter((tag) => tag.enabled).length
    const bad = this.#pushed.badTags.filter((tagId) => this.#readable.has(tagId))
    this.#step(this.#answered([...bad, ...unreadable], enabled), at)
  }

  #answered(badTags: readonly number[], tags: number): PollOutcome {
    this.#blame = GapCause.Device
    const { absence } = this.#pushed
    if (absence !== null) return { kind: 'absent', problem: absence }
    return answeredOutcome(badTags.length, this.#tags.get(badTags[0] ?? 0), tags)
  }

  #failed(error: Error): PollOutcome {
    if (!this.#stop.signal.aborted) this.#options.diagnostics.failed(error)
    this.#blame = causeOf(error)
    return failedOutcome(error)
  }

  async #connect(): Promise<Conversation> {
    // many devices serve only one connection: the last one must be over
    await this.#farewell
    this.#pushed.connected()
    this.#observation.connected()
    const conversation = await Conversation.open(this.#options.driver, this.#plan(), this.#host, this.#stop.signal)
    if (!conversation.pushes) {
      const ended = (): void => {
        if (this.#conversation === conversation) void this.#hangUp()
      }
      void conversation.closed.then(ended, ended)
    }
    return conversation
  }

  get #host(): ConversationHost {
    return {
      ...this.#options,
      onSamples: (samples) => this.#onPush(samples),
      onAlive: (at) => this.#onAlive(at),
      onAbsent: (problem) => this.#onAbsent(problem),
    }
  }

  async #hangUp(): Promise<void> {
    const conversation = this.#conversation
    this.#conversation = undefined
    if (conversation !== undefined) this.#farewell = conversation[Symbol.asyncDispose]()
    await this.#farewell
  }

  #step(outcome: PollOutcome, at: Micros): HealthStep {
    const before = this.#health
    const step = afterPoll(before, outcome, Math.random())
    this.#health = step.health
    if (this.#stop.signal.aborted) return step
    this.#tell(step)
    this.#observe(step, at)
    if (step.change === 'lost' || (step.change === 'quarantined' && before.status !== DeviceStatus.Error)) {
      this.#observation.lost(at, this.#blame, step.health.problem)
      this.#markLost(at)
    } else if (outcome.kind !== 'answered' || before.status !== step.health.status) this.#options.onReadings([], this.report)
    return step
  }

  #observe({ health }: HealthStep, at: Micros): void {
    if (health.consecutiveFailures > 0) return this.#observation.failed(at)
    this.#handHeld(this.#observation.answered(at))
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
}
