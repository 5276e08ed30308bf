import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DriverError } from '#base/errors.ts'
import { createLogger } from './log.ts'
import { Secret } from './secrets.ts'

test('a line is JSON with its event, its bound fields and errors in full', () => {
  const lines: string[] = []
  const log = createLogger('alarm', (line) => lines.push(line)).with({ device: 'PS-01' })
  log.warn('device.failed', {
    error: new DriverError('timeout', 'no answer', { remedy: 'Look at the cable.' }),
    token: new Secret('x1y2'),
    count: 2n ** 60n,
    frame: new Uint8Array(7),
  })
  log.debug('device.frame')
  assert.equal(lines.length, 1)
  const { at, ...line } = JSON.parse(lines[0] ?? '') as Record<string, unknown>
  assert.match(String(at), /^\d{4}-.*Z$/)
  assert.deepEqual(line, {
    level: 'warn',
    process: 'alarm',
    event: 'device.failed',
    device: 'PS-01',
    error: { message: 'no answer', code: 'driver_timeout', remedy: 'Look at the cable.' },
    token: '***',
    count: String(2n ** 60n),
    frame: '<7 bytes>',
  })
})
