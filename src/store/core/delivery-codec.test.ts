import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BugError } from '#base/errors.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import { DeviceStatus } from '#domain/device.ts'
import type { Sample } from '#domain/sample.ts'
import { decodeDelivery, encodeDelivery } from './delivery-codec.ts'

const value = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.float(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.string({ unit: 'grapheme' }),
)
const instant = fc.oneof(
  fc.integer({ min: 1_700_000_000_000_000, max: 1_700_000_100_000_000 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.constant(-0),
)
const sample: fc.Arbitrary<Sample> = fc.record(
  {
    tagId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    sourceTimestamp: instant,
    value,
    quality: fc.integer({ min: 0, max: 2 ** 14 - 1 }),
    statusCode: fc.option(fc.integer()),
  },
  { noNullPrototype: true },
)
const report: fc.Arbitrary<DeviceReport> = fc.record(
  {
    deviceId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    newest: fc.option(instant),
    status: fc.constantFrom(...Object.values(DeviceStatus)),
    consecutiveFailures: fc.nat(),
    successRate: fc.double({ min: 0, max: 1, noNaN: true }),
    problem: fc.option(fc.string({ unit: 'grapheme' })),
  },
  { noNullPrototype: true },
)

test('what goes in comes out, bit for bit and in order', () => {
  fc.assert(
    fc.property(fc.array(sample), fc.array(report), (readings, devices) => {
      assert.deepEqual(decodeDelivery(encodeDelivery({ readings, devices })), { readings, devices })
    }),
  )
})

test('bytes cut short or lengthened are refused, never half read', () => {
  fc.assert(
    fc.property(
      fc.array(sample, { minLength: 1 }),
      fc.array(report),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (...args) => {
        const [readings, devices, part] = args
        const bytes = encodeDelivery({ readings, devices })
        assert.throws(() => decodeDelivery(bytes.subarray(0, Math.floor(part * bytes.length))), BugError)
        assert.throws(() => decodeDelivery(Uint8Array.of(...bytes, 0)), BugError)
      },
    ),
  )
})

test('random bytes throw a BugError or are a delivery', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        decodeDelivery(bytes)
      } catch (error) {
        assert.ok(error instanceof BugError)
      }
    }),
  )
})

test('a poll of neighbouring tags takes few bytes a reading', () => {
  const readings = Array.from({ length: 100 }, (_, index) => ({
    tagId: 500 + index,
    sourceTimestamp: 1_795_500_000_000_000,
    value: Math.fround(index * 1.1),
    quality: 0,
    statusCode: null,
  }))
  assert.ok(encodeDelivery({ readings, devices: [] }).length < 100 * 6 + 20)
})
