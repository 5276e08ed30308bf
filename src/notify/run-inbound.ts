import { setTimeout as delay } from 'node:timers/promises'
import { ChannelError, StoreError, SyncTideError, asError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import type { Logger } from '#host/log.ts'
import { holdLock } from '#store/advisory-lock.ts'
import type { Database } from '#store/database.ts'
import { findGateway, keepGatewayState, listGateways, type StoredGateway } from '#store/gateways.ts'
import { keepInbound } from '#store/inbound.ts'
import { sqlState } from '#store/devices.ts'
import { channelOf } from './channels/catalogue.ts'
import type { ChannelSession, Inbox } from './channels/channel.ts'
import { openSettings } from './gateways.ts'
import { onReply, type Answer } from './inbound.ts'
import { createToken } from './token.ts'
import { Wake } from './wake.ts'

export interface InboundContext {
  readonly db: Database
  readonly log: Logger
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly key: Uint8Array
}

const LOOK_MILLIS: Millis = 5000
const PAUSES_MILLIS = [1000, 2000, 5000, 15_000, 30_000] as const
const ANSWER_MILLIS: Millis = 10_000

interface Poller {
  readonly fingerprint: string
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/** Runs until the signal aborts: one reader for each channel on which people answer. */
export async function runInbound(context: InboundContext): Promise<void> {
  const { db, log, signal } = context
  const wake = new Wake()
  const pollers = new Map<string, Poller>()
  await using _config = db.listen('config', () => wake.now())
  while (!signal.aborted) {
    try {
      await follow(context, pollers, await listGateways(db))
    } catch (error) {
      log.warn('inbound.interrupted', { error: asError(error) })
    }
    await wake.wait(LOOK_MILLIS, signal)
  }
  for (const poller of pollers.values()) poller.stop.abort()
  await Promise.all([...pollers.values()].map((one) => one.ended))
}

async function follow(context: InboundContext, pollers: Map<string, Poller>, gateways: readonly StoredGateway[]): Promise<void> {
  const enabled = gateways.filter((one) => one.enabled)
  const fingerprintOf = (one: StoredGateway): string =>
    JSON.stringify([one.settings, one.secrets === null ? null : Buffer.from(one.secrets).toString('hex')])
  for (const [channel, poller] of pollers) {
    const gateway = enabled.find((one) => one.channel === channel)
    if (gateway !== undefined && fingerprintOf(gateway) === poller.fingerprint) continue
    pollers.delete(channel)
    poller.stop.abort()
    await poller.ended
  }
  for (const gateway of enabled) {
    if (pollers.has(gateway.channel)) continue
    const stop = new AbortController()
    const ended = pollChannel(context, gateway, AbortSignal.any([context.signal, stop.signal]))
    pollers.set(gateway.channel, { fingerprint: fingerprintOf(gateway), stop, ended })
  }
}

/** Until stopped or reconfigured; comes back after every failure. */
async function pollChannel(context: InboundContext, gateway: StoredGateway, signal: AbortSignal): Promise<void> {
  const { db, key } = context
  const { channel } = gateway
  const log = context.log.with({ channel })
  for (let failures = 0; !signal.aborted;) {
    try {
      await using session = channelOf(channel).open(openSettings(key, gateway))
      if (session.inbox === undefined) return
      // a bot has exactly one reader
      await using lock = await holdLock(db, `inbound ${channel}`, signal)
      const reader = new Reader({ ...context, log, signal: AbortSignal.any([signal, lock.lost]) }, channel, session, session.inbox)
      await reader.run(() => (failures = 0))
    } catch (error) {
      if (signal.aborted) return
      failures++
      const wished = error instanceof ChannelError ? (error.retryAfterSeconds ?? 0) * 1000 : 0
      const pause = Math.max(wished, PAUSES_MILLIS[Math.min(failures, PAUSES_MILLIS.length) - 1] ?? 1000)
      log.warn('inbound.not_read', { failures, error: asError(error) })
      if (error instanceof SyncTideError && !(error instanceof StoreError)) {
        await keepGatewayState(db, channel, { problem: error.message }).catch(() => undefined)
      }
      await delay(pause, undefined, { signal }).catch(() => undefined)
    }
  }
}

class Reader {
  readonly #context: InboundContext
  readonly #channel: string
  readonly #session: ChannelSession
  readonly #inbox: Inbox

  constructor(context: InboundContext, channel: string, session: ChannelSession, inbox: Inbox) {
    this.#context = context
    this.#channel = channel
    this.#session = session
    this.#inbox = inbox
  }

  /** @param worked called after each answer of the provider. @throws ChannelError, StoreError, or when the signal aborts */
  async run(worked: () => void): Promise<void> {
    const { db, clock, signal } = this.#context
    const identity = await this.#inbox.identity(signal)
    const state = (await findGateway(db, this.#channel))?.state
    let offset = state?.identity === identity ? state.offset : undefined
    if (typeof state?.problem === 'string') await keepGatewayState(db, this.#channel, { problem: null })
    await this.#readStored()
    for (;;) {
      signal.throwIfAborted()
      const updates = await this.#inbox.updates(offset, signal)
      worked()
      const last = updates.at(-1)
      if (last === undefined) continue
      const next = last.next
      // only an offset whose updates are stored is ever asked with: the provider forgets what lies before it
      await db.transaction(async (tx) => {
        const named = updates.map((one) => ({ id: `${identity}:${one.id}`, raw: one.raw }))
        await keepInbound(tx, this.#channel, named, clock.now())
        await keepGatewayState(tx, this.#channel, { offset: next, identity })
      })
      offset = next
      await this.#readStored()
    }
  }

  async #readStored(): Promise<void> {
    const { db, clock, log } = this.#context
    for (let again = 0; ;) {
      try {
        const answer = await db.transaction((tx) => onReply(tx, this.#channel, this.#inbox, clock.now()))
        if (answer === undefined) return
        again = 0
        if (answer !== null)
          await this.#answer(answer).catch((error: unknown) => log.warn('inbound.not_answered', { error: asError(error) }))
      } catch (error) {
        // somebody acknowledged the same alarms in another order: the message is still there and is read again
        if (sqlState(error) !== '40P01' || ++again === 5) throw error
      }
    }
  }

  /** Everything is committed by now: what fails here is lost, the acknowledgement is not. */
  async #answer(answer: Answer): Promise<void> {
    const { log } = this.#context
    const signal = AbortSignal.any([this.#context.signal, AbortSignal.timeout(ANSWER_MILLIS)])
    const quietly = (work: Promise<unknown> | undefined): Promise<unknown> =>
      Promise.resolve(work).catch((error: unknown) => log.debug('inbound.button_stays', { error: asError(error) }))
    if (answer.press !== null) await quietly(this.#inbox.answerPress(answer.press, answer.text, signal))
    for (const message of answer.settle) await quietly(this.#session.settle?.(answer.chat, message, signal))
    await this.#session.send(
      {
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
      },
      signal,
    )
  }
}
