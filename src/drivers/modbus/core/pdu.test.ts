import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BugError } from '#base/errors.ts'
import {
  encodeDataReply,
  encodeExceptionReply,
  encodeFrame,
  encodeReadRequest,
  exceptionText,
  quantityLimit,
  readReply,
  readRequest,
  takeFrames,
  type Frame,
  type ReadRequest,
} from './pdu.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16))

/** The examples of the Modbus Application Protocol Specification V1.1b3. */
const examples: readonly { clause: string; request: ReadRequest; asked: string; answered: string }[] = [
  {
    clause: '6.1 Read Coils: discrete outputs 20-38',
    request: { functionCode: 1, start: 0x13, quantity: 0x13 },
    asked: '01 00 13 00 13',
    answered: '01 03 cd 6b 05',
  },
  {
    clause: '6.2 Read Discrete Inputs: 197-218',
    request: { functionCode: 2, start: 0xc4, quantity: 0x16 },
    asked: '02 00 c4 00 16',
    answered: '02 03 ac db 35',
  },
  {
    clause: '6.3 Read Holding Registers: 108-110',
    request: { functionCode: 3, start: 0x6b, quantity: 3 },
    asked: '03 00 6b 00 03',
    answered: '03 06 02 2b 00 00 00 64',
  },
  {
    clause: '6.4 Read Input Registers: register 9',
    request: { functionCode: 4, start: 8, quantity: 1 },
    asked: '04 00 08 00 01',
    answered: '04 02 00 0a',
  },
]

for (const { clause, request, asked, answered } of examples) {
  test(`Application Protocol V1.1b3, ${clause}`, () => {
    assert.deepEqual(encodeReadRequest(request), hex(asked))
    assert.deepEqual(readRequest(hex(asked)), request)
    const data = hex(answered).subarray(2)
    assert.deepEqual(readReply(hex(answered), request), { kind: 'data', data })
    assert.deepEqual(encodeDataReply(request.functionCode, data), hex(answered))
  })
}

test('Application Protocol V1.1b3, 7: the exception to a read of coil 1186 is illegal data address', () => {
  const request: ReadRequest = { functionCode: 1, start: 0x4a1, quantity: 1 }
  assert.deepEqual(encodeReadRequest(request), hex('01 04 a1 00 01'))
  assert.deepEqual(readReply(hex('81 02'), request), { kind: 'exception', exceptionCode: 2 })
  assert.deepEqual(encodeExceptionReply(1, 2), hex('81 02'))
  assert.equal(exceptionText(2), 'exception 2 (illegal data address)')
  assert.equal(exceptionText(99), 'exception 99 (not in the standard)')
})

test('Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3: the header of a read of register 5 at unit 255', () => {
  const frame = { transactionId: 0x1501, unitId: 0xff, pdu: hex('03 00 04 00 01') }
  assert.deepEqual(encodeFrame(frame), hex('15 01 00 00 00 06 ff 03 00 04 00 01'))
})

test('a reply of another length, function or shape is malformed, never a partial answer', () => {
  const request: ReadRequest = { functionCode: 3, start: 0, quantity: 3 }
  const problem = (bytes: string): string => {
    const reply = readReply(hex(bytes), request)
    assert.equal(reply.kind, 'malformed', bytes)
    return reply.kind === 'malformed' ? reply.problem : ''
  }
  assert.match(problem('03 04 00 01 00 02'), /4 bytes of data although 6/)
  assert.match(problem('03 08 00 01 00 02 00 03 00 04'), /8 bytes of data although 6/)
  assert.match(problem('03 06 00 01 00 02'), /4 \(announced as 6\) bytes of data/)
  assert.match(problem('03'), /0 \(announced as 0\)|0 bytes of data/)
  assert.match(problem('04 06 00 01 00 02 00 03'), /function code 4 although 3/)
  assert.match(problem('83'), /exception reply of 1 bytes/)
  assert.match(problem('83 02 00'), /exception reply of 3 bytes/)
  assert.equal(readReply(new Uint8Array(0), request).kind, 'malformed')
})

test('more than the standard allows is refused here, not by the device', () => {
  assert.throws(() => encodeReadRequest({ functionCode: 3, start: 0, quantity: 126 }), BugError)
  assert.throws(() => encodeReadRequest({ functionCode: 1, start: 0, quantity: 2001 }), BugError)
  assert.throws(() => encodeReadRequest({ functionCode: 3, start: 65535, quantity: 2 }), BugError)
  assert.throws(() => encodeReadRequest({ functionCode: 3, start: 0, quantity: 0 }), BugError)
  assert.equal(encodeReadRequest({ functionCode: 4, start: 65411, quantity: 125 }).length, 5)
  assert.deepEqual(readRequest(hex('03 00 00 00 7e')), { exceptionCode: 3 })
  assert.deepEqual(readRequest(hex('03 ff ff 00 02')), { exceptionCode: 2 })
  assert.deepEqual(readRequest(hex('06 00 00 00 01')), { exceptionCode: 1 })
})

const functionCodes = fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const)
const frames = fc.record(
  {
    transactionId: fc.nat(0xffff),
    unitId: fc.nat(0xff),
    pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }),
  },
  { noNullPrototype: true },
)

/** Feeds the stream in the given pieces, as a socket would. */
function takeInPieces(stream: Uint8Array, cuts: readonly number[]): { taken: Frame[]; rest: Uint8Array } {
  const taken: Frame[] = []
  let rest: Uint8Array = new Uint8Array(0)
  let from = 0
  for (const cut of [...cuts, stream.length]) {
    const result = takeFrames(Uint8Array.from([...rest, ...stream.subarray(from, cut)]))
    assert.equal(result.broken, null)
    for (const { bytes, ...frame } of result.frames) {
      assert.deepEqual(bytes, encodeFrame(frame), 'the whole of it')
      taken.push(frame)
    }
    rest = result.rest
    from = cut
  }
  return { taken, rest }
}

test('frames survive a cut at every byte', () => {
  const sent: Frame[] = examples.map(({ answered }, index) => ({ transactionId: 0xfffe + index, unitId: index, pdu: hex(answered) }))
  const wrapped = sent.map((frame) => ({ ...frame, transactionId: frame.transactionId & 0xffff }))
  const stream = Uint8Array.from(wrapped.flatMap((frame) => [...encodeFrame(frame)]))
  for (let cut = 0; cut <= stream.length; cut++) {
    const { taken, rest } = takeInPieces(stream, [cut])
    assert.deepEqual(taken, wrapped, `cut at ${cut}`)
    assert.equal(rest.length, 0)
  }
  const everyByte = Array.from({ length: stream.length }, (_, index) => index)
  assert.deepEqual(takeInPieces(stream, everyByte).taken, wrapped)
})

test('frames survive any cuts', () => {
  fc.assert(
    fc.property(fc.array(frames, { maxLength: 4 }), fc.array(fc.nat(1100), { maxLength: 8 }), (sent, places) => {
      const stream = Uint8Array.from(sent.flatMap((frame) => [...encodeFrame(frame)]))
      const cuts = places.map((place) => Math.min(place, stream.length)).sort((a, b) => a - b)
      const { taken, rest } = takeInPieces(stream, cuts)
      assert.deepEqual(taken, sent)
      assert.equal(rest.length, 0)
    }),
  )
})

test('requests and replies survive the round trip', () => {
  const requests = functionCodes.chain((functionCode) =>
    fc
      .record(
        {
          functionCode: fc.constant(functionCode),
          start: fc.nat(65535),
          quantity: fc.integer({ min: 1, max: quantityLimit(functionCode) }),
        },
        { noNullPrototype: true },
      )
      .filter(({ start, quantity }) => start + quantity <= 65536),
  )
  fc.assert(
    fc.property(requests, fc.nat(255), (request, fill) => {
      assert.deepEqual(readRequest(encodeReadRequest(request)), request)
      const data = new Uint8Array(request.functionCode < 3 ? Math.ceil(request.quantity / 8) : request.quantity * 2).fill(fill)
      assert.deepEqual(readReply(encodeDataReply(request.functionCode, data), request), { kind: 'data', data })
    }),
  )
})

test('garbage never throws and never grows', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), functionCodes, (bytes, functionCode) => {
      const { frames, rest } = takeFrames(bytes)
      assert.ok(rest.length < 260)
      for (const frame of frames) readReply(frame.pdu, { functionCode, start: 0, quantity: 1 })
      readReply(bytes, { functionCode, start: 0, quantity: 1 })
      readRequest(bytes)
    }),
    { numRuns: 1000 },
  )
  assert.match(takeFrames(hex('00 01 00 07 00 06 01 03')).broken ?? '', /protocol identifier 7/)
  assert.match(takeFrames(hex('00 01 00 00 00 01 01 03')).broken ?? '', /length of 1/)
  assert.match(takeFrames(hex('00 01 00 00 00 ff 01 03')).broken ?? '', /length of 255/)
})
