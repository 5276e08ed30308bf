import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { describeFrame, withoutSecrets } from './frame.ts'

/** Header of a final chunk in plain text with the encoding id of a service, as Part 6, 6.7.2 and 5.2.2.9 lay it out. */
function message(encodingId: number, body = 'secret'): Uint8Array {
  const bytes = Buffer.alloc(28 + body.length)
  bytes.write('MSGF', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length, 4)
  bytes.writeUInt32LE(7, 8)
  bytes.writeUInt32LE(11, 16)
  bytes.writeUInt32LE(12, 20)
  bytes.writeUInt8(1, 24)
  bytes.writeUInt16LE(encodingId, 26)
  bytes.write(body, 28)
  return bytes
}

test('services are named in plain text', () => {
  assert.equal(describeFrame('sent', message(631)), 'Read request, 34 bytes, channel 7, sequence 11, request 12')
  assert.match(describeFrame('received', message(634)), /^Read response/)
  assert.match(describeFrame('received', message(397)), /^ServiceFault/)
  assert.match(describeFrame('sent', message(9999)), /^Message, encrypted/)
  assert.equal(describeFrame('sent', Buffer.from('HELF\u0020\0\0\0')), 'Hello, 32 bytes')
})

test('a log-in leaves no secret in the log', () => {
  assert.equal(Buffer.from(withoutSecrets(message(467, 'password'))).includes('password'), false)
  assert.equal(withoutSecrets(message(631)).length, 34)
})

test('no bytes throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom('sent' as const, 'received' as const), (bytes, direction) => {
      assert.equal(typeof describeFrame(direction, bytes), 'string')
      assert.ok(withoutSecrets(bytes).length <= bytes.length)
    }),
  )
})
