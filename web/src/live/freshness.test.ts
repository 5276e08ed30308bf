import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packQuality, QualitySeverity } from '#domain/sample.ts'
import { freshnessOf, type FreshnessInput } from './freshness.ts'
import { staleAfterSeconds } from './pushes.ts'

const SECOND = 1_000_000
const now = 10_000 * SECOND
const device = { deviceId: 1, status: 'online', newest: now, consecutiveFailures: 0, successRate: 1, problem: null } as const
const reading = { value: 1, quality: 0, sourceTimestamp: now - 500 * SECOND }
const base: FreshnessInput = { now, stream: 'live', reading, device, staleAfterSeconds: 10 }

test('a value that did not change for minutes is fresh while its device answers', () => {
  assert.deepEqual(freshnessOf(base), { state: 'fresh', ageSeconds: 0, quality: QualitySeverity.Good })
})

test('a silent device makes it stale, with the age of the last confirmation', () => {
  const silent = { ...device, status: 'error', newest: now - 40 * SECOND } as const
  assert.equal(freshnessOf({ ...base, device: silent }).state, 'stale')
  const quiet = { ...device, newest: now - 40 * SECOND }
  assert.deepEqual(freshnessOf({ ...base, device: quiet }), { state: 'stale', ageSeconds: 40, quality: QualitySeverity.Good })
  assert.equal(freshnessOf({ ...base, device: undefined }).ageSeconds, 500)
})

test('slow devices have three polls, fast ones ten seconds', () => {
  const quiet = { ...device, newest: now - 40 * SECOND }
  const polled = { protocol: 'modbus', connection: {}, commTimeoutSeconds: 60 }
  const after = (pollMillis: number): number => staleAfterSeconds({ ...polled, pollMillis })
  assert.equal(freshnessOf({ ...base, device: quiet, staleAfterSeconds: after(15_000) }).state, 'fresh')
  assert.equal(freshnessOf({ ...base, device: { ...device, newest: now - 9 * SECOND }, staleAfterSeconds: after(50) }).state, 'fresh')
  assert.equal(freshnessOf({ ...base, device: { ...device, newest: now - 11 * SECOND }, staleAfterSeconds: after(50) }).state, 'stale')
})

test('a device that sends by itself is current until its communication counts as lost', () => {
  const hourly = { protocol: 'csv', connection: {}, pollMillis: 1000, commTimeoutSeconds: 7200 }
  assert.equal(staleAfterSeconds(hourly), 7200)
  assert.equal(staleAfterSeconds({ ...hourly, commTimeoutSeconds: null }), Number.POSITIVE_INFINITY)
  assert.equal(staleAfterSeconds({ ...hourly, protocol: 'opcua', connection: { mode: 'poll' } }), 10, 'OPC UA may be polled')
  assert.equal(staleAfterSeconds({ ...hourly, protocol: 'opcua', connection: { mode: 'subscription' } }), 7200)
  const never = { ...base, staleAfterSeconds: Number.POSITIVE_INFINITY }
  assert.equal(freshnessOf(never).state, 'fresh')
  assert.equal(freshnessOf({ ...never, device: { ...device, status: 'error' } }).state, 'stale', 'nobody is there to hear it')
})

test('a bad value is never confirmed by its device', () => {
  const bad = { ...reading, quality: packQuality(QualitySeverity.Bad) }
  assert.deepEqual(freshnessOf({ ...base, reading: bad }), { state: 'bad', ageSeconds: 500, quality: QualitySeverity.Bad })
})

test('when the stream is lost nothing is fresh, not even what was a second ago', () => {
  assert.equal(freshnessOf({ ...base, stream: 'lost' }).state, 'lost')
  assert.equal(freshnessOf({ ...base, stream: 'reconnecting' }).state, 'fresh')
})

test('never read is no data', () => {
  assert.equal(freshnessOf({ ...base, reading: undefined }).state, 'none')
})
