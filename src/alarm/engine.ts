import type { Clock, Micros, Millis } from '#base/time.ts'
import type { Delivery } from '#domain/delivery.ts'
import type { Logger } from '#host/log.ts'
import type { StoredMemory } from '#store/alarm-memory.ts'
import { readAlarmPlan } from '#store/alarm-plan.ts'
import { commit, type AlarmCommit } from '#store/alarms.ts'
import { readConfigVersion } from '#store/config-version.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { listSources } from '#store/sources.ts'
import { configure } from './core/configure.ts'
import { advance, evaluate } from './core/evaluate.ts'
import { sourceOf, type Outcome, type SourceMemory, type Transition } from './core/memory.ts'
import { saveSource } from './core/saved-memory.ts'
import { changesOf, loadEngine, statesOf, type EngineState } from './engine-state.ts'
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
  readonly #unremembered = new Set<string>()
  #transitions: Transition[] = []
  #notices: AlarmCommit['notices'][number][] = []
  #dropped: number[] = []
  #configured: boolean
  #aliveAt: Millis = 0
  #rememberedAt: Millis
  /** Nothing may be written any more by this session. */
  #broken = false

  private constructor(options: EngineOptions, epoch: number, state: Awaited<ReturnType<typeof loadEngine>>) {
    this.#options = options
    this.#epoch = epoch
    this.#state = state
    this.#take(state)
    this.#dropped = [...state.dropped]
    this.#configured = true
    this.#rememberedAt = options.clock.mono()
    this.#wake = new Wake()
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
      await this.#commit()
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
      named === 'all' ? (await listSources(db)).filter((one) => behindOf(one.source, one.seq)).map((one) => one.source) : [...named]
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
    this.#unremembered.add(source)
    this.#take(evaluate(memory, delivery))
  }

  #endDelays(): void {
    for (const source of this.#state.memory.sources.values()) {
      if (source.delays.size === 0) continue
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
    this.#state.plan = plan
    const outcome = configure(this.#state.memory, plan, (source) => this.#clockOf(source))
    this.#take(outcome)
    this.#dropped.push(...outcome.dropped)
    this.#configured = true
    log.info('alarm.configured', { version: plan.configVersion, rules: plan.rules.length, transitions: outcome.transitions.length })
  }

  #take(outcome: Outcome): void {
    this.#transitions.push(...outcome.transitions)
    this.#notices.push(...outcome.notices.map((notice) => ({ ...notice, severity: 'warning' as const })))
  }

  async #commitWhenDue(): Promise<void> {
    const happened = this.#transitions.length > 0 || this.#notices.length > 0 || this.#configured
    if (happened || this.#options.clock.mono() - this.#aliveAt >= ALIVE_MILLIS) await this.#commit()
  }

  async #commit(remember = this.#options.clock.mono() - this.#rememberedAt >= REMEMBER_MILLIS): Promise<void> {
    const { db, clock, onCommit } = this.#options
    const { memory, positions, plan } = this.#state
    const transitions = this.#transitions
    const eventIds = await commit(db, {
      epoch: this.#epoch,
      changes: changesOf(transitions, plan.places),
      states: statesOf(memory.changed),
      droppedRules: this.#dropped,
      watermarks: Array.from(positions, ([source, seq]) => ({ source, seq, clock: sourceOf(memory, source).clock })),
      configVersion: plan.configVersion,
      memories: remember ? this.#memories() : [],
      notices: this.#notices,
      configured: this.#configured ? { inForce: plan.rules.map((rule) => rule.id), gone: plan.gone, at: clock.now() } : null,
    })
    this.#transitions = []
    this.#notices = []
    this.#dropped = []
    this.#configured = false
    memory.changed.clear()
    this.#aliveAt = clock.mono()
    if (remember) {
      this.#unremembered.clear()
      this.#rememberedAt = this.#aliveAt
    }
    if (eventIds.length === 0) return
    this.#options.log.debug('alarm.committed', { events: eventIds.length })
    onCommit?.(eventIds)
  }

  #memories(): StoredMemory[] {
    const { memory, positions } = this.#state
    return Array.from(this.#unremembered, (source) => ({ source, seq: positions.get(source) ?? 0, body: saveSource(memory, source) }))
  }
}
