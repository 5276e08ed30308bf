import { StoreError, asError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import type { Logger } from '#host/log.ts'
import { hurryUntold, nextDue } from '#store/cases.ts'
import type { Database } from '#store/database.ts'
import { leaseCompanions, leaseMessage, releaseLeases } from '#store/message-leases.ts'
import { releaseMoved } from '#store/messaging.ts'
import { readSettings } from '#store/settings.ts'
import { finishIntent, type Intent, restIntent, takeIntent } from '#store/outbox.ts'
import { deliver } from './deliver.ts'
import { SEND_MILLIS } from './fail-message.ts'
import { OpenChannels } from './open-channels.ts'
import type { RoundContext } from './queue-alarm.ts'
import { onDueCase, onIntent } from './rounds.ts'
import { Wake } from './wake.ts'

export interface NotifyContext {
  readonly db: Database
  readonly log: Logger
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Of the installation; opens the secrets of the gateways. */
  readonly key: Uint8Array
  /** How long a message is ours before another process takes it up. */
  readonly leaseMillis?: Millis
}

/** Preparation, check and send each end before this. */
const LEASE_MILLIS: Millis = 2 * SEND_MILLIS
/** Everything is looked at this often even when no notification came. */
const LOOK_MILLIS: Millis = 5000
const REST_MILLIS: Millis = 10_000
/** Messages under way at once by one channel: one that hangs does not hold up the others. */
const MOST_PER_CHANNEL = 3

/** Runs until the signal aborts: intents to cases, cases to messages, messages to people. */
export async function runNotify(context: NotifyContext): Promise<void> {
  const { db, log, clock, signal } = context
  const wake = new Wake()
  let configured = false
  await using channels = new OpenChannels(context)
  await using _outbox = db.listen('outbox', () => wake.now())
  await using _alarms = db.listen('alarms', () => wake.now())
  await using _config = db.listen('config', () => {
    configured = false
    wake.now()
  })
  const engine = new Engine(context, channels, wake)
  while (!signal.aborted) {
    let pause = LOOK_MILLIS
    try {
      if (!configured) {
        configured = true
        await channels.reload()
        engine.timeZone = (await readSettings(db)).site.timeZone
        await releaseMoved(db, clock.now())
        await hurryUntold(db, clock.now())
      }
      pause = await engine.work()
    } catch (error) {
      configured = false
      const away = error instanceof StoreError && error.retriable
      log[away ? 'warn' : 'error']('notify.interrupted', { error: asError(error) })
      pause = 1000
    }
    await wake.wait(pause, signal)
  }
  await engine.settled()
}

/** Claims due rows under leases and sends them. */
class Engine {
  readonly #context: NotifyContext
  readonly #channels: OpenChannels
  readonly #wake: Wake
  readonly #owner = `notify ${process.pid} ${Math.random().toString(36).slice(2, 8)}`
  readonly #sending = new Set<Promise<void>>()
  /** Of the site. */
  timeZone = 'UTC'
  /** Messages whose lease this process gave up without a word, because the database was away; null: those of a process before this one. */
  #abandoned: number[] | null = null

  constructor(context: NotifyContext, channels: OpenChannels, wake: Wake) {
    this.#context = context
    this.#channels = channels
    this.#wake = wake
  }

  /** Does everything that is due. @returns how long nothing will be due, at most {@link LOOK_MILLIS} */
  async work(): Promise<Millis> {
    const { db, clock, signal } = this.#context
    await this.#takeUpAbandoned()
    // the first message of an alarm leaves before the next one is looked at; notes wait for all of theirs, which go together
    for (let kind = await this.#takeIntent(); !signal.aborted && kind !== undefined; kind = await this.#takeIntent()) {
      if (kind === 'raised' || kind === 'system') await this.#send()
    }
    while (!signal.aborted && (await db.transaction((tx) => onDueCase(tx, this.#round())))) await this.#send()
    await this.#send()
    for (const probe of this.#channels.probes(signal)) this.#follow(probe)
    const due = await nextDue(db)
    const wait = due === undefined ? LOOK_MILLIS : Math.max(0, (due - clock.now()) / 1000)
    // a channel that is full frees a place with a wake of its own
    return Math.min(LOOK_MILLIS, this.#channels.busy(MOST_PER_CHANNEL).length > 0 ? Math.max(wait, 100) : Math.max(wait, 10))
  }

  /** Waits until nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#sending)
  }

  /** @returns what was worked on; undefined when nothing waits */
  async #takeIntent(): Promise<Intent['kind'] | undefined> {
    const { db, log } = this.#context
    let taken: Intent | undefined
    try {
      return await db.transaction(async (tx) => {
        const intent = await takeIntent(tx)
        if (intent === undefined) return undefined
        taken = intent
        await onIntent(tx, intent, this.#round())
        await finishIntent(tx, intent.id)
        return intent.kind
      })
    } catch (error) {
      if (taken === undefined || (error instanceof StoreError && error.retriable)) throw error
      // one that cannot be worked on does not hold up the others
      log.error('notify.intent_failed', { intent: taken.id, error: asError(error) })
      await restIntent(db, taken.id, this.#owner, REST_MILLIS)
      return taken.kind
    }
  }

  async #takeUpAbandoned(): Promise<void> {
    const { db, clock, log } = this.#context
    const abandoned = this.#abandoned
    if (abandoned?.length === 0) return
    const released = await releaseLeases(db, abandoned, clock.now())
    this.#abandoned = (this.#abandoned ?? []).filter((id) => abandoned !== null && !abandoned.includes(id))
    if (released > 0) log.warn('notify.taken_up', { messages: released })
  }

  #round(): RoundContext {
    const { timeZone } = this
    return { now: this.#context.clock.now(), channels: this.#channels.names(), failing: this.#channels.failing(), timeZone }
  }

  async #send(): Promise<void> {
    const { db, clock, signal, leaseMillis = LEASE_MILLIS } = this.#context
    while (!signal.aborted) {
      const message = await leaseMessage(db, this.#owner, clock.now(), {
        millis: leaseMillis,
        except: this.#channels.busy(MOST_PER_CHANNEL),
      })
      if (message === undefined) return
      const more = message.bundled && !message.uncertain
      const companions = more ? await leaseCompanions(db, this.#owner, message, clock.now(), leaseMillis) : []
      const messages = [message, ...companions]
      const place = this.#channels.begin(message.channel)
      const sending = deliver({ ...this.#context, channels: this.#channels, owner: this.#owner }, messages)
        .catch((error: unknown) => {
          this.#abandoned = [...(this.#abandoned ?? []), ...messages.map((one) => one.id)]
          if (!signal.aborted) this.#context.log.error('notify.delivery_interrupted', { message: message.id, error: asError(error) })
        })
        .finally(() => place[Symbol.dispose]())
      this.#follow(sending)
    }
  }

  /** What is under way is waited for at the end, and is looked at again when it is done. */
  #follow(work: Promise<void>): void {
    const followed = work.finally(() => {
      this.#sending.delete(followed)
      this.#wake.now()
    })
    this.#sending.add(followed)
  }
}
