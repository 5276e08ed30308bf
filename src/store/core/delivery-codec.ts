import { BugError } from '#base/errors.ts'
import type { Delivery, DeviceReport } from '#domain/delivery.ts'
import { DeviceStatus } from '#domain/device.ts'
import type { Sample, Value } from '#domain/sample.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

const VERSION = 1

// the head byte of a reading: four bits of what the value is, four of what repeats
const VALUE = { Null: 0, False: 1, True: 2, Whole: 3, Float32: 4, Float64: 5, Big: 6, Text: 7 } as const
const SAME_TIME = 1 << 4
const SAME_QUALITY = 1 << 5
const STATUS_CODE = 1 << 6
/** The time stamp is no whole number or too far from the one before: all 64 bits follow. */
const EXACT_TIME = 1 << 7

/** Places in the wire format; only ever append. */
const STATUSES: readonly DeviceStatus[] = [
  DeviceStatus.Unknown,
  DeviceStatus.Online,
  DeviceStatus.Degraded,
  DeviceStatus.Error,
  DeviceStatus.Quarantined,
  DeviceStatus.Disabled,
]
const HAS_NEWEST = 1
const HAS_PROBLEM = 2

/** @returns what goes into `deliveries.payload`, before compression: a version byte, readings in order, device reports */
export function encodeDelivery(delivery: Pick<Delivery, 'readings' | 'devices'>): Uint8Array<ArrayBuffer> {
  const to = new ByteWriter(64 + delivery.readings.length * 12 + delivery.devices.length * 24)
  to.uint8(VERSION)
  to.varint(delivery.readings.length)
  let before: Before = { tagId: 0, time: 0, quality: 0 }
  for (const reading of delivery.readings) before = writeReading(to, reading, before)
  to.varint(delivery.devices.length)
  for (const report of delivery.devices) writeReport(to, report)
  return to.written()
}

/** @throws BugError for bytes that no version of this program wrote */
export function decodeDelivery(bytes: Uint8Array): { readings: Sample[]; devices: DeviceReport[] } {
  const from = new ByteReader(bytes)
  try {
    const version = from.uint8()
    if (version !== VERSION) throw new RangeError(`version ${version}`)
    const readings: Sample[] = []
    let before: Before = { tagId: 0, time: 0, quality: 0 }
    for (let rest = from.varint(); rest > 0; rest--) {
      const reading = readReading(from, before)
      readings.push(reading.sample)
      before = reading.before
    }
    const devices: DeviceReport[] = []
    for (let rest = from.varint(); rest > 0; rest--) devices.push(readReport(from))
    if (!from.ended) throw new RangeError('bytes are left over')
    return { readings, devices }
  } catch (error) {
    throw new BugError('A delivery of the journal cannot be read', { cause: error })
  }
}

type Before = { readonly tagId: number; readonly time: number; readonly quality: number }

function writeReading(to: ByteWriter, reading: Sample, before: Before): Before {
  const { tagId, sourceTimestamp: time, value, quality, statusCode } = reading
  const kind = kindOf(value)
  const near = Number.isSafeInteger(time) && !Object.is(time, -0) && Math.abs(time - before.time) < 2 ** 52
  const sameTime = near && time === before.time
  to.uint8(
    kind |
      (sameTime ? SAME_TIME : 0) |
      (quality === before.quality ? SAME_QUALITY : 0) |
      (statusCode === null ? 0 : STATUS_CODE) |
      (near ? 0 : EXACT_TIME),
  )
  to.zigzag(tagId - before.tagId)
  if (!near) to.float64(time)
  else if (!sameTime) to.zigzag(time - before.time)
  if (quality !== before.quality) to.varint(quality)
  if (statusCode !== null) to.int32(statusCode)
  writeValue(to, value, kind)
  return { tagId, time: near ? time : 0, quality }
}

function readReading(from: ByteReader, before: Before): { sample: Sample; before: Before } {
  const head = from.uint8()
  const tagId = before.tagId + from.zigzag()
  const near = (head & EXACT_TIME) === 0
  const time = near ? before.time + ((head & SAME_TIME) === 0 ? from.zigzag() : 0) : from.float64()
  const quality = (head & SAME_QUALITY) === 0 ? from.varint() : before.quality
  const statusCode = (head & STATUS_CODE) === 0 ? null : from.int32()
  const sample = { tagId, sourceTimestamp: time, value: readValue(from, head & 15), quality, statusCode }
  return { sample, before: { tagId, time: near ? time : 0, quality } }
}

function kindOf(value: Value): number {
  if (value === null) return VALUE.Null
  if (value === true) return VALUE.True
  if (value === false) return VALUE.False
  if (typeof value === 'bigint') return VALUE.Big
  if (typeof value === 'string') return VALUE.Text
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 27 && !Object.is(value, -0)) return VALUE.Whole
  return Object.is(Math.fround(value), value) ? VALUE.Float32 : VALUE.Float64
}

function writeValue(to: ByteWriter, value: Value, kind: number): void {
  if (typeof value === 'bigint') to.text(value.toString())
  else if (typeof value === 'string') to.text(value)
  else if (typeof value === 'number') {
    if (kind === VALUE.Whole) to.zigzag(value)
    else if (kind === VALUE.Float32) to.float32(value)
    else to.float64(value)
  }
}

function readValue(from: ByteReader, kind: number): Value {
  switch (kind) {
    case VALUE.Null:
      return null
    case VALUE.False:
      return false
    case VALUE.True:
      return true
    case VALUE.Whole:
      return from.zigzag()
    case VALUE.Float32:
      return from.float32()
    case VALUE.Float64:
      return from.float64()
    case VALUE.Big:
      return BigInt(from.text())
    case VALUE.Text:
      return from.text()
    default:
      throw new RangeError(`value kind ${kind}`)
  }
}

function writeReport(to: ByteWriter, report: DeviceReport): void {
  to.varint(report.deviceId)
  to.uint8((report.newest === null ? 0 : HAS_NEWEST) | (report.problem === null ? 0 : HAS_PROBLEM))
  to.uint8(STATUSES.indexOf(report.status))
  if (report.newest !== null) to.float64(report.newest)
  to.varint(report.consecutiveFailures)
  to.float64(report.successRate)
  if (report.problem !== null) to.text(report.problem)
}

function readReport(from: ByteReader): DeviceReport {
  const deviceId = from.varint()
  const flags = from.uint8()
  const status = STATUSES[from.uint8()]
  if (status === undefined) throw new RangeError('device status')
  return {
    deviceId,
    status,
    newest: (flags & HAS_NEWEST) === 0 ? null : from.float64(),
    consecutiveFailures: from.varint(),
    successRate: from.float64(),
    problem: (flags & HAS_PROBLEM) === 0 ? null : from.text(),
  }
}
