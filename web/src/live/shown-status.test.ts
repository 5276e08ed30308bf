import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Device, DeviceState } from '../api/replies.ts'
import { shownStatus } from './shown-status.ts'

const NOW = 1_700_000_000_000_000
const device = { id: 1, enabled: true, protocol: 'modbus', connection: {}, pollMillis: 1000, commTimeoutSeconds: 60 } as unknown as Device
const state = (seconds: number | null, status: DeviceState['status'] = 'online'): DeviceState => ({
  deviceId: 1,
  status,
  newest: seconds === null ? null : NOW - seconds * 1_000_000,
  consecutiveFailures: 0,
  successRate: 1,
  problem: null,
})

test('a device that was well and is not heard of any more is not shown as well', () => {
  assert.equal(shownStatus(device, state(2), NOW), 'online')
  assert.equal(shownStatus(device, state(29), NOW), 'online', 'a driver process comes back meanwhile')
  assert.equal(shownStatus(device, state(31), NOW), 'error')
  assert.equal(shownStatus(device, state(31, 'degraded'), NOW), 'error')
  assert.equal(shownStatus({ ...device, pollMillis: 60_000 }, state(150), NOW), 'online', 'it is polled once a minute')
  assert.equal(
    shownStatus({ ...device, protocol: 'mqtt', commTimeoutSeconds: null }, state(90_000), NOW),
    'online',
    'it has nothing to say',
  )
  assert.equal(shownStatus({ ...device, protocol: 'mqtt' }, state(90), NOW), 'error')
})

test('what else was said stands', () => {
  assert.equal(shownStatus({ ...device, enabled: false }, state(1), NOW), 'disabled')
  assert.equal(shownStatus(device, undefined, NOW), 'unknown')
  assert.equal(shownStatus(device, state(9000, 'quarantined'), NOW), 'quarantined')
  assert.equal(shownStatus(device, state(null), NOW), 'online')
})
