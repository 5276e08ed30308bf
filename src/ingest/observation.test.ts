import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock, Micros } from '#base/time.ts'
import type { Tag } from '#domain/device.ts'
import { GOOD, QualityFlag, type Sample } from '#domain/sample.ts'
import { Observation } from './observation.ts'

const STARTED: Micros = 1_000_000_000_000
const SECOND: Micros = 1_000_000

const tag = (id: number): Tag => ({
  id,
  deviceId: 1,
  name: `T${id}`,
  address: '',
  settings: {},
  kind: 'analog',
  unit: '',
  decimals: 1,
  scale: 1,
  offset: 0,
  deadband: 0,
  stateText: null,
  enabled: true,
})

/** A device heard again after the process was away. */
function rig() {
  let now = STARTED
  const clock: Clock = { now: () => now, mono: () => now / 1000 }
  const observation = new Observation({
    device: { id: 1, enabled: true },
    tags: [tag(1), tag(2)],
    clock,
    memories: new Map(),
    afterRestart: true,
    waitsForUs: false,
    onGap: () => undefined,
  })
  const take = (tagId: number, value: number, sourceTimestamp: Micros): void =>
    observation.took({ tagId, value, sourceTimestamp, quality: GOOD, statusCode: null } satisfies Sample)
  const settled = (): unknown =>
    observation.settled().map(({ sample, store }) => [sample.tagId, sample.value, sample.sourceTimestamp - STARTED, sample.quality, store])
  return { observation, take, settled, pass: (micros: Micros) => void (now += micros) }
}
const HELD = GOOD | QualityFlag.TimeSubstituted | QualityFlag.Heartbeat

test('of what was queued while nobody listened only the last still holds, as of when it came', () => {
  const { observation, take, settled, pass } = rig()
  for (let nth = 0; nth < 12; nth++) {
    pass(SECOND / 10)
    take(1, 641 + nth, STARTED - (12 - nth) * SECOND)
    assert.deepEqual(settled(), [], 'another one may follow')
  }
  pass(SECOND)
  assert.deepEqual(settled(), [[1, 652, 1.2 * SECOND, HELD, true]])
  assert.equal(observation.isUnsettled, false)
  // it was told once
  take(1, 653, STARTED - SECOND / 2)
  assert.equal(observation.isUnsettled, false)
})

test('a value of its own time after the gap needs no other, and one that is late does not take its place', () => {
  const { take, settled, pass, observation } = rig()
  take(1, 5, STARTED - SECOND)
  take(2, 7, STARTED - SECOND)
  take(1, 6, STARTED + SECOND / 2)
  take(2, 8, STARTED - 9 * SECOND)
  pass(SECOND)
  assert.deepEqual(settled(), [[2, 7, 0, HELD, true]])
  take(1, 4, STARTED - SECOND)
  assert.equal(observation.isUnsettled, false)
})

test('a device that is edited or stopped leaves nothing unsaid', () => {
  const { observation, take } = rig()
  take(1, 5, STARTED - SECOND)
  assert.equal(observation.settled(true).length, 1)
})
