import { asError, DriverError } from '#base/errors.ts'
import type { Micros, Millis } from '#base/time.ts'
import { QualityReason, reasonOf, type Sample } from '#domain/sample.ts'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import { BlockReader } from './block-reader.ts'
import type { ModbusConfig, ModbusPoint } from './config.ts'
import { exceptionText } from './core/pdu.ts'
import { joinAborts } from './join-aborts.ts'
import type { LinkPool } from './link-pool.ts'
import type { Link } from './link.ts'

/** One unit's conversation over the link of its gateway. */
export class ModbusSession implements Session {
  readonly closed: Promise<DriverError | undefined>
  readonly #plan: DevicePlan<ModbusConfig, ModbusPoint>
  readonly #context: SessionContext
  readonly #pool: LinkPool
  readonly #link: Link
  readonly #reader: BlockReader
  readonly #ended = new AbortController()
  readonly #close: (error: DriverError | undefined) => void
  #heartbeatTimer: NodeJS.Timeout | undefined

  /** @param link acquired for this session, which releases it */
  constructor(plan: DevicePlan<ModbusConfig, ModbusPoint>, context: SessionContext, pool: LinkPool, link: Link) {
    this.#plan = plan
    this.#context = context
    this.#pool = pool
    this.#link = link
    const points = plan.points.map(({ tag, point }) => ({ ...point, tagId: tag.id }))
    this.#reader = new BlockReader(link, plan.config, points, plan.device.timeoutMillis, context)
    const { promise, resolve } = Promise.withResolvers<DriverError | undefined>()
    this.closed = promise
    this.#close = resolve
    this.#armHeartbeat(plan.config.heartbeatSeconds * 1000)
  }

  async poll(tick: Micros, signal: AbortSignal): Promise<readonly Sample[]> {
    using either = joinAborts(signal, this.#ended.signal)
    if (this.#plan.points.length === 0) {
      await this.#reader.beat(either.signal)
      return []
    }
    const readings = await this.#reader.readAll(either.signal)
    const samples: Sample[] = []
    for (const { tag } of this.#plan.points) {
      const reading = readings.get(tag.id)
      // spelled out: a spread costs as much as all the decoding
      if (reading !== undefined) {
        const { value, quality, statusCode } = reading
        samples.push({ tagId: tag.id, sourceTimestamp: tick, value, quality, statusCode })
      }
    }
    this.#refuseIfAllFailed(samples)
    return samples
  }

  facts(): Readonly<Record<string, string | number | boolean>> {
    return { ...this.#reader.facts(), 'Connections to the gateway so far': this.#link.connections }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended.signal.aborted) return
    this.#ended.abort(new DriverError('connect', `The session of ${this.#plan.device.code} has ended`))
    clearTimeout(this.#heartbeatTimer)
    await this.#pool.release(this.#link)
    this.#close(undefined)
  }

  /** A device that answers each question with an exception is not well, whatever it says. */
  #refuseIfAllFailed(samples: readonly Sample[]): void {
    const first = samples.find((sample) => sample.statusCode !== null)
    if (first === undefined || samples.some((sample) => sample.statusCode === null)) return
    // so that the next poll asks the device again instead of our memory
    this.#reader.forgetHoles()
    const { device, config } = this.#plan
    const text = exceptionText(first.statusCode ?? 0)
    if (samples.every((sample) => reasonOf(sample.quality) === QualityReason.BadAddress)) {
      throw new DriverError('address', `${device.code} answers, but refuses every address: ${text}`, {
        remedy: `Check the unit id (${config.unitId}), the address offset (${config.addressOffset}) and the addresses of the tags.`,
      })
    }
    throw new DriverError('busy', `${device.code} answers every request with an exception: ${text}`, {
      remedy: 'The device itself reports trouble: look at its diagnosis.',
    })
  }

  #armHeartbeat(wait: Millis): void {
    if (this.#plan.config.heartbeatSeconds === 0 || this.#ended.signal.aborted) return
    this.#heartbeatTimer = setTimeout(() => void this.#heartbeat(), wait)
  }

  async #heartbeat(): Promise<void> {
    const interval = this.#plan.config.heartbeatSeconds * 1000
    const idle = this.#context.clock.mono() - this.#link.lastSent
    if (idle < interval) return this.#armHeartbeat(interval - idle)
    try {
      await this.#reader.beat(this.#ended.signal)
      this.#armHeartbeat(interval)
    } catch (thrown) {
      if (this.#ended.signal.aborted) return
      const error = asError(thrown)
      this.#context.log.debug('modbus.heartbeat_failed', { device: this.#plan.device.code, message: error.message })
      this.#close(error instanceof DriverError ? error : new DriverError('protocol', error.message, { cause: error }))
    }
  }
}
