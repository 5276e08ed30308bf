import type { Socket } from 'node:net'
import { asError, type DriverError } from '#base/errors.ts'
import type { Micros, Millis } from '#base/time.ts'
import { QualityReason, QualitySeverity, packQuality } from '#domain/sample.ts'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import { openTcp } from '../open-tcp.ts'
import type { Iec104Config } from './config.ts'
import type { Address } from './core/address.ts'
import { takeFrames, type Frame } from './core/apci.ts'
import { Cause, readHeader, type AsduHeader } from './core/asdu.ts'
import { Intake } from './core/intake.ts'
import { Interrogations, type InterrogationOutcome } from './core/interrogations.ts'
import { LinkState } from './core/link-state.ts'
import { ReplayPhase } from './core/replay-phase.ts'
import { SystemType, monitorType, typeName } from './core/type-table.ts'
import { Counts } from './counts.ts'
import { encodeQuestion } from './encode-question.ts'
import { parametersOf } from './link-parameters.ts'
import { StationProblems } from './station-problems.ts'
import { recallStation, rememberStation, type Station } from './station.ts'
import { hangUp } from './hang-up.ts'
import { STATION, linkError, notSpokenError, notStartedError } from './link-errors.ts'

/** Frames received but not yet safe above which we stop reading: a station that minds its window never gets there. */
const TOO_MANY = 4096
/** How often frames count as signs of life. */
const BEAT: Millis = 500
const STOP_PATIENCE: Millis = 2000
const NO_ADDRESS = packQuality(QualitySeverity.Bad, QualityReason.BadAddress)

export type Iec104Plan = DevicePlan<Iec104Config, Address>

/** The started link to one controlled station. */
export class Iec104Session implements Session {
  readonly closed: Promise<DriverError | undefined>
  readonly station: Station
  readonly connectedAt: Micros
  readonly #plan: Iec104Plan
  readonly #context: SessionContext
  readonly #socket: Socket
  readonly #link: LinkState
  readonly #close: (error: DriverError | undefined) => void
  readonly #phase: ReplayPhase
  readonly #intake: Intake
  readonly #interrogations: Interrogations
  readonly #problems: StationProblems
  readonly #counts: Counts
  #rest: Uint8Array = new Uint8Array(0)
  #timer: NodeJS.Timeout | undefined
  #ended = false
  #heard = false
  #received = 0
  #handedOver = 0
  #accepting: Promise<void> = Promise.resolve()
  #tested: PromiseWithResolvers<void> | undefined
  #aliveAt: Millis = -Infinity
  /** Of the interrogation that is under way. */
  #askedAt: Micros | null = null
  #interrogatedAt: Micros | null = null
  /** Called when STARTDT or STOPDT is confirmed. */
  #phaseChanged: (() => void) | undefined

  /**
   * Connects and starts the data transfer.
   * @throws DriverError; or the signal's reason
   */
  static async open(plan: Iec104Plan, context: SessionContext, station: Station): Promise<Iec104Session> {
    const socket = await openTcp(plan.config, STATION, plan.config.t0 * 1000, context.signal)
    recallStation(station, plan.config, context)
    const session = new Iec104Session(plan, context, station, socket)
    const onAbort = (): void => session.#fail('connect', 'it was not wanted any more')
    context.signal.addEventListener('abort', onAbort, { once: true })
    try {
      await session.#start()
    } finally {
      context.signal.removeEventListener('abort', onAbort)
    }
    return session
  }

  private constructor(plan: Iec104Plan, context: SessionContext, station: Station, socket: Socket) {
    const now = context.clock.mono()
    const { config } = plan
    this.#plan = plan
    this.#context = context
    this.#counts = new Counts(context)
    this.#socket = socket
    this.#link = new LinkState(parametersOf(plan), now)
    this.station = station
    this.connectedAt = context.clock.now()
    const { promise, resolve } = Promise.withResolvers<DriverError | undefined>()
    this.closed = promise
    this.#close = resolve
    const points = plan.points.map(({ tag, point }) => ({ tagId: tag.id, address: point }))
    const wanted = [...new Set(points.map(({ address }) => address.commonAddress))]
    const commonAddresses = wanted.length === 0 ? [config.commonAddress] : wanted
    // a station tells milliseconds: what happens in this one is live
    this.#phase = new ReplayPhase(Math.floor(this.connectedAt / 1000) * 1000, now)
    this.#intake = new Intake(points, { sizes: config.sizes, memory: station, phase: this.#phase, count: this.#counts.add })
    this.#problems = new StationProblems(commonAddresses, station.view)
    this.#interrogations = new Interrogations(
      {
        broadcast: config.sizes.commonAddress === 1 ? 0xff : 0xffff,
        commonAddresses,
        generalEvery: config.interrogationMinutes * 60_000,
        counters: config.counterInterrogation,
        counterEvery: config.counterMinutes * 60_000,
        clockEvery: config.clockSyncMinutes * 60_000,
      },
      now,
    )
    socket.on('data', (chunk) => this.#onData(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
    socket.on('error', (error) => this.#fail('connect', `the connection broke: ${error.message}`))
    socket.on('close', () => this.#fail('connect', 'it closed the connection'))
    socket.on('end', () => this.#fail('connect', 'it closed the connection'))
  }

  async #start(): Promise<void> {
    this.#send(this.#link.start(this.#context.clock.mono()))
    this.#pump()
    const started = new Promise<undefined>((resolve) => void (this.#phaseChanged = () => resolve(undefined)))
    const error = await Promise.race([started, this.closed])
    if (error !== undefined) throw error
  }

  get #stationTime(): ReturnType<Station['time']['clockAt']> {
    return this.station.time.clockAt(this.#context.clock.now())
  }

  facts(): Readonly<Record<string, string | number | boolean>> {
    const { config } = this.#plan
    const { view, clock, time } = this.station
    return {
      'Connected since': iso(this.connectedAt),
      'k, w': `${config.k}, ${this.#link.w}`,
      't0, t1, t2, t3 (s)': `${config.t0}, ${config.t1}, ${config.t2}, ${parametersOf(this.#plan).t3 / 1000}`,
      'Telegrams not yet acknowledged by us': this.#link.owed,
      'Telegrams not yet acknowledged by the station': this.#link.underWay,
      'Last general interrogation': this.#interrogatedAt === null ? 'not yet answered' : iso(this.#interrogatedAt),
      'Replay of buffered events': this.#phase.running ? 'under way' : 'has ended',
      'Replayed or late events': this.#counts.of('historical_events'),
      'Duplicates removed': this.#counts.of('duplicates_removed'),
      'Clock of the station': clockText(clock.behind / 1_000_000),
      'Summer-time bits against the zone': time.mismatches,
      'Objects reported': view.size,
      'Common addresses reported': view.commonAddresses.join(', '),
      'Unknown types': this.#counts.of('unknown_types'),
      ...(this.#problems.text === null ? {} : { 'What does not fit': this.#problems.text }),
    }
  }

  /** Asks for a sign of life on the live link. @returns how long the answer took. @throws DriverError when the link ends instead */
  async test(): Promise<Millis> {
    const asked = this.#context.clock.mono()
    this.#tested ??= Promise.withResolvers<void>()
    const { promise } = this.#tested
    if (!this.#link.testing) this.#send(this.#link.test(asked))
    this.#pump()
    const error = await Promise.race([promise, this.closed])
    if (error !== undefined) throw error
    return Math.round(this.#context.clock.mono() - asked)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      this.#intake.release(Infinity)
      this.#handOver()
      const stopped = new Promise<void>((resolve) => void (this.#phaseChanged = resolve))
      const patience = Promise.withResolvers<void>()
      const timer = setTimeout(patience.resolve, STOP_PATIENCE)
      await this.#settle(patience.promise)
      this.#send(this.#link.stop(this.#context.clock.mono()))
      await Promise.race([stopped, this.closed, patience.promise])
      // what the station sent before it heard of the end
      await this.#settle(patience.promise)
      clearTimeout(timer)
      this.#end(undefined)
    }
    await hangUp(this.#socket)
  }

  /** Acknowledges what is or soon will be safe. */
  async #settle(patience: Promise<void>): Promise<void> {
    await Promise.race([this.#accepting, patience])
    if (this.#link.owed > this.#link.unaccepted) this.#send(this.#link.acknowledgement())
  }

  // --- in ---------------------------------------------------------------------------------------------------------------

  #onData(chunk: Uint8Array): void {
    if (this.#ended) return
    const { frames, rest, broken } = takeFrames(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]))
    this.#rest = rest
    const receivedAt = this.#context.clock.now()
    const now = this.#context.clock.mono()
    this.#counts.add('bytes_received', chunk.length)
    for (const frame of frames) {
      if (!this.#onFrame(frame, receivedAt, now)) return
    }
    if (broken !== null) return this.#fail('protocol', `it does not speak IEC 60870-5-104: ${broken}`)
    if (frames.length > 0) this.#onLife(receivedAt, now)
    this.#handOver()
    this.#pump()
    this.#counts.tell()
  }

  /** @returns false when the link is over */
  #onFrame(frame: Frame, receivedAt: Micros, now: Millis): boolean {
    this.#context.frame('received', frame.bytes)
    const { phase } = this.#link
    const { fault, number, reply } = this.#link.receive(frame, now)
    if (fault !== null) {
      this.#counts.add('sequence_errors')
      this.#fail('protocol', fault)
      return false
    }
    if (reply !== null) this.#send(reply)
    if (number !== null && frame.kind === 'I') {
      this.#received = number
      this.#heard = true
      this.#onAsdu(frame.asdu, receivedAt, now)
    }
    if (this.#link.phase !== phase) this.#phaseChanged?.()
    if (this.#tested !== undefined && !this.#link.testing) {
      this.#tested.resolve()
      this.#tested = undefined
    }
    return true
  }

  #onAsdu(asdu: Uint8Array, receivedAt: Micros, now: Millis): void {
    this.#counts.add('asdus_received')
    const header = readHeader(asdu, this.#plan.config.sizes)
    if (header === undefined) return this.#onMalformed(asdu)
    const type = monitorType(header.typeId)
    if (type === undefined) return this.#onSystem(header, now)
    if (header.test) return this.#counts.add('test_asdus')
    if (!this.#intake.take(asdu, header, type, { receivedAt, now, askedAt: this.#askedAt, frame: this.#received }))
      return this.#onMalformed(asdu)
    if (header.cause >= Cause.InterrogatedFirst && header.cause <= Cause.InterrogatedLast) this.#interrogations.heard(now)
    if (this.#problems.heardFrom(header.commonAddress)) this.#tellProblems()
  }

  #onSystem(header: AsduHeader, now: Millis): void {
    if (header.typeId === SystemType.EndOfInitialization) {
      this.#counts.add('station_restarts')
      this.#interrogations.again(['clock', 'general', 'counter'], header.commonAddress, now)
      return
    }
    const outcome = this.#interrogations.onReply(header, now)
    if (outcome !== undefined) return this.#onOutcome(outcome)
    if (header.typeId >= SystemType.Interrogation && header.typeId <= SystemType.ClockSynchronization) return
    this.#counts.add('unknown_types')
    this.#context.log.debug('iec104.unknown_type', { device: this.#plan.device.code, type: typeName(header.typeId) })
  }

  #onMalformed(asdu: Uint8Array): void {
    this.#counts.add('malformed_asdus')
    if (this.#problems.malformed(asdu)) this.#tellProblems()
  }

  #onOutcome(outcome: InterrogationOutcome): void {
    const { kind, commonAddress, result } = outcome
    if (result !== 'confirmed') this.#askedAt = null
    if (kind === 'general' && (result === 'confirmed' || result === 'finished')) this.#interrogatedAt = this.#context.clock.now()
    if (!this.#problems.onOutcome(outcome)) return
    this.#context.log.warn('iec104.interrogation_failed', { device: this.#plan.device.code, kind, commonAddress, result })
    this.#tellProblems()
  }

  /** Every common address lost is a lost device; one of several concerns only its tags. */
  #tellProblems(): void {
    this.#context.absent(this.#problems.isTotal ? this.#problems.text : null)
    if (this.#problems.isTotal) return
    const lost = this.#plan.points.filter(({ point }) => this.#problems.concerns(point.commonAddress))
    if (lost.length === 0) return
    const sourceTimestamp = this.#context.clock.now()
    this.#context.emit(lost.map(({ tag }) => ({ tagId: tag.id, sourceTimestamp, value: null, quality: NO_ADDRESS, statusCode: null })))
  }

  #onLife(receivedAt: Micros, now: Millis): void {
    if (now - this.#aliveAt < BEAT) return
    this.#aliveAt = now
    this.#context.alive(receivedAt)
  }

  // --- on to the spool, and only then the acknowledgement ---------------------------------------------------------------------

  #handOver(): void {
    // what is held back must not close the window
    if (this.#received - (this.#intake.holds ?? Infinity) >= this.#plan.config.w) this.#intake.release(Infinity)
    const samples = this.#intake.drain()
    if (samples.length > 0) {
      this.#context.emit(samples)
      rememberStation(this.station, this.#context)
      this.#accepting = this.#context.accepted()
    }
    const safe = (this.#intake.holds ?? this.#received + 1) - 1
    if (safe <= this.#handedOver) return
    this.#handedOver = safe
    this.#accepting.then(
      () => {
        this.#link.accept(safe)
        if (this.#socket.isPaused() && this.#link.unaccepted < TOO_MANY) this.#socket.resume()
        this.#pump()
      },
      (error: unknown) => this.#fail('protocol', `its data cannot be kept: ${asError(error).message}`),
    )
    if (this.#link.unaccepted >= TOO_MANY) this.#socket.pause()
  }

  // --- out --------------------------------------------------------------------------------------------------------------

  #pump(): void {
    if (this.#ended) return
    const now = this.#context.clock.mono()
    const forgotten = this.#interrogations.expired(now)
    if (forgotten !== undefined) this.#onOutcome(forgotten)
    this.#onReplay(now)
    if (this.#intake.nextDue <= now) {
      this.#intake.release(now)
      this.#handOver()
    }
    while (this.#link.maySend) {
      const question = this.#interrogations.next(now)
      const frame = question && this.#link.send(encodeQuestion(question, this.#plan.config, this.#stationTime), now)
      if (frame === undefined || frame === null) break
      this.#counts.add('interrogations_sent')
      this.#askedAt = this.#context.clock.now()
      this.#send(frame)
    }
    const { send, fault } = this.#link.tick(now)
    for (const frame of send) this.#send(frame)
    if (fault !== null) return this.#fail('timeout', fault)
    this.#schedule(now)
  }

  /** After a replay everything is asked once more: what was taken for history may have been the newest of a slow clock. */
  #onReplay(now: Millis): void {
    const word = this.#phase.tick(now, this.#heard, this.#link.owed > 0)
    this.#heard = false
    if (word === 'acknowledge' && this.#link.owed > this.#link.unaccepted) this.#send(this.#link.acknowledgement())
    if (word === 'ended' && this.#phase.historical > 0) this.#interrogations.again(['general'], null, now)
  }

  #schedule(now: Millis): void {
    const questions = this.#link.maySend ? this.#interrogations.nextDue : Infinity
    const due = Math.min(this.#link.nextDue, questions, this.#intake.nextDue, this.#phase.nextDue(this.#link.owed > 0))
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#pump(), Math.max(1, Math.ceil(due - now)))
  }

  #send(bytes: Uint8Array): void {
    if (this.#ended) return
    this.#context.frame('sent', bytes)
    this.#counts.add('bytes_sent', bytes.length)
    this.#socket.write(bytes)
  }

  #fail(fault: 'connect' | 'timeout' | 'protocol', what: string): void {
    if (this.#ended) return
    const { config } = this.#plan
    const early = fault === 'protocol' ? notSpokenError : notStartedError
    this.#end(this.#link.phase === 'starting' ? early(config, what) : linkError(config, fault, what))
    this.#socket.destroy()
  }

  #end(error: DriverError | undefined): void {
    this.#ended = true
    clearTimeout(this.#timer)
    this.#counts.tell()
    this.#close(error)
  }
}

function clockText(behind: number): string {
  if (behind === 0) return 'as ours'
  const seconds = Math.abs(behind).toFixed(1)
  return behind > 0 ? `${seconds} s slow: check its clock and the time zone` : `${seconds} s fast: check its clock and the time zone`
}

function iso(at: Micros): string {
  return new Date(at / 1000).toISOString()
}
