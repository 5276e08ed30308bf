import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { describeFrame } from './describe-frame.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

test('frames in words', () => {
  // Modbus Application Protocol V1.1b3, 6.3: read 3 holding registers from 107, and its answer; here behind a TCP header
  assert.equal(
    describeFrame('sent', hex('0005 0000 0006 11 03 006b 0003')),
    'To unit 17, transaction 5: read 3 holding registers from 107.',
  )
  assert.equal(
    describeFrame('received', hex('0005 0000 0009 11 03 06 022b 0000 0064')),
    'From unit 17, transaction 5: 6 bytes of holding registers.',
  )
  assert.equal(
    describeFrame('received', hex('0005 0000 0003 11 83 02')),
    'From unit 17, transaction 5: exception 2 (illegal data address) for function code 3.',
  )
  assert.match(describeFrame('received', hex('485454502f312e31')), /^No Modbus/)
})

test('any bytes are told without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('sent', 'received'), (bytes, direction) => {
      assert.notEqual(describeFrame(direction, bytes), '')
    }),
  )
})
