import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock, Micros } from '#base/time.ts'
import type { Tag } from '#domain/device.ts'
import { GapCause } from '#domain/gap.ts'
import { GOOD, QualityFlag, type Sample } from '#domain/sample.ts'
import type { Reading } from './core/report-by-exception.ts'
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
  const gaps: unknown[] = []
  const clock: Clock = { now: () => now, mono: () => now / 1000 }
  const observation = new Observation({
    device: { id: 1, enabled: true },
    tags: [tag(1), tag(2)],
    clock,
    memories: new Map(),
    afterRestart: true,
    waitsForUs: false,
    onGap: ({ at, cause }) => void gaps.push([cause, (at - STARTED) / SECOND]),
  })
  const take = (tagId: number, value: number, sourceTimestamp: Micros): void =>
    observation.took({ tagId, value, sourceTimestamp, quality: GOOD, statusCode: null } satisfies Sample)
  const told = (readings: readonly Reading[]): unknown[] =>
    readings.map(({ sample, store }) => [sample.tagId, sample.value, sample.sourceTimestamp - STARTED, sample.quality, store])
  const look = (times = 1): unknown[] => Array.from({ length: times }, () => told(observation.look())).flat()
  return { observation, gaps, take, look, pass: (micros: Micros) => void (now += micros) }
}
const HELD = GOOD | QualityFlag.TimeSubstituted | QualityFlag.Heartbeat

test('of what was queued while nobody listened only the last still holds, as of when it came', () => {
  const { observation, take, look, pass } = rig()
  for (let nth = 0; nth < 12; nth++) {
    pass(SECOND / 10)
    take(1, 641 + nth, STARTED - (12 - nth) * SECOND)
    assert.deepEqual(look(), [], 'another one may follow')
  }
  pass(60 * SECOND)
  assert.deepEqual(look(2), [], 'a process that stood still for a minute has read nothing yet')
  assert.deepEqual(look(), [[1, 652, 1.2 * SECOND, HELD, true]])
  assert.equal(observation.isUnsettled, false)
  // it was told once
  take(1, 653, STARTED - SECOND / 2)
  assert.equal(observation.isUnsettled, false)
})

test('as long as the queue of any tag comes in, none of the others is judged; a clock that is slow holds nobody up for ever', () => {
  const { take, look } = rig()
  take(1, 5, STARTED - 9 * SECOND)
  for (let nth = 0; nth < 39; nth++) {
    take(2, nth, STARTED - 8 * SECOND + nth)
    assert.deepEqual(look(), [])
  }
  take(2, 99, STARTED - SECOND)
  assert.deepEqual(look(), [[1, 5, 0, HELD, true]])
  assert.deepEqual(look(3), [[2, 99, 0, HELD, true]])
})

test('a value of its own time after the gap needs no other, and one that is late does not take its place', () => {
  const { take, look, observation } = rig()
  take(1, 5, STARTED - SECOND)
  take(2, 7, STARTED - SECOND)
  take(1, 6, STARTED + SECOND / 2)
  take(2, 8, STARTED - 9 * SECOND)
  assert.deepEqual(look(4), [[2, 7, 0, HELD, true]])
  take(1, 4, STARTED - SECOND)
  assert.equal(observation.isUnsettled, false)
})

test('a device that is lost while we stood still is to blame from its first failure after it on', () => {
  const { observation, gaps, pass } = rig()
  pass(SECOND)
  observation.answered(STARTED + SECOND)
  observation.heard()
  pass(600 * SECOND)
  observation.interrupted(STARTED + SECOND, GapCause.Process, true)
  observation.failed(STARTED + 601 * SECOND)
  observation.lost(STARTED + 603 * SECOND, GapCause.Link, 'gone silent')
  assert.deepEqual(gaps, [
    ['restarted', 0],
    [null, 1],
    ['process', 1],
    ['link', 601],
  ])
})

test('a device that is edited or stopped leaves nothing unsaid', () => {
  const { observation, take } = rig()
  take(1, 5, STARTED - SECOND)
  assert.equal(observation.end().length, 1)
})
