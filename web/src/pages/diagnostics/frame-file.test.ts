import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Device } from '../../api/replies.ts'
import { frameFile, timeOf } from './frame-file.ts'

const at = Date.parse('2026-07-01T12:00:00.120Z') * 1000
const device = { code: 'PS-01', name: 'Pump station', protocol: 'modbus' } as Device

test('a frame log as a file: both directions, bytes in lines of 32, what was missed', () => {
  const text = frameFile({
    device,
    diagnostics: undefined,
    frames: [
      { seq: 1, at, direction: 'sent', length: 12, hex: '000100000006010300000002', text: 'Read 2 holding registers from 0, unit 1' },
      { seq: 2, at, direction: 'received', length: 40, hex: 'ab'.repeat(40), text: 'Answer' },
    ],
    missed: 7,
    locale: 'en-GB',
    timeZone: 'UTC',
  })
  assert.equal(
    text,
    [
      'SyncTide frame log',
      'Device: PS-01 Pump station (modbus)',
      'Frames: 2, and 7 more that were gone already',
      '',
      '2026-07-01T12:00:00.120Z --> 12 B Read 2 holding registers from 0, unit 1',
      '    00 01 00 00 00 06 01 03 00 00 00 02',
      '2026-07-01T12:00:00.120Z <-- 40 B Answer',
      `    ${Array.from({ length: 32 }, () => 'ab').join(' ')}`,
      `    ${Array.from({ length: 8 }, () => 'ab').join(' ')}`,
      '',
    ].join('\n'),
  )
})

test('milliseconds beside the time of the screen', () => {
  assert.equal(timeOf(at, 'en-GB', 'Europe/Lisbon'), '13:00:00.120')
})
