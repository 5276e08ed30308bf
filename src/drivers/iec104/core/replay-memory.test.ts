import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ReplayMemory, eventKey } from './replay-memory.ts'

const key = (nth: number): string => eventKey('1/', 30, Uint8Array.of(nth & 255, (nth >> 8) & 255, nth >> 16), 0, 3)

test('an event of an earlier connection is repeated once, of this connection never', () => {
  const memory = new ReplayMemory()
  memory.add(key(1))
  assert.equal(memory.isRepeated(key(1)), false, 'a clock that stands still tells the same twice')
  memory.begin()
  assert.equal(memory.knows(key(1)), true)
  assert.equal(memory.isRepeated(key(1)), true)
  assert.equal(memory.isRepeated(key(1)), false)
  assert.equal(memory.isRepeated(key(2)), false)
})

test('what was told twice may be repeated twice', () => {
  const memory = new ReplayMemory()
  memory.add(key(1))
  memory.add(key(1))
  memory.begin()
  assert.deepEqual([memory.isRepeated(key(1)), memory.isRepeated(key(1)), memory.isRepeated(key(1))], [true, true, false])
})

test('pages survive a restart: the last 3840 events at least are known', () => {
  const stored = new Map<number, unknown>()
  const memory = new ReplayMemory()
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 }), (batches) => {
      let added = 0
      const fresh = new ReplayMemory()
      stored.clear()
      for (const batch of batches) {
        for (let nth = 0; nth < batch; nth++) fresh.add(key(added++))
        for (const { number, page } of fresh.takeWritten()) stored.set(number, JSON.parse(JSON.stringify(page)))
        assert.deepEqual(fresh.takeWritten(), [])
      }
      const again = new ReplayMemory(stored)
      for (let nth = Math.max(0, added - 3840); nth < added; nth++)
        assert.equal(again.isRepeated(key(nth)), true, `event ${nth} of ${added}`)
      // and it goes on where it was
      again.add(key(added))
      for (const { number, page } of again.takeWritten()) stored.set(number, page)
      const third = new ReplayMemory(stored)
      for (let nth = Math.max(0, added - 3839); nth <= added; nth++) assert.equal(third.isRepeated(key(nth)), true)
    }),
    { numRuns: 30 },
  )
  assert.equal(memory.size, 0)
})

test('what is no page is passed over', () => {
  const memory = new ReplayMemory([
    [0, null],
    [1, { turn: 'x', keys: [] }],
    [99, { turn: 1, keys: ['a'] }],
    [2, { turn: 1, keys: [3] }],
    [NaN, { turn: 1, keys: ['a'] }],
  ])
  assert.equal(memory.size, 0)
})

test('keys are letters that JSON and PostgreSQL take as they are', () => {
  const all = eventKey(
    '1/',
    255,
    Uint8Array.from({ length: 256 }, (_, octet) => octet),
    0,
    256,
  )
  assert.equal(JSON.stringify(all), `"${all}"`)
  assert.equal(new Set(all.slice(2)).size, 256)
})
