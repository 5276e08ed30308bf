import { setTimeout as pause } from 'node:timers/promises'
import { DriverError, asError } from '#base/errors.ts'
import type { Clock, Micros, Millis } from '#base/time.ts'
import type { Sample } from '#domain/sample.ts'
import type { DevicePlan, Driver, DriverLog, Session, SessionContext } from '#drivers/driver.ts'
import { bounded } from './bounded.ts'
import type { DeviceDiagnostics } from './device-diagnostics.ts'
import type { DeviceMemory } from './learned-memory.ts'

/** What a conversation needs of the loop that leads it. */
export interface ConversationHost {
  readonly clock: Clock
  readonly log: DriverLog
  /** Of the protocol: certificates and the like. */
  readonly folder: string
  readonly diagnostics: DeviceDiagnostics
  readonly learned: DeviceMemory
  /** Work for this device begins: see CrashGuard. */
  readonly onWork: () => void
  readonly accepted: () => Promise<void>
  readonly onSamples: (samples: readonly Sample[]) => void
  readonly onAlive: (at: Micros) => void
  readonly onAbsent: (problem: string | null) => void
}

/** A session that does not end by then is left to itself. */
const FAREWELL: Millis = 6000
const LEAST_PATIENCE: Millis = 60_000
const MOST_PATIENCE: Millis = 600_000
const PATIENCE_FACTOR = 10

/** One session with a device, kept within bounds: whatever its driver does, nobody waits for it for ever. */
export class Conversation implements AsyncDisposable {
  readonly #session: Session
  readonly #life: Life
  readonly #code: string
  readonly #patience: Millis
  #ended: Promise<void> | undefined

  private constructor(session: Session, plan: DevicePlan, life: Life) {
    this.#session = session
    this.#life = life
    this.#code = plan.device.code
    this.#patience = patienceOf(plan)
  }

  /** @throws DriverError, ConfigError; the reason of `stop` */
  static async open(driver: Driver, plan: DevicePlan, host: ConversationHost, stop: AbortSignal): Promise<Conversation> {
    const life = new Life(host)
    const patience = patienceOf(plan)
    const overdue = (): Error => {
      return new DriverError('timeout', `${plan.device.code} did not let itself be connected within ${Math.round(patience / 1000)} s`, {
        remedy: 'Look whether something between here and the device holds the connection up: a firewall, a gateway.',
      })
    }
    const connect = async (signal: AbortSignal): Promise<Session> => {
      signal.addEventListener('abort', () => life.ending(asError(signal.reason)), { once: true })
      const session = await driver.connect(plan, contextOf(life))
      if (!signal.aborted) return session
      // nobody waits for it any more
      life.over = true
      await session[Symbol.asyncDispose]()
      throw asError(signal.reason)
    }
    host.onWork()
    const session = await bounded(stop, patience, connect, overdue)
    life.endWith(stop)
    host.diagnostics.connected(session)
    return new Conversation(session, plan, life)
  }

  /** From now on nobody ends it but who disposes it. @returns false when it can only be led with the tags that it has */
  leave(): boolean {
    if (this.#session.replan === undefined || this.#life.signal.aborted) return false
    this.#life.leave()
    return true
  }

  /**
   * Goes on with other tags, led by another loop.
   * @returns false when it could not: dispose it then
   * @throws what the driver throws; DriverError with `timeout`; the reason of `stop`
   */
  async replan(points: DevicePlan['points'], host: ConversationHost, stop: AbortSignal): Promise<boolean> {
    const overdue = (): Error =>
      new DriverError('timeout', `${this.#code} did not take up its tags within ${Math.round(this.#patience / 1000)} s`)
    this.#life.host = host
    host.onWork()
    const taken = await bounded(stop, this.#patience, async () => (await this.#session.replan?.(points)) ?? false, overdue)
    if (taken) this.#life.endWith(stop)
    return taken
  }

  /** Whether the device sends by itself. */
  get pushes(): boolean {
    return this.#session.poll === undefined
  }

  /** Resolves when the conversation ended by itself. */
  get closed(): Promise<DriverError | undefined> {
    return this.#session.closed
  }

  /** @throws DriverError, one with `timeout` when the driver does not come back; the reason of `stop`. Dispose it then. */
  async poll(tick: Micros, stop: AbortSignal): Promise<readonly Sample[]> {
    const overdue = (): Error => {
      return new DriverError(
        'timeout',
        `A round of ${this.#code} took longer than ${Math.round(this.#patience / 1000)} s and was given up`,
        {
          remedy: 'Poll less often or fewer tags, or shorten the time-out: the device answers too slowly for so many.',
        },
      )
    }
    const { clock, diagnostics, onWork } = this.#life.host
    onWork()
    const started = clock.mono()
    const samples = await bounded(stop, this.#patience, async (signal) => (await this.#session.poll?.(tick, signal)) ?? [], overdue)
    diagnostics.polled(clock.mono() - started)
    return samples
  }

  /** Says goodbye; what the driver still hands over meanwhile counts. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= this.#end()
    await this.#ended
  }

  async #end(): Promise<void> {
    const { diagnostics, log } = this.#life.host
    const over = new AbortController()
    const farewell = async (): Promise<boolean> => {
      await this.#session[Symbol.asyncDispose]()
      return true
    }
    try {
      const patience = pause(FAREWELL, false, { signal: over.signal }).catch(() => false)
      if (!(await Promise.race([farewell(), patience]))) log.warn('device.farewell_overdue', { device: this.#code })
    } catch (error) {
      log.debug('device.farewell_failed', { device: this.#code, reason: asError(error).message })
    } finally {
      over.abort()
      this.#life.over = true
      this.#life.ending(new DriverError('connect', `The session of ${this.#code} has ended`))
      diagnostics.disconnected()
    }
  }
}

/** @returns how long one round, or one attempt to connect, may take at most: a bound for defects, far beyond the driver's own time-outs */
function patienceOf({ device }: DevicePlan): Millis {
  return Math.min(MOST_PATIENCE, Math.max(LEAST_PATIENCE, PATIENCE_FACTOR * device.timeoutMillis))
}

/** Who leads a session, and how far it is: asked to end (its signal aborted), or over: then it is not believed any more. */
class Life {
  readonly #control = new AbortController()
  #followed = new AbortController()
  host: ConversationHost
  over = false

  constructor(host: ConversationHost) {
    this.host = host
  }

  get signal(): AbortSignal {
    return this.#control.signal
  }

  ending(reason: Error): void {
    this.#control.abort(reason)
  }

  /** It is asked to end when `stop` aborts, until somebody calls {@link leave}. */
  endWith(stop: AbortSignal): void {
    const signal = AbortSignal.any([this.#followed.signal, this.signal])
    stop.addEventListener('abort', () => this.ending(asError(stop.reason)), { once: true, signal })
  }

  leave(): void {
    this.#followed.abort()
    this.#followed = new AbortController()
  }
}

function contextOf(life: Life): SessionContext {
  const { clock, log, folder, accepted, learned, diagnostics } = life.host
  const living = (name: string): boolean => {
    if (!life.over) return true
    diagnostics.count(`late_${name}`, 1)
    return false
  }
  return {
    clock,
    log,
    folder,
    accepted,
    signal: life.signal,
    emit: (samples) => {
      life.host.onWork()
      if (living('emits')) life.host.onSamples(samples)
    },
    alive: (at) => (living('signs_of_life') ? life.host.onAlive(at) : undefined),
    absent: (problem) => (living('absences') ? life.host.onAbsent(problem) : undefined),
    recall: learned.recall,
    remember: (key, value) => (living('memories') ? learned.remember(key, value) : undefined),
    recalled: learned.recalled,
    frame: (direction, bytes) => {
      life.host.onWork()
      diagnostics.frame(direction, bytes)
    },
    count: (name, by = 1) => diagnostics.count(name, by),
  }
}
