import { type ChannelError, ConfigError, asError } from '#base/errors.ts'
import type { Clock } from '#base/time.ts'
import type { Logger } from '#host/log.ts'
import type { Database } from '#store/database.ts'
import { type GatewayState, keepGatewayState, listGateways } from '#store/gateways.ts'
import { channelOf } from './channels/catalogue.ts'
import type { ChannelSession } from './channels/channel.ts'
import { releaseWaiting } from '#store/messaging.ts'
import { readSettings } from '#store/settings.ts'
import { gatewayDown, gatewayUp } from './gateway-alarm.ts'
import { openSettings, secretStore } from './gateways.ts'

interface Open {
  readonly session: ChannelSession
  readonly fingerprint: string
  /** Failures of the transport in a row. */
  failures: number
  failedAt: number
  /** Monotonic; when it last worked. */
  worked: number
  inFlight: number
  /** Monotonic; when it was last asked whether it works again. */
  probed: number
  probing: boolean
  /** It works again, and what waited for it is being put in order: nothing is taken up meanwhile. */
  closing: boolean
}

/** Failures in a row after which nothing is tried by a channel until it proved that it works again. */
const FAILING_AFTER = 3
/** One that does not work is asked this often whether it does again. */
const PROBE_MILLIS = 30_000
/** A channel that worked this lately is used without asking first. */
const FRESH_MILLIS = 30_000

/** The channels that are set up, open, with how they have been doing. */
export class OpenChannels implements AsyncDisposable {
  readonly #open = new Map<string, Open>()
  readonly #db: Database
  readonly #key: Uint8Array
  readonly #log: Logger
  readonly #clock: Clock

  constructor(context: { db: Database; key: Uint8Array; log: Logger; clock: Clock }) {
    this.#db = context.db
    this.#key = context.key
    this.#log = context.log
    this.#clock = context.clock
  }

  /** Opens what was set up or changed, and closes what was removed or disabled; what waits for one of these is looked at at once. */
  async reload(): Promise<void> {
    const before = new Map([...this.#open].map(([channel, { session }]) => [channel, session]))
    await this.#reopen()
    for (const channel of new Set([...before.keys(), ...this.#open.keys()])) {
      if (before.get(channel) !== this.#open.get(channel)?.session) await releaseWaiting(this.#db, channel, this.#clock.now())
    }
  }

  async #reopen(): Promise<void> {
    const gateways = (await listGateways(this.#db)).filter((one) => one.enabled)
    const { publicUrl } = (await readSettings(this.#db)).site
    for (const [channel, open] of this.#open) {
      if (gateways.some((one) => one.channel === channel)) continue
      this.#open.delete(channel)
      await open.session[Symbol.asyncDispose]()
    }
    for (const gateway of gateways) {
      const { channel } = gateway
      const fingerprint = JSON.stringify([
        publicUrl,
        gateway.settings,
        gateway.secrets === null ? null : Buffer.from(gateway.secrets).toString('hex'),
      ])
      const old = this.#open.get(channel)
      if (old?.fingerprint === fingerprint) continue
      this.#open.delete(channel)
      await old?.session[Symbol.asyncDispose]()
      try {
        const session = channelOf(channel).open(openSettings(this.#key, gateway), secretStore(this.#db, this.#key, gateway), publicUrl)
        // one that was down when the process before this one ended still is, as far as anybody knows
        const failures = gateway.state.downSince === undefined ? 0 : FAILING_AFTER
        const never = Number.NEGATIVE_INFINITY
        this.#open.set(channel, {
          session,
          fingerprint,
          failures,
          failedAt: never,
          worked: never,
          inFlight: 0,
          probed: never,
          probing: false,
          closing: false,
        })
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        this.#log.error('notify.gateway_unusable', { channel, error })
        await keepGatewayState(this.#db, channel, { problem: error.message })
      }
    }
  }

  get(channel: string): ChannelSession | undefined {
    return this.#open.get(channel)?.session
  }

  names(): ReadonlySet<string> {
    return new Set(this.#open.keys())
  }

  /** Those whose circuit is open: their transport failed several times in a row, and has not proved since that it works. */
  failing(): ReadonlySet<string> {
    return new Set([...this.#open].filter(([, one]) => one.failures >= FAILING_AFTER).map(([name]) => name))
  }

  /** Whether it did not work lately: then it is asked before anything is locked for its sake. */
  stale(channel: string): boolean {
    const open = this.#open.get(channel)
    return open !== undefined && this.#clock.mono() - open.worked > FRESH_MILLIS
  }

  /** Those that take no message at this moment: as many are under way as may be, or the most urgent of what waited is sought out. */
  busy(most: number): readonly string[] {
    return [...this.#open].filter(([name, one]) => one.closing || one.inFlight >= (channelOf(name).parallel ?? most)).map(([name]) => name)
  }

  /** Whether it can send one message at a time only, whoever sends. */
  isSerial(channel: string): boolean {
    return channelOf(channel).parallel === 1
  }

  begin(channel: string): Disposable {
    const open = this.#open.get(channel)
    if (open !== undefined) open.inFlight++
    return { [Symbol.dispose]: () => (open === undefined ? undefined : void open.inFlight--) }
  }

  /**
   * Asks channels that do not work whether they do again, so that what waits for them leaves soon after they do, and not at the end of
   * pauses of its own. @returns the questions under way; they never fail
   */
  probes(signal: AbortSignal): readonly Promise<void>[] {
    const now = this.#clock.mono()
    return [...this.#open]
      .filter(([, one]) => one.failures >= FAILING_AFTER && !one.probing && now - Math.max(one.probed, one.failedAt) >= PROBE_MILLIS)
      .map(async ([channel, one]) => {
        one.probing = true
        one.probed = now
        try {
          await one.session.check(AbortSignal.any([signal, AbortSignal.timeout(PROBE_MILLIS)]))
          await this.worked(channel)
        } catch (error) {
          this.#log.debug('notify.still_down', { channel, error: asError(error) })
        } finally {
          one.probing = false
        }
      })
  }

  async worked(channel: string): Promise<void> {
    const open = this.#open.get(channel)
    if (open === undefined) return
    const first = open.failures > 0 || !Number.isFinite(open.worked)
    open.worked = this.#clock.mono()
    if (first) {
      open.closing = true
      await this.#keep(channel, { problem: null, workedAt: this.#clock.now() })
      const failing = new Set([...this.failing()].filter((one) => one !== channel))
      await this.#quietly(channel, gatewayUp(this.#db, channel, { channels: this.names(), failing }, this.#clock.now()))
      open.failures = 0
      // what found the circuit open just before
      await this.#quietly(channel, releaseWaiting(this.#db, channel, this.#clock.now()))
      open.closing = false
    }
  }

  /** A refused recipient is no failure of the channel. */
  async failed(channel: string, error: ChannelError): Promise<void> {
    const open = this.#open.get(channel)
    if (open === undefined || (error.fault !== 'unreachable' && error.fault !== 'auth')) return
    open.failures++
    open.failedAt = this.#clock.mono()
    open.worked = Number.NEGATIVE_INFINITY
    await this.#keep(channel, { problem: error.message })
    if (open.failures < FAILING_AFTER) return
    const usable = { channels: this.names(), failing: this.failing() }
    await this.#quietly(channel, gatewayDown(this.#db, channel, error.message, usable, this.#clock.now()))
  }

  async #keep(channel: string, state: GatewayState): Promise<void> {
    await this.#quietly(channel, keepGatewayState(this.#db, channel, state))
  }

  /** What is told to people about a gateway is not worth losing a message for. */
  async #quietly(channel: string, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.#log.warn('notify.state_not_kept', { channel, error: asError(error) }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const open of this.#open.values()) await open.session[Symbol.asyncDispose]()
    this.#open.clear()
  }
}
