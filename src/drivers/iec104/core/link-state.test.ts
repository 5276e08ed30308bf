import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { UFunction, encodeI, encodeS, encodeU, takeFrames, type Frame } from './apci.ts'
import { LinkState, type LinkParameters } from './link-state.ts'

const parameters: LinkParameters = { k: 3, w: 2, t1: 15_000, t2: 10_000, t3: 20_000 }
const asdu = Uint8Array.of(1)

function frameOf(bytes: Uint8Array | null | undefined): Frame {
  assert.ok(bytes)
  const [frame] = takeFrames(bytes).frames
  assert.ok(frame)
  return frame
}
const u = (uFunction: UFunction): Frame => frameOf(encodeU(uFunction))
const i = (sendNumber: number, receiveNumber = 0): Frame => frameOf(encodeI(sendNumber, receiveNumber, asdu))
const s = (receiveNumber: number): Frame => frameOf(encodeS(receiveNumber))

function started(change: Partial<LinkParameters> = {}): LinkState {
  const link = new LinkState({ ...parameters, ...change }, 0)
  assert.deepEqual(link.start(0), encodeU(UFunction.StartDtAct))
  assert.equal(link.receive(u(UFunction.StartDtCon), 0).fault, null)
  assert.equal(link.phase, 'started')
  return link
}

test('nothing is sent before STARTDT is confirmed, and after k frames nothing until one is acknowledged', () => {
  const link = new LinkState(parameters, 0)
  assert.equal(link.send(asdu, 0), null)
  link.start(0)
  assert.equal(link.send(asdu, 0), null)
  link.receive(u(UFunction.StartDtCon), 0)
  for (let nth = 0; nth < 3; nth++) assert.deepEqual(link.send(asdu, 0), encodeI(nth, 0, asdu))
  assert.equal(link.send(asdu, 0), null)
  assert.equal(link.receive(s(2), 0).fault, null)
  assert.equal(link.underWay, 1)
  assert.deepEqual(link.send(asdu, 0), encodeI(3, 0, asdu))
})

test('an acknowledgement waits until the data is safe, and then for w frames or t2', () => {
  const link = started()
  for (let nth = 0; nth < 5; nth++) assert.equal(link.receive(i(nth), nth).number, nth + 1)
  assert.deepEqual(link.tick(14_999), { send: [], fault: null }, 'not safe: no acknowledgement, however late')
  link.accept(1)
  assert.deepEqual(link.tick(9_999).send, [], 'less than w')
  assert.deepEqual(link.tick(10_000).send, [encodeS(1)], 't2 after the first frame')
  link.accept(4)
  assert.deepEqual(link.tick(10_000).send, [encodeS(4)], 'w frames at once')
  link.accept(5)
  assert.equal(link.nextDue, 10_004, 't2 after the fifth frame came, not after it was safe')
  assert.deepEqual(link.tick(10_003).send, [])
  assert.deepEqual(link.tick(10_004).send, [encodeS(5)])
  assert.equal(link.owed, 0)
})

test('a station whose k is smaller than our w stands still twice, then no more', () => {
  const link = started({ k: 12, w: 8 })
  let now = 0
  let sent = 0
  for (let round = 0; round < 4; round++) {
    for (let nth = 0; nth < 3; nth++) link.receive(i(sent++), now)
    link.accept(sent)
    if (link.tick(now).send.length === 0) {
      now += 10_000
      assert.deepEqual(link.tick(now).send, [encodeS(sent)], 't2')
    }
    now += 50
  }
  assert.equal(link.w, 3)
  assert.equal(now, 20_200)
})

test('three events each twelve seconds are no sign of a small k', () => {
  const link = started({ k: 12, w: 8, t3: 100_000 })
  let sent = 0
  for (let now = 0; now < 120_000; now += 12_000) {
    for (let nth = 0; nth < 3; nth++) link.receive(i(sent++), now)
    link.accept(sent)
    assert.deepEqual(link.tick(now + 10_000).send, [encodeS(sent)])
  }
  assert.equal(link.w, 8)
})

test('what we send acknowledges along, as far as it is safe', () => {
  const link = started()
  link.receive(i(0), 0)
  link.receive(i(1), 0)
  link.accept(1)
  assert.deepEqual(link.send(asdu, 0), encodeI(0, 1, asdu))
  assert.equal(link.owed, 1)
})

test('t1: STARTDT, STOPDT, a frame and a test frame have to be answered', () => {
  const starting = new LinkState(parameters, 0)
  starting.start(0)
  assert.equal(starting.nextDue, 15_000)
  assert.equal(starting.tick(14_999).fault, null)
  assert.match(starting.tick(15_000).fault ?? '', /STARTDT/)

  const stopping = started()
  stopping.stop(0)
  assert.match(stopping.tick(15_000).fault ?? '', /STOPDT/)
  stopping.receive(u(UFunction.StopDtCon), 0)
  assert.equal(stopping.phase, 'stopped')

  const sending = started()
  sending.send(asdu, 0)
  sending.send(asdu, 1000)
  sending.receive(s(1), 2000)
  assert.equal(sending.tick(15_999).fault, null)
  assert.match(sending.tick(16_000).fault ?? '', /acknowledge/)

  const testing = started()
  assert.deepEqual(testing.tick(19_999).send, [])
  assert.deepEqual(testing.tick(20_000).send, [encodeU(UFunction.TestFrAct)])
  assert.deepEqual(testing.tick(20_000).send, [], 'once')
  testing.receive(i(0), 34_000)
  assert.match(testing.tick(35_000).fault ?? '', /test frame/, 'data is no answer to a test frame')
  testing.receive(u(UFunction.TestFrCon), 34_999)
  assert.equal(testing.tick(35_000).fault, null)
})

test('t3 begins anew with everything received, not with what we send', () => {
  const link = started()
  link.receive(s(0), 15_000)
  assert.deepEqual(link.tick(20_000).send, [])
  link.send(asdu, 30_000)
  assert.deepEqual(link.tick(35_000).send, [encodeU(UFunction.TestFrAct)])
})

test('the station asks for a sign of life and gets it at once', () => {
  assert.deepEqual(started().receive(u(UFunction.TestFrAct), 0).reply, encodeU(UFunction.TestFrCon))
})

test('a wrong number of either kind ends the link', () => {
  assert.match(started().receive(i(1), 0).fault ?? '', /frame 1 came where 0 was expected/)
  const repeated = started()
  repeated.receive(i(0), 0)
  assert.match(repeated.receive(i(0), 0).fault ?? '', /expected/)
  assert.match(started().receive(s(1), 0).fault ?? '', /acknowledged frame 1/)
  assert.match(started().receive(s(32767), 0).fault ?? '', /acknowledged/)
  assert.match(new LinkState(parameters, 0).receive(i(0), 0).fault ?? '', /before it was asked/)
})

test('both numbers wrap at 32768', () => {
  const link = started({ k: 12, w: 8 })
  for (let nth = 0; nth < 70_000; nth++) {
    const received = link.receive(i(nth & 0x7fff, nth & 0x7fff), nth)
    assert.equal(received.fault, null)
    link.accept(nth + 1)
    assert.deepEqual(link.send(asdu, nth), encodeI(nth, nth + 1, asdu))
  }
})

/** The same rules, said in another way: lists of what was sent and received, with times, and no counters. */
class Model {
  readonly sent: { at: number; acknowledged: boolean }[] = []
  readonly received: { at: number; safe: boolean; acknowledged: boolean }[] = []
  heardAt = 0
  testedAt: number | null = null
}

type Step = { readonly kind: 'send' | 'receive' | 'accept' | 'ack' | 'wait' | 'con'; readonly by: number }

test('against a model: windows, acknowledgements and timers in any order', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom('send', 'receive', 'accept', 'ack', 'wait', 'con'),
    by: fc.integer({ min: 1, max: 12_000 }),
  })
  const sizes = fc.record({ k: fc.integer({ min: 1, max: 5 }), w: fc.integer({ min: 1, max: 5 }) })
  fc.assert(
    fc.property(sizes, fc.array(step, { maxLength: 120 }), ({ k, w }, steps) => {
      const link = started({ k, w })
      const model = new Model()
      let now = 0
      const onSent = (bytes: Uint8Array): void => {
        const frame = frameOf(bytes)
        if (frame.kind === 'U') return void (model.testedAt = now)
        for (const one of model.received.slice(0, frame.receiveNumber)) {
          assert.ok(one.safe, 'never acknowledges what is not safe')
          one.acknowledged = true
        }
      }
      for (const { kind, by } of steps) {
        if (kind === 'wait') now += by
        const open = model.sent.filter((one) => !one.acknowledged).length
        if (kind === 'send') {
          const bytes = link.send(asdu, now)
          assert.equal(bytes !== null, open < k, 'k')
          if (bytes !== null) {
            model.sent.push({ at: now, acknowledged: false })
            onSent(bytes)
          }
        }
        if (kind === 'receive') {
          const { number } = link.receive(i(model.received.length, model.sent.length - open), now)
          model.received.push({ at: now, safe: false, acknowledged: false })
          model.heardAt = now
          assert.equal(number, model.received.length)
        }
        if (kind === 'accept') {
          link.accept(by % (model.received.length + 1))
          model.received.slice(0, by % (model.received.length + 1)).forEach((one) => (one.safe = true))
        }
        if (kind === 'ack') {
          const upTo = model.sent.length - open + (by % (open + 1))
          assert.equal(link.receive(s(upTo), now).fault, null)
          model.sent.slice(0, upTo).forEach((one) => (one.acknowledged = true))
          model.heardAt = now
        }
        if (kind === 'con') {
          link.receive(u(UFunction.TestFrCon), now)
          model.testedAt = null
          model.heardAt = now
        }
        const late =
          model.sent.some((one) => !one.acknowledged && now - one.at >= 15_000) ||
          (model.testedAt !== null && now - model.testedAt >= 15_000)
        const { send, fault } = link.tick(now)
        assert.equal(fault !== null, late, 't1')
        if (late) return
        send.forEach(onSent)
        const owed = model.received.filter((one) => one.safe && !one.acknowledged)
        assert.ok(owed.length < w, 'w')
        assert.ok(owed.length === 0 || now - (model.received.find((one) => !one.acknowledged)?.at ?? now) < 10_000, 't2')
        assert.ok(model.testedAt !== null || now - model.heardAt < 20_000, 't3')
        assert.ok(link.nextDue > now, 'nothing is due any more')
      }
    }),
    { numRuns: 300 },
  )
})
