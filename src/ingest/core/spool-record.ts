import type { Micros } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import { DeviceStatus } from '#domain/device.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import { CHANGE_CAUSES, type GapChange } from '#domain/gap.ts'
import type { Value } from '#domain/sample.ts'
import type { Reading } from './report-by-exception.ts'

/**
 * One record of the spool: what one flush brings. Little endian throughout.
 *
 *     frame    length u32 (of what follows the crc) | crc32 u32 (of the same) | number f64 | payload
 *     payload  version u8 | receivedAt f64 | memories u32 | readings u32 | reports u32 | memories … | readings … | reports …
 *              | gaps u32 | gaps … (from version 3 on)
 *     memory   device u32 | key text | value text (0xffffffff: forgotten)
 *     reading  bits u8 | tag u32 | time f64 unless as before | quality u16 | status i32 if any | value by kind
 *     report   device u32 | newest f64 (NaN: none) | status u8 | failures u32 | success rate f64 | problem text (0xffffffff: none)
 *     gap      device u32 | tag u32 (0: the device) | at f64 | cause u8 (255: it ended) | problem text (0xffffffff: none)
 */
export interface SpoolRecord {
  /** The source's clock when the record was made. */
  readonly receivedAt: Micros
  readonly readings: readonly Reading[]
  readonly reports: readonly DeviceReport[]
  /** What drivers learned since the record before, in order. */
  readonly memory: readonly MemoryChange[]
  /** What the gap ledger shall know, in order. */
  readonly gaps: readonly GapChange[]
}

export interface Frame {
  /** Grows from record to record; what the database has committed is told by this number. */
  readonly number: number
  readonly payload: Uint8Array
  /** Where the next frame begins. */
  readonly end: number
}

export const FRAME_HEADER = 8
const VERSION = 3
/** Without gaps; an upgrade finds such records in its spool. */
const WITHOUT_GAPS = 2
const ENDED = 255
const NO_TEXT = 0xffff_ffff
const MAX_PAYLOAD = 256 * 1024 * 1024

const STORE = 1
const CHANGED = 2
const HAS_STATUS = 4
const SAME_TIME = 8
const KIND_SHIFT = 4
const Kind = { Null: 0, Number: 1, False: 2, True: 3, Text: 4, BigInt: 5 } as const

const STATUSES: readonly DeviceStatus[] = Object.values(DeviceStatus)
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** @returns the whole frame, ready to be appended to a segment */
export function encodeFrame(number: number, record: SpoolRecord): Uint8Array {
  const out = new Writer(64 + record.readings.length * 32 + record.reports.length * 48)
  out.skip(FRAME_HEADER)
  out.f64(number)
  out.u8(VERSION)
  out.f64(record.receivedAt)
  out.u32(record.memory.length)
  out.u32(record.readings.length)
  out.u32(record.reports.length)
  for (const { deviceId, key, value } of record.memory) {
    out.u32(deviceId)
    out.text(key)
    if (value === null) out.u32(NO_TEXT)
    else out.text(value)
  }
  let time = Number.NaN
  for (const reading of record.readings) {
    writeReading(out, reading, time)
    time = reading.sample.sourceTimestamp
  }
  for (const report of record.reports) writeReport(out, report)
  out.u32(record.gaps.length)
  for (const gap of record.gaps) writeGap(out, gap)
  const bytes = out.bytes()
  const view = new DataView(bytes.buffer, bytes.byteOffset, FRAME_HEADER)
  view.setUint32(0, bytes.length - FRAME_HEADER, true)
  view.setUint32(4, crc32(bytes.subarray(FRAME_HEADER)), true)
  return bytes
}

/** @returns the frame that begins at `offset`, or undefined where none is whole and sound: the torn tail of a segment */
export function takeFrame(bytes: Uint8Array, offset: number): Frame | undefined {
  if (offset + FRAME_HEADER + 8 > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(offset, true)
  const end = offset + FRAME_HEADER + length
  if (length < 8 || length > MAX_PAYLOAD || end > bytes.length) return undefined
  const body = bytes.subarray(offset + FRAME_HEADER, end)
  if (crc32(body) !== view.getUint32(offset + 4, true)) return undefined
  return { number: view.getFloat64(offset + FRAME_HEADER, true), payload: body.subarray(8), end }
}

/** @returns undefined when the payload is not one that this program wrote (another version, or damage that the sum missed) */
export function decodeRecord(payload: Uint8Array): SpoolRecord | undefined {
  const input = new Reader(payload)
  try {
    const version = input.u8()
    if (version !== VERSION && version !== WITHOUT_GAPS) return undefined
    const receivedAt = input.f64()
    const memoryCount = input.u32()
    const readingCount = input.u32()
    const reportCount = input.u32()
    const memory = readMemory(input, memoryCount)
    if (memory === undefined) return undefined
    const readings: Reading[] = []
    let time = Number.NaN
    for (let index = 0; index < readingCount; index += 1) {
      const reading = readReading(input, time)
      if (reading === undefined) return undefined
      time = reading.sample.sourceTimestamp
      readings.push(reading)
    }
    const reports: DeviceReport[] = []
    for (let index = 0; index < reportCount; index += 1) {
      const report = readReport(input)
      if (report === undefined) return undefined
      reports.push(report)
    }
    const gaps: GapChange[] = []
    for (let left = version === WITHOUT_GAPS ? 0 : input.u32(); left > 0; left -= 1) gaps.push(readGap(input))
    return input.atEnd() ? { receivedAt, readings, reports, memory, gaps } : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** @returns what the record brings of the memory, without a look at the rest; nothing for a payload that is not ours */
export function decodeMemory(payload: Uint8Array): readonly MemoryChange[] {
  const input = new Reader(payload)
  try {
    const version = input.u8()
    if (version !== VERSION && version !== WITHOUT_GAPS) return []
    input.f64()
    const count = input.u32()
    input.u32()
    input.u32()
    return readMemory(input, count) ?? []
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

function readMemory(input: Reader, count: number): MemoryChange[] | undefined {
  const memory: MemoryChange[] = []
  for (let index = 0; index < count; index += 1) {
    const deviceId = input.u32()
    const key = input.text()
    if (key === null) return undefined
    memory.push({ deviceId, key, value: input.text() })
  }
  return memory
}

function writeReading(out: Writer, { sample, store, changed }: Reading, previousTime: Micros): void {
  const { value } = sample
  const kind = kindOf(value)
  const sameTime = sample.sourceTimestamp === previousTime
  out.u8(
    (store ? STORE : 0) |
      (changed ? CHANGED : 0) |
      (sample.statusCode === null ? 0 : HAS_STATUS) |
      (sameTime ? SAME_TIME : 0) |
      (kind << KIND_SHIFT),
  )
  out.u32(sample.tagId)
  if (!sameTime) out.f64(sample.sourceTimestamp)
  out.u16(sample.quality)
  if (sample.statusCode !== null) out.i32(sample.statusCode)
  if (typeof value === 'number') out.f64(value)
  else if (typeof value === 'string') out.text(value)
  else if (typeof value === 'bigint') out.text(value.toString())
}

function kindOf(value: Value): number {
  if (typeof value === 'number') return Kind.Number
  if (typeof value === 'string') return Kind.Text
  if (typeof value === 'bigint') return Kind.BigInt
  if (value === null) return Kind.Null
  return value ? Kind.True : Kind.False
}

function readReading(input: Reader, previousTime: Micros): Reading | undefined {
  const bits = input.u8()
  const tagId = input.u32()
  const sourceTimestamp = (bits & SAME_TIME) === 0 ? input.f64() : previousTime
  const quality = input.u16()
  const statusCode = (bits & HAS_STATUS) === 0 ? null : input.i32()
  const value = readValue(input, bits >> KIND_SHIFT)
  if (value === undefined) return undefined
  return { sample: { tagId, sourceTimestamp, value, quality, statusCode }, store: (bits & STORE) !== 0, changed: (bits & CHANGED) !== 0 }
}

function readValue(input: Reader, kind: number): Value | undefined {
  switch (kind) {
    case Kind.Null:
      return null
    case Kind.Number:
      return input.f64()
    case Kind.False:
      return false
    case Kind.True:
      return true
    case Kind.Text:
      return input.text() ?? undefined
    case Kind.BigInt: {
      const digits = input.text()
      return digits !== null && /^-?\d+$/.test(digits) ? BigInt(digits) : undefined
    }
    default:
      return undefined
  }
}

function writeReport(out: Writer, report: DeviceReport): void {
  out.u32(report.deviceId)
  out.f64(report.newest ?? Number.NaN)
  out.u8(STATUSES.indexOf(report.status))
  out.u32(report.consecutiveFailures)
  out.f64(report.successRate)
  if (report.problem === null) out.u32(NO_TEXT)
  else out.text(report.problem)
}

function readReport(input: Reader): DeviceReport | undefined {
  const deviceId = input.u32()
  const newest = input.f64()
  const status = STATUSES[input.u8()]
  const consecutiveFailures = input.u32()
  const successRate = input.f64()
  const problem = input.text()
  if (status === undefined) return undefined
  return { deviceId, newest: Number.isNaN(newest) ? null : newest, status, consecutiveFailures, successRate, problem }
}

function writeGap(out: Writer, { deviceId, tagId, at, cause, problem }: GapChange): void {
  out.u32(deviceId)
  out.u32(tagId ?? 0)
  out.f64(at)
  out.u8(cause === null ? ENDED : CHANGE_CAUSES.indexOf(cause))
  if (problem === null) out.u32(NO_TEXT)
  else out.text(problem)
}

function readGap(input: Reader): GapChange {
  const deviceId = input.u32()
  const tagId = input.u32()
  const at = input.f64()
  const code = input.u8()
  const problem = input.text()
  const cause = code === ENDED ? null : CHANGE_CAUSES[code]
  if (cause === undefined) throw new RangeError('cause of a gap')
  return { deviceId, tagId: tagId === 0 ? null : tagId, at, cause, problem }
}

class Writer {
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView
  #at = 0

  constructor(size: number) {
    this.#bytes = new Uint8Array(size)
    this.#view = new DataView(this.#bytes.buffer)
  }

  #room(length: number): number {
    const at = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#at, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, at))
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    return at
  }

  skip(length: number): void {
    this.#room(length)
  }
  u8(value: number): void {
    const at = this.#room(1)
    this.#view.setUint8(at, value)
  }
  u16(value: number): void {
    const at = this.#room(2)
    this.#view.setUint16(at, value, true)
  }
  u32(value: number): void {
    const at = this.#room(4)
    this.#view.setUint32(at, value, true)
  }
  i32(value: number): void {
    const at = this.#room(4)
    this.#view.setInt32(at, value, true)
  }
  f64(value: number): void {
    const at = this.#room(8)
    this.#view.setFloat64(at, value, true)
  }
  text(value: string): void {
    const encoded = encoder.encode(value)
    this.u32(encoded.length)
    const at = this.#room(encoded.length)
    this.#bytes.set(encoded, at)
  }
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at)
  }
}

/** Every method throws RangeError past the end. */
class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  #take(length: number): number {
    const at = this.#at
    if (at + length > this.#bytes.length) throw new RangeError('past the end of the record')
    this.#at = at + length
    return at
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }
  i32(): number {
    return this.#view.getInt32(this.#take(4), true)
  }
  f64(): number {
    return this.#view.getFloat64(this.#take(8), true)
  }
  text(): string | null {
    const length = this.u32()
    if (length === NO_TEXT) return null
    const at = this.#take(length)
    return decoder.decode(this.#bytes.subarray(at, at + length))
  }
  atEnd(): boolean {
    return this.#at === this.#bytes.length
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb8_8320
  return crc
})

/** The CRC-32 of Ethernet and zip (ISO-HDLC). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (let at = 0; at < bytes.length; at += 1) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return ~crc >>> 0
}
