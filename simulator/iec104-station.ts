import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Micros } from '#base/time.ts'

/** Point types that the station speaks: what it answers interrogations with, and what it reports events as (with CP56Time2a). */
const TYPES = {
  single: { untimed: 1, timed: 30 },
  double: { untimed: 3, timed: 31 },
  step: { untimed: 5, timed: 32 },
  bits: { untimed: 7, timed: 33 },
  normalized: { untimed: 9, timed: 34 },
  scaled: { untimed: 11, timed: 35 },
  float: { untimed: 13, timed: 36 },
  counter: { untimed: 15, timed: 37 },
} as const
export type StationPointType = keyof typeof TYPES

export interface StationPoint {
  readonly commonAddress: number
  readonly objectAddress: number
  readonly type: StationPointType
  readonly value: number
  /** QDS or SIQ quality bits: IV 0x80, NT 0x40, SB 0x20, BL 0x10, OV 0x01. */
  readonly quality?: number
}

/**
 * `cable`: connections drop and none is accepted; `silent`: accepts and never answers; `mute`: goes on, but confirms no test frame;
 * `deaf`: takes no notice of acknowledgements; `garbage`: sends bytes that are no telegram.
 */
export type StationFault = 'cable' | 'silent' | 'mute' | 'deaf' | 'garbage'

export interface StationOptions {
  /** 0 picks a free port. */
  readonly port: number
  readonly points: readonly StationPoint[]
  /** Telegrams sent without acknowledgement. */
  readonly k?: number
  /** What the clock shows: UTC or an IANA zone. */
  readonly timeZone?: string
  /** Whether it sets the summer-time bit; without, local time is naive. */
  readonly summerTimeBit?: boolean
  /** Our time plus this is the station's. */
  readonly clockOffset?: Micros
  /** Events kept while nobody listens; the oldest go. */
  readonly bufferSize?: number
  readonly objectsPerTelegram?: number
  /** Reports each change without time as well, before the one with time. */
  readonly doubleReports?: boolean
  /** Answers no counter interrogation. */
  readonly withoutCounters?: boolean
}

interface Event {
  readonly commonAddress: number
  readonly typeId: number
  readonly cause: number
  readonly objects: readonly (readonly number[])[]
}

interface Master {
  readonly socket: Socket
  rest: Buffer
  started: boolean
  sent: number
  received: number
  acknowledged: number
  /** Under way, oldest first. */
  readonly inFlight: Event[]
  /** Answers to what was asked, sent before events. */
  readonly answers: Event[]
}

/**
 * An IEC 60870-5-104 controlled station on loopback with an event buffer, which misbehaves on command: the demo plant, tests and
 * benchmarks listen to it. It shares no code with our driver, so that it cannot share its errors. One master is served at a time: a
 * second STARTDT takes the link from the first, as most stations do.
 */
export class Iec104Station implements AsyncDisposable {
  readonly #options: Required<StationOptions>
  readonly #points: Map<string, StationPoint>
  readonly #events: Event[] = []
  readonly #masters = new Set<Master>()
  #server: Server
  #active: Master | undefined
  #fault: StationFault | null = null
  #clockInvalid = false
  readonly port: number
  /** Connections accepted, STARTDTs confirmed, interrogations answered, events thrown away since the buffer was full. */
  readonly seen = { connections: 0, starts: 0, interrogations: 0, acknowledgements: 0, dropped: 0, clockSyncs: [] as number[][] }

  private constructor(options: Required<StationOptions>, server: Server, port: number) {
    this.#options = options
    this.#server = server
    this.port = port
    this.#points = new Map(options.points.map((point) => [keyOf(point), point]))
    server.on('connection', (socket) => this.#onConnection(socket))
  }

  /** @throws Error when the port is taken */
  static async start(options: StationOptions): Promise<Iec104Station> {
    const server = await listen(options.port)
    const full: Required<StationOptions> = {
      k: 12,
      timeZone: 'UTC',
      summerTimeBit: true,
      clockOffset: 0,
      bufferSize: 100_000,
      objectsPerTelegram: 15,
      doubleReports: false,
      withoutCounters: false,
      ...options,
    }
    return new Iec104Station(full, server, (server.address() as AddressInfo).port)
  }

  /** Whether a master has started the transfer. */
  get isStarted(): boolean {
    return this.#active !== undefined
  }

  /** Events that no master has acknowledged. */
  get buffered(): number {
    const waiting = this.#events.reduce((sum, event) => sum + event.objects.length, 0)
    return waiting + (this.#active?.inFlight ?? []).filter((one) => one.cause === 3).reduce((sum, one) => sum + one.objects.length, 0)
  }

  /** The station no longer trusts its clock (IV), or does again. */
  setClockInvalid(invalid: boolean): void {
    this.#clockInvalid = invalid
  }

  /** Changes a point and reports it. @param at by our clock, by default now */
  set(commonAddress: number, objectAddress: number, value: number, at: Micros = Date.now() * 1000, quality = 0): void {
    const point = this.#points.get(keyOf({ commonAddress, objectAddress }))
    if (point === undefined) throw new Error(`the station has no point ${commonAddress}/${objectAddress}`)
    const next = { ...point, value, quality }
    this.#points.set(keyOf(point), next)
    const { untimed, timed } = TYPES[point.type]
    const content = [...addressOctets(objectAddress), ...elementOctets(next)]
    if (this.#options.doubleReports) this.#report({ commonAddress, typeId: untimed, cause: 3, objects: [content] })
    this.#report({ commonAddress, typeId: timed, cause: 3, objects: [[...content, ...this.#timeOctets(at)]] })
    this.#pump()
  }

  /** Sends a telegram of any content: for what a station should never send. @param content after the common address */
  report(typeId: number, cause: number, commonAddress: number, objects: readonly (readonly number[])[]): void {
    this.#report({ commonAddress, typeId, cause, objects })
    this.#pump()
  }

  /** Says that the station has restarted (M_EI_NA_1). */
  sayRestarted(commonAddress: number): void {
    this.report(70, 4, commonAddress, [[0, 0, 0, 0]])
  }

  /** Makes the station misbehave, or well again with null; resolves when that is in force. */
  async setFault(fault: StationFault | null): Promise<void> {
    const before = this.#fault
    this.#fault = fault
    if (fault === 'garbage') for (const { socket } of this.#masters) socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')
    if (fault === 'cable' && before !== 'cable') await this.#hangUp()
    if (fault !== 'cable' && before === 'cable') {
      this.#server = await listen(this.port)
      this.#server.on('connection', (socket) => this.#onConnection(socket))
    }
  }

  /** Cuts every connection without a farewell. */
  cut(): void {
    for (const { socket } of this.#masters) socket.resetAndDestroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hangUp()
  }

  #report(event: Event): void {
    const last = this.#events.at(-1)
    const joins =
      last !== undefined &&
      last.typeId === event.typeId &&
      last.commonAddress === event.commonAddress &&
      last.cause === event.cause &&
      last.objects.length < this.#options.objectsPerTelegram &&
      [3, 1].includes(event.cause)
    if (joins) this.#events[this.#events.length - 1] = { ...last, objects: [...last.objects, ...event.objects] }
    else this.#events.push(event)
    if (this.#events.length * this.#options.objectsPerTelegram > this.#options.bufferSize * 2) {
      this.seen.dropped += this.#events.shift()?.objects.length ?? 0
    }
  }

  async #hangUp(): Promise<void> {
    for (const { socket } of this.#masters) socket.destroy()
    const closed = Promise.withResolvers<void>()
    this.#server.close(() => closed.resolve())
    await closed.promise
  }

  #onConnection(socket: Socket): void {
    this.seen.connections++
    const master: Master = {
      socket,
      rest: Buffer.alloc(0),
      started: false,
      sent: 0,
      received: 0,
      acknowledged: 0,
      inFlight: [],
      answers: [],
    }
    this.#masters.add(master)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#masters.delete(master)
      this.#deactivate(master)
    })
    socket.on('data', (chunk) => this.#onData(master, typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
  }

  /** What was under way may be lost: it waits for the next master. */
  #deactivate(master: Master): void {
    master.started = false
    if (this.#active === master) this.#active = undefined
    this.#events.unshift(...master.inFlight.splice(0).filter((event) => event.cause === 3))
  }

  #onData(master: Master, chunk: Buffer): void {
    if (this.#fault === 'silent') return
    master.rest = Buffer.concat([master.rest, chunk])
    while (master.rest.length >= 6) {
      const length = (master.rest[1] ?? 0) + 2
      if (master.rest[0] !== 0x68) return void master.socket.destroy()
      if (master.rest.length < length) return
      const frame = master.rest.subarray(0, length)
      master.rest = master.rest.subarray(length)
      this.#onFrame(master, frame)
    }
    this.#pump()
  }

  #onFrame(master: Master, frame: Buffer): void {
    const first = frame[2] ?? 0
    if ((first & 3) === 3) return this.#onFunction(master, first)
    if (this.#fault !== 'deaf') this.#onAcknowledgement(master, frame.readUInt16LE(4) >> 1)
    if ((first & 1) === 1) return
    master.received = (master.received + 1) & 0x7fff
    this.#onCommand(master, frame.subarray(6))
  }

  #onFunction(master: Master, first: number): void {
    if (first === 0x07) {
      const other = this.#active
      if (other !== undefined && other !== master) {
        this.#deactivate(other)
        other.socket.destroy()
      }
      this.#active = master
      master.started = true
      this.seen.starts++
      master.socket.write(Buffer.from([0x68, 4, 0x0b, 0, 0, 0]))
    } else if (first === 0x13) {
      this.#deactivate(master)
      master.socket.write(Buffer.from([0x68, 4, 0x23, 0, 0, 0]))
    } else if (first === 0x43 && this.#fault !== 'mute') master.socket.write(Buffer.from([0x68, 4, 0x83, 0, 0, 0]))
  }

  #onAcknowledgement(master: Master, number: number): void {
    const count = (number - master.acknowledged) & 0x7fff
    master.acknowledged = number
    master.inFlight.splice(0, count)
    this.seen.acknowledgements++
  }

  #onCommand(master: Master, asdu: Buffer): void {
    const typeId = asdu[0] ?? 0
    const commonAddress = asdu.readUInt16LE(4)
    const content = [...asdu.subarray(6)]
    const known = [...this.#points.values()].map((point) => point.commonAddress)
    const asked = commonAddress === 0xffff ? [...new Set(known)] : [commonAddress]
    if (typeId === 103) this.seen.clockSyncs.push(content.slice(3))
    for (const address of asked) {
      const reply = (cause: number): void => void master.answers.push({ commonAddress: address, typeId, cause, objects: [content] })
      if (!known.includes(address)) reply(46 | 0x40)
      else if (typeId === 103) reply(7)
      else if (typeId === 100) {
        this.seen.interrogations++
        reply(7)
        this.#answer(master, address, 20, (point) => point.type !== 'counter')
        reply(10)
      } else if (typeId === 101 && !this.#options.withoutCounters) {
        reply(7)
        this.#answer(master, address, 37, (point) => point.type === 'counter')
        reply(10)
      } else reply(7 | 0x40)
    }
  }

  #answer(master: Master, commonAddress: number, cause: number, wanted: (point: StationPoint) => boolean): void {
    const points = [...this.#points.values()].filter((point) => point.commonAddress === commonAddress && wanted(point))
    for (const [type, same] of Map.groupBy(points, (point) => point.type)) {
      for (let from = 0; from < same.length; from += this.#options.objectsPerTelegram) {
        const objects = same
          .slice(from, from + this.#options.objectsPerTelegram)
          .map((point) => [...addressOctets(point.objectAddress), ...elementOctets(point)])
        master.answers.push({ commonAddress, typeId: TYPES[type].untimed, cause, objects })
      }
    }
  }

  #pump(): void {
    const master = this.#active
    if (master === undefined || this.#fault === 'silent' || this.#fault === 'garbage') return
    const frames: Buffer[] = []
    while (master.inFlight.length < this.#options.k) {
      const event = master.answers.shift() ?? this.#events.shift()
      if (event === undefined) break
      master.inFlight.push(event)
      frames.push(telegram(event, master.sent, master.received))
      master.sent = (master.sent + 1) & 0x7fff
    }
    if (frames.length > 0) master.socket.write(Buffer.concat(frames))
  }

  #timeOctets(at: Micros): number[] {
    const { timeZone, clockOffset, summerTimeBit } = this.#options
    const time = Temporal.Instant.fromEpochMilliseconds(Math.floor((at + clockOffset) / 1000)).toZonedDateTimeISO(timeZone)
    const winter = Math.min(...[1, 7].map((month) => time.with({ month, day: 1 }).offsetNanoseconds))
    const summer = summerTimeBit && time.offsetNanoseconds > winter
    const millis = time.second * 1000 + time.millisecond
    return [
      millis & 0xff,
      millis >> 8,
      time.minute | (this.#clockInvalid ? 0x80 : 0),
      time.hour | (summer ? 0x80 : 0),
      time.day | (time.dayOfWeek << 5),
      time.month,
      time.year % 100,
    ]
  }
}

function telegram(event: Event, sent: number, received: number): Buffer {
  const objects = event.objects.flat()
  const asdu = [event.typeId, event.objects.length, event.cause, 0, event.commonAddress & 0xff, event.commonAddress >> 8, ...objects]
  const control = [(sent << 1) & 0xff, sent >> 7, (received << 1) & 0xff, received >> 7]
  return Buffer.from([0x68, 4 + asdu.length, ...control, ...asdu])
}

function addressOctets(objectAddress: number): number[] {
  return [objectAddress & 0xff, (objectAddress >> 8) & 0xff, objectAddress >> 16]
}

function elementOctets({ type, value, quality = 0 }: StationPoint): number[] {
  const octets = Buffer.alloc(5)
  switch (type) {
    case 'single':
    case 'double':
      return [value | (quality & 0xf0)]
    case 'step':
      return [value & 0x7f, quality]
    case 'bits':
      octets.writeUInt32LE(value)
      break
    case 'normalized':
      octets.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(value * 32768))))
      return [...octets.subarray(0, 2), quality]
    case 'scaled':
      octets.writeInt16LE(value)
      return [...octets.subarray(0, 2), quality]
    case 'float':
      octets.writeFloatLE(value)
      break
    case 'counter':
      octets.writeInt32LE(value)
      break
  }
  octets[4] = quality
  return [...octets]
}

function keyOf({ commonAddress, objectAddress }: Pick<StationPoint, 'commonAddress' | 'objectAddress'>): string {
  return `${commonAddress}/${objectAddress}`
}

async function listen(port: number): Promise<Server> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, '127.0.0.1', resolve)
  await promise
  return server
}
