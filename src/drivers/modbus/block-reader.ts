import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { BugError } from '#base/errors.ts'
import type { Micros, Millis } from '#base/time.ts'
import { microsOf } from '#base/time.ts'
import { GOOD, packQuality, QualityReason, QualitySeverity, type Value } from '#domain/sample.ts'
import type { SessionContext } from '../driver.ts'
import { decodeBit, decodeRegisters } from './core/decode.ts'
import { ExceptionCode } from './core/pdu.ts'
import { bisect, gapBetween, illegalSpan, planBlocks, type Block, type Hole } from './core/plan-blocks.ts'
import type { ModbusConfig, ModbusPoint } from './config.ts'
import { joinAborts } from './join-aborts.ts'
import { unitError } from './link-errors.ts'
import type { Link, LinkReply, RequestOptions } from './link.ts'

/** A point and who it belongs to. */
export interface ReaderPoint extends ModbusPoint {
  readonly tagId: number
}

export interface Reading {
  readonly value: Value
  readonly quality: number
  /** The exception code that the device gave, else null. */
  readonly statusCode: number | null
}

export type ReaderContext = Pick<SessionContext, 'clock' | 'recall' | 'remember'> & Partial<Pick<SessionContext, 'frame' | 'count'>>

interface Plan {
  readonly blocks: readonly Block<ReaderPoint>[]
  /** Refused before and not due for another try. */
  readonly illegal: readonly (readonly [ReaderPoint, Hole])[]
}

export const HOLES = 'modbus.holes'
const RETEST_ILLEGAL = microsOf({ seconds: 86_400 })
const RETEST_FAILURE = microsOf({ seconds: 60 })
const BUSY_RETRIES = 4
const BUSY_DELAY: Millis = 100

export const storedHoles = z.array(
  z.object({
    kind: z.enum(['gap', 'tag']),
    functionCode: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
    start: z.int(),
    end: z.int(),
    exceptionCode: z.int(),
    until: z.number(),
  }),
)

/**
 * Reads all points of one unit in as few requests as its limits allow, and learns what it refuses. Where a block is refused it
 * is halved until the one illegal address stands alone; that is remembered for a day, so it costs its requests once.
 */
export class BlockReader {
  readonly #link: Link
  readonly #config: ModbusConfig
  readonly #points: readonly ReaderPoint[]
  readonly #timeoutMillis: Millis
  readonly #context: ReaderContext
  /** Of this unit at this gateway: another one has other holes. */
  readonly #holesKey: string
  readonly #onFrame: RequestOptions['onFrame']
  #holes: readonly Hole[]
  #plan: Plan | undefined

  constructor(link: Link, config: ModbusConfig, points: readonly ReaderPoint[], timeoutMillis: Millis, context: ReaderContext) {
    this.#link = link
    this.#config = config
    this.#points = points
    this.#timeoutMillis = timeoutMillis
    this.#context = context
    this.#holesKey = `${HOLES} ${link.endpoint.host.toLowerCase()}:${link.endpoint.port} ${config.unitId}`
    this.#onFrame = watch(context)
    const stored = storedHoles.safeParse(context.recall(this.#holesKey))
    this.#holes = stored.success ? stored.data : []
  }

  /**
   * One round of all points.
   * @throws DriverError when the unit does not answer as it should; never for single illegal addresses
   */
  async readAll(signal: AbortSignal): Promise<ReadonlyMap<number, Reading>> {
    this.#forgetOldHoles()
    this.#plan ??= this.#makePlan()
    const { blocks, illegal } = this.#plan
    const readings = new Map<number, Reading>()
    for (const [point, hole] of illegal) readings.set(point.tagId, refused(hole.exceptionCode))
    using round = joinAborts(signal)
    const waiting = blocks.values()
    const work = async (): Promise<void> => {
      for (const block of waiting) await this.#readBlock(block, readings, round.signal)
    }
    const workers = Array.from({ length: Math.min(this.#config.pipeline, blocks.length) }, work)
    try {
      await Promise.all(workers)
    } catch (error) {
      round.abort(error)
      await Promise.allSettled(workers)
      throw error
    }
    return readings
  }

  /** Reads one item and ignores what it says: proof of life. @throws DriverError */
  async beat(signal: AbortSignal): Promise<LinkReply> {
    const { functionCode, start } = this.#config.heartbeat
    return await this.#request({ functionCode, start, count: 1 }, signal)
  }

  /** The bytes of a span, as they are; undefined when the device refuses. @throws DriverError */
  async readRaw(span: Pick<Block<ReaderPoint>, 'functionCode' | 'start' | 'count'>, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const reply = await this.#request(span, signal)
    return reply.kind === 'data' ? reply.data : undefined
  }

  /** For people: see Session.facts. */
  facts(): Readonly<Record<string, number>> {
    this.#plan ??= this.#makePlan()
    return { 'Requests a round': this.#plan.blocks.length, 'Tags that the device refuses': this.#plan.illegal.length }
  }

  /** Tries everything again that was refused before. */
  forgetHoles(): void {
    if (this.#holes.length > 0) this.#setHoles([])
  }

  async #readBlock(block: Block<ReaderPoint>, readings: Map<number, Reading>, signal: AbortSignal): Promise<boolean> {
    const reply = await this.#request(block, signal)
    if (reply.kind === 'data') {
      for (const point of block.members) readings.set(point.tagId, readingOf(point, block, reply.data))
      return true
    }
    const { exceptionCode } = reply
    switch (exceptionCode) {
      case ExceptionCode.GatewayPathUnavailable:
      case ExceptionCode.GatewayTargetFailedToRespond:
        throw unitError(this.#link.endpoint, this.#config.unitId, exceptionCode)
      case ExceptionCode.Acknowledge:
      case ExceptionCode.ServerDeviceBusy:
        for (const point of block.members) readings.set(point.tagId, failed(exceptionCode, QualityReason.NotTopical))
        return false
      case ExceptionCode.IllegalFunction:
        this.#refuse(block, exceptionCode, readings)
        return false
      default:
        return await this.#split(block, exceptionCode, readings, signal)
    }
  }

  async #split(block: Block<ReaderPoint>, exceptionCode: number, readings: Map<number, Reading>, signal: AbortSignal): Promise<boolean> {
    const halves = bisect(block)
    if (halves === undefined) {
      this.#refuse(block, exceptionCode, readings)
      return false
    }
    const [left, right] = halves
    const leftGood = await this.#readBlock(left, readings, signal)
    const rightGood = await this.#readBlock(right, readings, signal)
    // each half is legal and the whole is not: what lies between them may not be crossed
    if (leftGood && rightGood) this.#learn([gapBetween(left, right, exceptionCode, this.#retestAt(exceptionCode))])
    return leftGood && rightGood
  }

  #refuse(block: Block<ReaderPoint>, exceptionCode: number, readings: Map<number, Reading>): void {
    const { functionCode } = block
    const until = this.#retestAt(exceptionCode)
    const holes = new Map<string, Hole>()
    for (const { tagId, start, count } of block.members) {
      readings.set(tagId, refused(exceptionCode))
      holes.set(`${start}:${count}`, { kind: 'tag', functionCode, start, end: start + count, exceptionCode, until })
    }
    this.#learn([...holes.values()])
  }

  /** Exceptions 5 and 6 are no outage: the same question again, a little later, in the same round. */
  async #request(span: Pick<Block<ReaderPoint>, 'functionCode' | 'start' | 'count'>, signal: AbortSignal): Promise<LinkReply> {
    const request = { functionCode: span.functionCode, start: span.start, quantity: span.count }
    for (let attempt = 0; ; attempt++) {
      const reply = await this.#link.request(request, this.#options(signal))
      const busy =
        reply.kind === 'exception' &&
        (reply.exceptionCode === ExceptionCode.Acknowledge || reply.exceptionCode === ExceptionCode.ServerDeviceBusy)
      if (reply.kind === 'exception') this.#context.count?.('exceptions')
      if (!busy || attempt === BUSY_RETRIES) return reply
      await delay(BUSY_DELAY * 2 ** attempt, undefined, { signal })
    }
  }

  #options(signal: AbortSignal): RequestOptions {
    const { unitId, pipeline, ignoreTransactionId, connectTimeoutMillis } = this.#config
    const onFrame = this.#onFrame
    return { unitId, pipeline, ignoreTransactionId, connectTimeoutMillis, timeoutMillis: this.#timeoutMillis, onFrame, signal }
  }

  #makePlan(): Plan {
    const legal: ReaderPoint[] = []
    const illegal: (readonly [ReaderPoint, Hole])[] = []
    for (const point of this.#points) {
      const hole = illegalSpan(point, this.#holes)
      if (hole === undefined) legal.push(point)
      else illegal.push([point, hole])
    }
    return { blocks: planBlocks(legal, this.#config, this.#holes), illegal }
  }

  #retestAt(exceptionCode: number): Micros {
    const illegal = exceptionCode >= ExceptionCode.IllegalFunction && exceptionCode <= ExceptionCode.IllegalDataValue
    return this.#context.clock.now() + (illegal ? RETEST_ILLEGAL : RETEST_FAILURE)
  }

  #learn(holes: readonly Hole[]): void {
    this.#setHoles([...this.#holes, ...holes])
  }

  #forgetOldHoles(): void {
    const now = this.#context.clock.now()
    if (this.#holes.some((hole) => hole.until <= now)) this.#setHoles(this.#holes.filter((hole) => hole.until > now))
  }

  #setHoles(holes: readonly Hole[]): void {
    this.#holes = holes
    this.#plan = undefined
    this.#context.remember(this.#holesKey, holes.length === 0 ? undefined : holes)
  }
}

function watch({ frame, count }: ReaderContext): RequestOptions['onFrame'] {
  if (frame === undefined) return undefined
  return (direction, bytes) => {
    frame(direction, bytes)
    count?.(direction === 'sent' ? 'bytes_sent' : 'bytes_received', bytes.length)
  }
}

function readingOf(point: ReaderPoint, block: Block<ReaderPoint>, data: Uint8Array): Reading {
  const index = point.start - block.start
  const value = block.functionCode < 3 ? decodeBit(data, index) : decodeRegisters(data, index * 2, point.layout)
  if (value === null) throw new BugError(`the answer for tag ${point.tagId} ended before its value, although its length was checked`)
  // how devices say "no sensor": a number that is none
  if (typeof value === 'number' && !Number.isFinite(value)) return { ...failed(0, QualityReason.Invalid), statusCode: null }
  return { value, quality: GOOD, statusCode: null }
}

function refused(exceptionCode: number): Reading {
  const illegal = exceptionCode >= ExceptionCode.IllegalFunction && exceptionCode <= ExceptionCode.IllegalDataValue
  return failed(exceptionCode, illegal ? QualityReason.BadAddress : QualityReason.CommunicationFailure)
}

function failed(exceptionCode: number, reason: QualityReason): Reading {
  return { value: null, quality: packQuality(QualitySeverity.Bad, reason), statusCode: exceptionCode }
}
