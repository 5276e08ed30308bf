import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveStore, LOST_AFTER_MILLIS, RECONNECTING_AFTER_MILLIS } from './store.ts'

const SECOND = 1_000_000

function world() {
  const clock = { mono: 0, wall: 5_000 * SECOND }
  const store = new LiveStore(
    () => clock.mono,
    () => clock.wall,
  )
  const pass = (millis: number): void => {
    clock.mono += millis
    clock.wall += millis * 1000
    store.check()
  }
  const tick = (now: number): void => store.take({ type: 'tick', now, newestDelivery: null, alarmEngine: null, database: null })
  return { clock, store, pass, tick }
}

test('live only while ticks arrive: reconnecting after 3 s, lost after 10 s, live again with the next', () => {
  const { store, pass, tick } = world()
  assert.equal(store.state, 'connecting')
  tick(0)
  assert.equal(store.state, 'live')
  pass(RECONNECTING_AFTER_MILLIS - 1)
  assert.equal(store.state, 'live')
  pass(1)
  assert.equal(store.state, 'reconnecting')
  pass(LOST_AFTER_MILLIS - RECONNECTING_AFTER_MILLIS)
  assert.equal(store.state, 'lost')
  tick(0)
  assert.equal(store.state, 'live')
})

test('a server whose database does not answer is heard, and what it shows is not live', () => {
  const { store, pass } = world()
  const tick = (now: number, database: number): void => store.take({ type: 'tick', now, newestDelivery: now, alarmEngine: now, database })
  tick(100 * SECOND, 99 * SECOND)
  assert.deepEqual([store.state, store.blind], ['live', false])
  tick(109 * SECOND, 99 * SECOND)
  assert.deepEqual([store.state, store.blind], ['lost', true])
  pass(LOST_AFTER_MILLIS)
  assert.deepEqual([store.state, store.blind], ['lost', false], 'now the server itself is not heard')
  tick(120 * SECOND, 120 * SECOND)
  assert.deepEqual([store.state, store.blind], ['live', false])
})

test('values alone do not make a stream live: only the tick of the server does', () => {
  const { store, pass, tick } = world()
  tick(0)
  pass(LOST_AFTER_MILLIS)
  store.take({ type: 'values', snapshot: false, values: [[1, 5, 0, 1]] })
  store.check()
  assert.equal(store.state, 'lost')
})

test('a socket that closes is not live from that moment, and lost if it never opened', () => {
  const { store, pass, tick } = world()
  tick(0)
  store.disconnected()
  assert.equal(store.state, 'reconnecting')
  tick(0)
  assert.equal(store.state, 'live')
  const never = world()
  never.store.disconnected()
  assert.equal(never.store.state, 'reconnecting')
  never.pass(LOST_AFTER_MILLIS)
  assert.equal(never.store.state, 'lost')
  pass(0)
})

test('the clock of the server counts, however wrong this one is, and also when it is put right meanwhile', () => {
  const { clock, store, tick } = world()
  tick(9_000 * SECOND)
  assert.equal(store.now(), 9_000 * SECOND)
  clock.wall += 2 * SECOND
  assert.equal(store.now(), 9_002 * SECOND)
  clock.wall -= 3_600 * SECOND
  tick(9_003 * SECOND)
  assert.equal(store.now(), 9_003 * SECOND)
})

test('only the listeners of the tag that changed are called; a page that was slow to load brings nothing older, the stream may', () => {
  const { store } = world()
  const calls: number[] = []
  const off = store.onTag(1, () => calls.push(1))
  store.onTag(2, () => calls.push(2))
  store.take({ type: 'values', snapshot: false, values: [[1, 10, 0, 100]] })
  store.seed({
    now: 0,
    latest: [{ tagId: 1, value: 9, quality: 0, sourceTimestamp: 99 }],
    deviceStates: [],
    counts: { critical: 0, warning: 0, info: 0, unacknowledged: 0 },
  })
  assert.deepEqual(calls, [1])
  assert.deepEqual(store.reading(1), { value: 10, quality: 0, sourceTimestamp: 100 })
  // the clock of the device was ahead, and was set right
  store.take({ type: 'values', snapshot: false, values: [[1, 12, 0, 50]] })
  assert.deepEqual(store.reading(1), { value: 12, quality: 0, sourceTimestamp: 50 })
  off()
  store.take({ type: 'values', snapshot: false, values: [[1, 11, 0, 101]] })
  assert.deepEqual(calls, [1, 1])
})

test('a tag is asked for as long as one cell shows it', () => {
  const { store } = world()
  let changes = 0
  const changed = (): void => void changes++
  const first = store.want([3, 1], changed)
  const second = store.want([3], changed)
  assert.deepEqual(store.wanted(), [1, 3])
  first()
  assert.deepEqual(store.wanted(), [3])
  second()
  assert.deepEqual(store.wanted(), [])
  assert.equal(changes, 4)
})

test('after a log out nothing of the user before is left', () => {
  const { store, tick } = world()
  tick(0)
  store.take({ type: 'values', snapshot: true, values: [[1, 10, 0, 100]] })
  store.take({ type: 'alarms', ids: [], counts: { critical: 1, warning: 0, info: 0, unacknowledged: 1 } })
  store.clear()
  assert.equal(store.reading(1), undefined)
  assert.equal(store.counts, null)
  assert.equal(store.state, 'connecting')
})
