import type { Clock, Micros, Millis } from '#base/time.ts'
import { isTagRule } from '#domain/alarm.ts'
import type { Delivery } from '#domain/delivery.ts'
import type { Sample } from '#domain/sample.ts'
import type { Logger } from '#host/log.ts'
import type { StoredMemory } from '#store/alarm-memory.ts'
import { readAlarmPlan } from '#store/alarm-plan.ts'
import { commit, type AlarmCommit, type DerivedFlush } from '#store/alarm-commit.ts'
import { readConfigVersion } from '#store/config-version.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { SampleWindows } from '#store/sample-windows.ts'
import { listSources } from '#store/sources.ts'
import { listCommands } from '#store/suppressions.ts'
import { configure, reset } from './core/configure.ts'
import { advance, evaluate } from './core/evaluate.ts'
import { DERIVED, freshOutcome, sourceOf, type Outcome, type StatusChange, type SourceMemory, type Transition } from './core/memory.ts'
import { missingWindows } from './core/missing-windows.ts'
import { saveSource } from './core/saved-memory.ts'
import { changesOf, loadEngine, statesOf, type EngineState } from './engine-state.ts'
import { fillWindows } from './fill-windows.ts'
import { Wake } from './wake.ts'

export interface EngineOptions {
  readonly db: Database
  readonly log: Logger
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Told after every commit of something that happened; for measurements. */
  readonly onCommit?: (eventIds: readonly number[]) => void
}

/** Deliveries judged before a commit; more only when there is a backlog. */
const BATCH = 200
/** How often delays are looked at while none of their readings arrive. */
const TICK_MILLIS: Millis = 100
/** The sign of life, and the watermark when nothing else happened. */
const ALIVE_MILLIS: Millis = 1000
const REMEMBER_MILLIS: Millis = 30_000
/** A source that is silent for longer has no clock to end delays by. */
const SILENCE: Micros = 5_000_000

/** The engine while it holds the lock: memory, positions and the loop that makes facts of deliveries. */
export class AlarmEngine implements AsyncDisposable {
  readonly #options: EngineOptions
  readonly #epoch: number
  readonly #state: EngineState
  readonly #wake: Wake
  readonly #listeners: readonly AsyncDisposable[]
  /** When the clock of each source was last read, by the engine's own monotonic clock. */
  readonly #readAt = new Map<string, Millis>()
  readonly #unremembered: Set<string>
  #transitions: Transition[] = []
  #notices: AlarmCommit['notices'][number][] = []
  #dropped: number[] = []
  #derived: Sample[] = []
  #statuses: StatusChange[] = []
  /** Whether each rule that can be is suppressed by design, as the database has it. */
  readonly #designed = new Map<number, boolean>()
  /** Commands that were carried out and not yet taken away. */
  readonly #done = new Set<number>()
  /** The newest reading of each virtual tag since the last checkpoint. */
  readonly #derivedLatest = new Map<number, Sample>()
  readonly #windows: SampleWindows
  #configured: boolean
  #aliveAt: Millis = 0
  /** When commands, and what waits for a time of day, were looked at last. */
  #tidiedAt: Millis = Number.NEGATIVE_INFINITY
  #rememberedAt: Millis
  /** Nothing may be written any more by this session. */
  #broken = false

  private constructor(options: EngineOptions, epoch: number, state: Awaited<ReturnType<typeof loadEngine>>) {
    this.#options = options
    this.#epoch = epoch
    this.#state = state
    this.#take(state)
    this.#dropped = [...state.dropped]
    this.#unremembered = new Set(state.unremembered)
    this.#configured = true
    this.#rememberedAt = options.clock.mono()
    this.#wake = new Wake()
    this.#windows = new SampleWindows(options.db)
    this.#listeners = [
      options.db.listen('deliveries', (source) => this.#wake.source(source)),
      options.db.listen('config', () => this.#wake.config()),
    ]
  }

  static async open(options: EngineOptions, epoch: number): Promise<AlarmEngine> {
    return new AlarmEngine(options, epoch, await loadEngine(options.db))
  }

  /** @throws StoreError when the database is away or another engine took over; the session is of no use then */
  async run(signal: AbortSignal): Promise<void> {
    try {
      // an engine that dies again and again must not read more at each start
      await this.#commit(this.#unremembered.size > 0)
      while (!signal.aborted) {
        const woken = await this.#wake.next(TICK_MILLIS, signal)
        if (woken.config) await this.#reconfigure()
        const behind = await this.#readSources(woken.sources)
        if (!behind) this.#endDelays()
        await this.#commitWhenDue()
      }
    } catch (error) {
      this.#broken = true
      throw error
    }
    this.#broken = !this.#options.signal.aborted
  }

  /** Stops listening; after an orderly end all is remembered, so that the next start need not read again. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#listeners) await listener[Symbol.asyncDispose]()
    if (!this.#broken) await this.#commit(true)
  }

  /** @returns true when there is more to read: then the clock stands still */
  async #readSources(named: ReadonlySet<string> | 'all'): Promise<boolean> {
    const { db } = this.#options
    const { positions } = this.#state
    const behindOf = (source: string, seq: number): boolean => seq > (positions.get(source) ?? 0)
    const sources =
      named === 'all'
        ? (await listSources(db)).filter((one) => one.source !== DERIVED && behindOf(one.source, one.seq)).map((one) => one.source)
        : [...named].filter((source) => source !== DERIVED)
    let behind = false
    for (const source of sources) {
      const deliveries = await readAfter(db, source, positions.get(source) ?? 0, BATCH)
      for (const delivery of deliveries) this.#onDelivery(delivery)
      if (deliveries.length < BATCH) continue
      behind = true
      this.#wake.source(source)
    }
    return behind
  }

  /** The next delivery of a source becomes verdicts. */
  #onDelivery(delivery: Delivery): void {
    const { source, seq } = delivery
    const { positions, memory } = this.#state
    const expected = (positions.get(source) ?? 0) + 1
    if (seq !== expected && positions.has(source)) {
      this.#notices.push({
        code: 'deliveries_missed',
        severity: 'critical',
        deviceId: null,
        detail: { source, from: expected, to: seq - 1 },
      })
      this.#options.log.error('alarm.deliveries_missed', { source, from: expected, to: seq - 1 })
    }
    positions.set(source, seq)
    this.#readAt.set(source, this.#options.clock.mono())
    // the clock of virtual tags is that of whatever feeds them
    this.#readAt.set(DERIVED, this.#options.clock.mono())
    this.#unremembered.add(source)
    this.#take(evaluate(memory, delivery))
  }

  #endDelays(): void {
    for (const source of this.#state.memory.sources.values()) {
      if (source.delays.size === 0 && source.looks.size === 0 && !this.#state.memory.dirty) continue
      const clock = this.#clockOf(source)
      if (clock !== undefined) this.#take(advance(this.#state.memory, source, clock))
    }
  }

  /** The source's newest delivery plus the time since, while it is alive. */
  #clockOf(source: SourceMemory): Micros | undefined {
    if (source.clock === null) return undefined
    const readAt = this.#readAt.get(source.source)
    if (readAt === undefined) return source.clock
    return source.clock + Math.min(Math.round((this.#options.clock.mono() - readAt) * 1000), SILENCE)
  }

  async #reconfigure(): Promise<void> {
    const { db, log } = this.#options
    if ((await readConfigVersion(db)) === this.#state.plan.configVersion) return
    const plan = await readAlarmPlan(db)
    const left = await fillWindows(db, this.#state.memory, missingWindows(this.#state.memory, plan))
    if (left > 0) log.warn('alarm.windows_not_filled', { windows: left })
    this.#state.plan = plan
    const outcome = configure(this.#state.memory, plan, (source) => this.#clockOf(source))
    this.#take(outcome)
    this.#dropped.push(...outcome.dropped)
    this.#configured = true
    log.info('alarm.configured', { version: plan.configVersion, rules: plan.rules.length, transitions: outcome.transitions.length })
  }

  #take(outcome: Outcome): void {
    this.#transitions.push(...outcome.transitions)
    this.#derived.push(...outcome.derived)
    this.#statuses.push(...outcome.statuses)
    this.#notices.push(...outcome.notices.map((notice) => ({ ...notice, severity: 'warning' as const })))
  }

  async #commitWhenDue(): Promise<void> {
    const happened =
      this.#transitions.length > 0 || this.#statuses.length > 0 || this.#derived.length > 0 || this.#notices.length > 0 || this.#configured
    if (happened || this.#options.clock.mono() - this.#aliveAt >= ALIVE_MILLIS) await this.#commit()
  }

  async #commit(remember = this.#options.clock.mono() - this.#rememberedAt >= REMEMBER_MILLIS): Promise<void> {
    const { db, clock, onCommit } = this.#options
    const { memory, positions, plan } = this.#state
    const tidy = clock.mono() - this.#tidiedAt >= ALIVE_MILLIS
    if (tidy) await this.#obey()
    const transitions = this.#transitions
    const derived = this.#derivedFlush(remember)
    const designed = this.#designedNow()
    if (derived !== null) positions.set(DERIVED, derived.seq)
    const work: AlarmCommit = {
      epoch: this.#epoch,
      changes: changesOf(transitions, plan.places),
      states: statesOf(memory.changed),
      droppedRules: this.#dropped,
      watermarks: Array.from(positions, ([source, seq]) => ({ source, seq, clock: sourceOf(memory, source).clock })),
      configVersion: plan.configVersion,
      memories: remember ? this.#memories() : [],
      notices: this.#notices,
      derived,
      designed,
      statuses: this.#statuses,
      done: [...this.#done],
      now: tidy ? clock.now() : null,
      configured: this.#configured ? { inForce: plan.rules.map((rule) => rule.id), gone: plan.gone, at: clock.now() } : null,
    }
    const eventIds = await commit(db, work, this.#windows)
    this.#derived = []
    this.#statuses = []
    this.#done.clear()
    if (tidy) this.#tidiedAt = clock.mono()
    for (const [ruleId, on] of designed) this.#designed.set(ruleId, on)
    this.#transitions = []
    this.#notices = []
    this.#dropped = []
    this.#configured = false
    memory.changed.clear()
    this.#aliveAt = clock.mono()
    if (remember) {
      this.#unremembered.clear()
      this.#derivedLatest.clear()
      this.#rememberedAt = this.#aliveAt
    }
    if (eventIds.length === 0) return
    this.#options.log.debug('alarm.committed', { events: eventIds.length })
    onCommit?.(eventIds)
  }

  /** Carries out what operators asked for, within a second. */
  async #obey(): Promise<void> {
    for (const { id, ruleId, at } of await listCommands(this.#options.db)) {
      if (this.#done.has(id)) continue
      this.#done.add(id)
      const outcome = freshOutcome()
      if (reset(this.#state.memory, ruleId, at, outcome)) this.#take(outcome)
    }
  }

  /** Rules whose suppression by design begins or ends: the tag that decides is on, or not. */
  #designedNow(): ReadonlyMap<number, boolean> {
    const { memory } = this.#state
    const changed = new Map<number, boolean>()
    for (const [ruleId, { rule }] of memory.rules) {
      const tagId = isTagRule(rule) ? rule.suppressTagId : null
      const known = this.#designed.get(ruleId)
      if (tagId === null && known !== true) continue
      const tag = tagId === null ? undefined : memory.tags.get(tagId)
      const on = tag?.value !== undefined && Number(tag.value) !== 0
      if (known !== on) changed.set(ruleId, on)
    }
    return changed
  }

  /** What is to be written of the virtual tags; the same again when a commit failed. */
  #derivedFlush(checkpoint: boolean): DerivedFlush | null {
    const { memory, positions, derivedEpoch } = this.#state
    for (const sample of this.#derived) this.#derivedLatest.set(sample.tagId, sample)
    if (this.#derived.length > 0) this.#unremembered.add(DERIVED)
    const latest = checkpoint ? [...this.#derivedLatest.values()] : []
    if (this.#derived.length === 0 && latest.length === 0) return null
    const seq = (positions.get(DERIVED) ?? 0) + (this.#derived.length > 0 ? 1 : 0)
    const receivedAt = sourceOf(memory, DERIVED).clock ?? this.#options.clock.now()
    return { epoch: derivedEpoch, seq, receivedAt, readings: this.#derived, checkpoint: latest }
  }

  #memories(): StoredMemory[] {
    const { memory, positions } = this.#state
    return Array.from(this.#unremembered, (source) => ({ source, seq: positions.get(source) ?? 0, body: saveSource(memory, source) }))
  }
}
