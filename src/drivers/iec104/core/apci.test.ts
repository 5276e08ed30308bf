import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { UFunction, encodeI, encodeS, encodeU, takeFrames, type Frame } from './apci.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** IEC 60870-5-104, figures 6 to 8, and a general interrogation as every tool shows it. */
const STREAM = hex(
  '680407000000 68040b000000 680e0000000064010600010000000014 6804 0100 0a00 680443000000 680483000000 680413000000 680423000000',
)

const without = (frames: readonly Frame[]): unknown[] => frames.map(({ bytes: _, ...frame }) => frame)

test('the frames of the standard', () => {
  const { frames, rest, broken } = takeFrames(STREAM)
  assert.deepEqual(without(frames), [
    { kind: 'U', uFunction: UFunction.StartDtAct },
    { kind: 'U', uFunction: UFunction.StartDtCon },
    { kind: 'I', sendNumber: 0, receiveNumber: 0, asdu: hex('64010600010000000014') },
    { kind: 'S', receiveNumber: 5 },
    { kind: 'U', uFunction: UFunction.TestFrAct },
    { kind: 'U', uFunction: UFunction.TestFrCon },
    { kind: 'U', uFunction: UFunction.StopDtAct },
    { kind: 'U', uFunction: UFunction.StopDtCon },
  ])
  assert.equal(rest.length, 0)
  assert.equal(broken, null)
})

test('a stream cut anywhere, even twice, gives the same frames', () => {
  const whole = without(takeFrames(STREAM).frames)
  for (let first = 0; first <= STREAM.length; first++) {
    for (let second = first; second <= STREAM.length; second++) {
      const frames: unknown[] = []
      let rest: Uint8Array = new Uint8Array(0)
      for (const part of [STREAM.subarray(0, first), STREAM.subarray(first, second), STREAM.subarray(second)]) {
        const taken = takeFrames(Uint8Array.from([...rest, ...part]))
        assert.equal(taken.broken, null)
        frames.push(...without(taken.frames))
        rest = taken.rest
      }
      assert.deepEqual(frames, whole, `cut at ${first} and ${second}`)
      assert.equal(rest.length, 0)
    }
  }
})

test('what is no frame ends the stream, after the frames before it', () => {
  const broken: readonly (readonly [string, RegExp])[] = [
    ['680443000000 55', /octet 55/],
    ['680443000000 6803', /length of 3/],
    ['680443000000 68fe', /length of 254/],
    ['680443000000 680447000000', /control function 47/],
    ['680443000000 6805430000 0000', /7 octets/],
    ['680443000000 48545450', /octet 48/],
  ]
  for (const [bytes, reason] of broken) {
    const taken = takeFrames(hex(bytes))
    assert.match(taken.broken ?? '', reason, bytes)
    assert.equal(taken.frames.length, 1)
    assert.equal(taken.rest.length, 0)
  }
})

test('sequence numbers of 15 bits, there and back', () => {
  const number = fc.integer({ min: 0, max: 0x7fff })
  fc.assert(
    fc.property(number, number, fc.uint8Array({ minLength: 1, maxLength: 249 }), (sendNumber, receiveNumber, asdu) => {
      const [i, s] = takeFrames(Uint8Array.from([...encodeI(sendNumber, receiveNumber, asdu), ...encodeS(receiveNumber)])).frames
      assert.deepEqual(without([i, s].filter((frame) => frame !== undefined)), [
        { kind: 'I', sendNumber, receiveNumber, asdu },
        { kind: 'S', receiveNumber },
      ])
    }),
  )
  assert.deepEqual(encodeI(32768, 32769, new Uint8Array(1)), encodeI(0, 1, new Uint8Array(1)))
  assert.deepEqual(encodeU(UFunction.TestFrCon), hex('680483000000'))
})
