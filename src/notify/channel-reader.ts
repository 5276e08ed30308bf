import { StoreError, asError } from '#base/errors.ts'
import type { Clock, Micros, Millis } from '#base/time.ts'
import type { Logger } from '#host/log.ts'
import type { Database } from '#store/database.ts'
import { lockForTransaction } from '#store/advisory-lock.ts'
import { sqlState } from '#store/devices.ts'
import { findGateway, keepGatewayState } from '#store/gateways.ts'
import { finishInbound, keepInbound } from '#store/inbound.ts'
import { raiseSystem } from '#store/system-events.ts'
import type { ChannelSession, Inbox } from './channels/channel.ts'
import { type Answer, type InboundReader, onReply } from './inbound.ts'
import { createToken } from './token.ts'
import type { Wake } from './wake.ts'

export interface InboundContext {
  readonly db: Database
  readonly log: Logger
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly key: Uint8Array
}

/** What came by a webhook of another process is looked for this often even when nobody said so. */
const LOOK_MILLIS: Millis = 5000
const ANSWER_MILLIS: Millis = 15_000
/** That the provider is asked is noted this often. */
const ASKED_NOTED: Micros = 600_000_000

/** Reads one channel: asks its provider, keeps what arrived before anybody reads it, reads it, answers. */
export class ChannelReader {
  readonly #context: InboundContext
  readonly #reader: InboundReader
  readonly #session: ChannelSession
  readonly #wake: Wake

  constructor(context: InboundContext, reader: InboundReader, session: ChannelSession, wake: Wake) {
    this.#context = context
    this.#reader = reader
    this.#session = session
    this.#wake = wake
  }

  /** @param worked called after each answer of the provider. @throws ChannelError, StoreError, or when the signal aborts */
  async run(worked: () => void): Promise<void> {
    const { signal } = this.#context
    const { inbox } = this.#session
    await this.#readStored()
    if (inbox !== undefined) return await this.#poll(inbox, worked)
    for (;;) {
      await this.#wake.wait(LOOK_MILLIS, signal)
      signal.throwIfAborted()
      await this.#readStored()
    }
  }

  async #poll(inbox: Inbox, worked: () => void): Promise<void> {
    const { db, log, clock, signal } = this.#context
    const { channel } = this.#reader.kind
    const identity = await inbox.identity(signal)
    const state = (await findGateway(db, channel))?.state
    let offset = state?.identity === identity ? state.offset : undefined
    let asked = state?.identity === identity ? state.askedAt : undefined
    if (asked !== undefined && inbox.keepsMillis !== undefined && clock.now() - asked > inbox.keepsMillis * 1000)
      await this.#answersLost(asked)
    // one that holds the question open has proved itself by telling its name
    let cleared = typeof state?.problem !== 'string' && state?.workedAt !== undefined
    const clear = async (): Promise<void> => {
      if (!cleared) await keepGatewayState(db, channel, { problem: null, workedAt: clock.now() })
      cleared = true
    }
    if (inbox.pauseMillis === undefined) await clear()
    for (;;) {
      signal.throwIfAborted()
      const updates = await inbox.updates(offset, signal)
      worked()
      await clear()
      if (asked === undefined || clock.now() - asked > ASKED_NOTED) {
        asked = clock.now()
        await keepGatewayState(db, channel, { askedAt: asked, identity })
      }
      const last = updates.at(-1)
      if (last !== undefined) {
        await this.#keep(identity, updates, last.next)
        offset = last.next
        await inbox
          .confirm?.(updates, signal)
          // still there the next time, and not kept twice
          .catch((error: unknown) => log.warn('inbound.not_cleared', { error: asError(error) }))
      }
      await this.#readStored()
      if (inbox.pauseMillis !== undefined) await this.#wake.wait(inbox.pauseMillis, signal)
    }
  }

  /** The provider forgot what was said since then: whoever answered believes that it arrived. */
  async #answersLost(since: Micros): Promise<void> {
    const { db, log } = this.#context
    const { channel, title } = this.#reader.kind
    log.warn('inbound.answers_lost', { since })
    const why = `${title} was not asked for longer than it keeps what people say.`
    const detail = { channel, since, why }
    await db.transaction((tx) => raiseSystem(tx, { code: 'notify.answers_lost', severity: 'warning', detail }))
  }

  /** Only an offset whose updates are stored is ever asked with: the provider forgets what lies before it. */
  async #keep(identity: string, updates: Awaited<ReturnType<Inbox['updates']>>, next: number): Promise<void> {
    const { db, clock } = this.#context
    const { channel } = this.#reader.kind
    await db.transaction(async (tx) => {
      const named = updates.map((one) => ({ id: `${identity}:${one.id}`, raw: one.raw }))
      await keepInbound(tx, channel, named, clock.now())
      await keepGatewayState(tx, channel, { offset: next, identity })
    })
  }

  async #readStored(): Promise<void> {
    const { db, clock, log } = this.#context
    for (let again = 0; ;) {
      let reading: number | undefined
      try {
        const answer = await db.transaction((tx) => onReply(tx, this.#reader, clock.now(), (id) => (reading = id)))
        if (answer === undefined) return
        again = 0
        if (answer !== null)
          await this.#answer(answer).catch((error: unknown) => log.warn('inbound.not_answered', { error: asError(error) }))
      } catch (error) {
        // somebody acknowledged the same alarms in another order: the message is still there and is read again
        if (sqlState(error) === '40P01' && ++again < 5) continue
        if (reading === undefined || sqlState(error) === '40P01' || (error instanceof StoreError && error.retriable)) throw error
        // one that cannot be read does not keep back what others say after it
        log.error('inbound.unreadable', { message: reading, error: asError(error) })
        await finishInbound(db, reading, 'unread', { why: asError(error).message })
      }
    }
  }

  /** Everything is committed by now: what fails here is lost, the acknowledgement is not. */
  async #answer(answer: Answer): Promise<void> {
    const { db, clock, log } = this.#context
    const { kind } = this.#reader
    const signal = AbortSignal.any([this.#context.signal, AbortSignal.timeout(ANSWER_MILLIS)])
    const quietly = (work: Promise<unknown> | undefined): Promise<unknown> =>
      Promise.resolve(work).catch((error: unknown) => log.debug('inbound.button_stays', { error: asError(error) }))
    if (answer.press !== null) await quietly(this.#session.answerPress?.(answer.press, answer.text, signal))
    for (const message of answer.settle) await quietly(this.#session.settle?.(answer.chat, message, signal))
    const outgoing = {
      address: answer.chat,
      language: answer.language,
      subject: '',
      text: answer.text,
      lines: [answer.text],
      key: `synctide-answer-${createToken().token}`,
      thread: null,
      replyTo: answer.replyTo,
      acknowledge: null,
      silent: true,
      lastsSeconds: 600,
      heardAt: clock.now(),
    }
    if (kind.parallel !== 1) await this.#session.send(outgoing, signal)
    else {
      await db.transaction(async (tx) => {
        await lockForTransaction(tx, `send ${kind.channel}`)
        await this.#session.send(outgoing, signal)
      })
    }
  }
}
