import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DeviceReport } from '#domain/delivery.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import { CHANGE_CAUSES, type GapChange } from '#domain/gap.ts'
import type { Reading } from './report-by-exception.ts'
import { crc32, decodeMemory, decodeRecord, encodeFrame, takeFrame } from './spool-record.ts'
import type { SpoolRecord } from './spool-record.ts'

const plain = { noNullPrototype: true } as const
const micros = fc.integer({ min: 0, max: 7_000_000_000_000_000 })
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const reading: fc.Arbitrary<Reading> = fc.record(
  {
    sample: fc.record(
      {
        tagId: fc.integer({ min: 1, max: 2_147_483_647 }),
        sourceTimestamp: fc.oneof(fc.constant(1_795_000_000_000_000), micros),
        value: fc.oneof(fc.double(), fc.boolean(), text, fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), fc.constant(null)),
        quality: fc.integer({ min: 0, max: (1 << 14) - 1 }),
        statusCode: fc.option(fc.integer({ min: -2_147_483_648, max: 2_147_483_647 })),
      },
      plain,
    ),
    store: fc.boolean(),
    changed: fc.boolean(),
  },
  plain,
)
const report: fc.Arbitrary<DeviceReport> = fc.record(
  {
    deviceId: fc.integer({ min: 1, max: 2_147_483_647 }),
    newest: fc.option(micros),
    status: fc.constantFrom('unknown', 'online', 'degraded', 'error', 'quarantined', 'disabled'),
    consecutiveFailures: fc.nat(),
    successRate: fc.double({ min: 0, max: 1, noNaN: true }),
    problem: fc.option(text),
  },
  plain,
)
const memory: fc.Arbitrary<MemoryChange> = fc.record(
  { deviceId: fc.integer({ min: 1, max: 2_147_483_647 }), key: text, value: fc.option(fc.json()) },
  plain,
)
const gap: fc.Arbitrary<GapChange> = fc.record(
  {
    deviceId: fc.integer({ min: 1, max: 2_147_483_647 }),
    tagId: fc.option(fc.integer({ min: 1, max: 2_147_483_647 })),
    at: micros,
    cause: fc.option(fc.constantFrom(...CHANGE_CAUSES)),
    problem: fc.option(text),
  },
  plain,
)
const record: fc.Arbitrary<SpoolRecord> = fc.record(
  {
    receivedAt: micros,
    readings: fc.array(reading, { maxLength: 30 }),
    reports: fc.array(report, { maxLength: 5 }),
    memory: fc.array(memory, { maxLength: 4 }),
    gaps: fc.array(gap, { maxLength: 3 }),
  },
  plain,
)
const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })

test('what goes in comes out', () => {
  fc.assert(
    fc.property(number, record, (n, original) => {
      const bytes = encodeFrame(n, original)
      const frame = takeFrame(bytes, 0)
      assert.ok(frame !== undefined)
      assert.equal(frame.number, n)
      assert.equal(frame.end, bytes.length)
      assert.deepEqual(decodeRecord(frame.payload), original)
      assert.deepEqual(decodeMemory(frame.payload), original.memory)
    }),
  )
})

test('a record that the version before left in the spool is read: it knew no gaps', () => {
  fc.assert(
    fc.property(record, (original) => {
      const { payload } = takeFrame(encodeFrame(1, { ...original, gaps: [] }), 0) ?? assert.fail()
      const before = payload.slice(0, -4)
      before[0] = 2
      assert.deepEqual(decodeRecord(before), { ...original, gaps: [] })
      assert.deepEqual(decodeMemory(before), original.memory)
    }),
  )
})

test('frames follow each other, and a torn tail ends the reading before it', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), fc.nat(), (records, cutBy) => {
      const frames = records.map((each, index) => encodeFrame(index + 1, each))
      const whole = Buffer.concat(frames)
      const lastLength = frames.at(-1)?.length ?? 0
      const torn = whole.subarray(0, whole.length - 1 - (cutBy % lastLength))
      const numbers: number[] = []
      for (let at = 0, frame = takeFrame(torn, at); frame !== undefined; at = frame.end, frame = takeFrame(torn, at))
        numbers.push(frame.number)
      assert.deepEqual(
        numbers,
        records.slice(0, -1).map((_, index) => index + 1),
      )
    }),
  )
})

test('a flipped bit is never taken for a record', () => {
  fc.assert(
    fc.property(record, fc.nat(), fc.integer({ min: 0, max: 7 }), (original, where, bit) => {
      const bytes = encodeFrame(1, original)
      const at = where % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      const frame = takeFrame(bytes, 0)
      assert.equal(frame, undefined)
    }),
  )
})

test('any bytes at all are refused without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeRecord(bytes)
      takeFrame(bytes, 0)
      const claimed = Uint8Array.from([2, ...bytes])
      decodeRecord(claimed)
      decodeMemory(claimed)
    }),
  )
})

test('the sum is the CRC-32 of zip', () => {
  assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf4_3926)
})
