import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { afterPoll, backoffMillis, newHealth, retryNow, successRate } from './health.ts'
import type { Health, PollOutcome } from './health.ts'

const good: PollOutcome = { kind: 'answered', tags: 3, badTags: 0, problem: null }
const partly: PollOutcome = { kind: 'answered', tags: 3, badTags: 1, problem: '1 of 3 tags' }
const refusedAll: PollOutcome = { kind: 'answered', tags: 3, badTags: 3, problem: 'all tags' }
const silent: PollOutcome = { kind: 'failed', problem: 'no answer' }
const wrong: PollOutcome = { kind: 'misconfigured', problem: 'host is missing' }

function run(outcomes: readonly PollOutcome[], from: Health = newHealth()) {
  let health = from
  return outcomes.map((outcome) => {
    const step = afterPoll(health, outcome, 0.5)
    health = step.health
    return step
  })
}
const times = (count: number, outcome: PollOutcome) => Array.from({ length: count }, () => outcome)
const last = (outcomes: readonly PollOutcome[], from?: Health) => run(outcomes, from).at(-1) ?? assert.fail()

test('three failed polls in a row are Error although 17 of the last 20 were good', () => {
  const step = last([...times(100, good), silent, silent, silent])
  assert.equal(step.health.status, 'error')
  assert.equal(step.change, 'lost')
  assert.equal(successRate(step.health), 0.85)
})

test('the status follows the definition for every history', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(good, partly, refusedAll, silent), { minLength: 1, maxLength: 60 }), (outcomes) => {
      const { health } = last(outcomes)
      const isGood = (outcome: PollOutcome) => outcome === good || outcome === partly
      const failures = outcomes.length - 1 - outcomes.findLastIndex(isGood)
      const window = outcomes.slice(-20)
      const rate = window.filter(isGood).length / window.length
      assert.equal(health.consecutiveFailures, failures)
      assert.ok(Math.abs(successRate(health) - rate) < 1e-12)
      const newest = outcomes.at(-1)
      const expected =
        failures >= 10 && newest === silent
          ? 'quarantined'
          : failures >= 3
            ? 'error'
            : failures > 0
              ? outcomes.length > failures
                ? 'degraded'
                : 'unknown'
              : newest === partly || rate < 0.9
                ? 'degraded'
                : 'online'
      assert.equal(health.status, expected)
    }),
  )
})

test('retries: at once, 1 s, then 5 s doubling to 300 s', () => {
  const delays = run(times(12, silent)).map((step) => step.retryInMillis)
  assert.deepEqual(delays, [0, 1000, 5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000, 300_000])
})

test('jitter stays within 20 % and is never more than that above the cap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (step, random) => {
      const middle = backoffMillis(step, 0.5)
      const delay = backoffMillis(step, random)
      assert.ok(delay >= middle * 0.8 - 1 && delay <= middle * 1.2 + 1)
    }),
  )
})

test('the ladder is left only after three good polls', () => {
  const flapping = run([silent, silent, silent, good, good, silent])
  assert.equal(flapping.at(-1)?.retryInMillis, 10_000)
  assert.equal(flapping.at(-1)?.health.consecutiveFailures, 1)
  assert.equal(last([silent, silent, silent, good, good, good, silent]).retryInMillis, 0)
})

test('quarantine is told once, after ten failures', () => {
  const changes = run(times(30, silent)).map((step) => step.change)
  assert.equal(changes[0], 'first_failure')
  assert.equal(changes[2], 'lost')
  assert.equal(changes[9], 'quarantined')
  assert.equal(changes.filter((change) => change === 'quarantined').length, 1)
  assert.equal(changes.filter((change) => change === 'lost').length, 1)
  assert.ok(changes.slice(10).every((change) => change === 'failed_again'))
})

test('a success ends every failure at once and is told as a recovery', () => {
  const step = last([...times(15, silent), good])
  assert.equal(step.change, 'recovered')
  assert.equal(step.health.consecutiveFailures, 0)
  assert.equal(step.health.problem, null)
})

test('a device that refuses all tags is in error but asked again at its own rate, and never quarantined', () => {
  const steps = run(times(12, refusedAll))
  assert.ok(steps.every((step) => step.retryInMillis === null))
  assert.equal(steps.at(-1)?.health.status, 'error')
})

test('wrong settings are Error at once and wait for the cap', () => {
  const step = last([wrong])
  assert.equal(step.health.status, 'error')
  assert.equal(step.health.problem, 'host is missing')
  assert.equal(step.change, 'lost')
  assert.equal(step.retryInMillis, 300_000)
})

test('after a restart the status goes on, the back-off starts anew', () => {
  const known = newHealth({ status: 'error', consecutiveFailures: 7, problem: 'no answer' })
  assert.equal(known.status, 'error')
  const step = last([silent], known)
  assert.equal(step.health.consecutiveFailures, 8)
  assert.equal(step.change, 'failed_again')
  assert.equal(step.retryInMillis, 0)
  assert.equal(newHealth({ status: 'online', consecutiveFailures: 0, problem: null }).status, 'unknown')
})

test('retry now goes back to the foot of the ladder', () => {
  const { health } = last(times(12, silent))
  assert.equal(last([silent], retryNow(health)).retryInMillis, 0)
  assert.equal(last([silent], retryNow(health)).health.status, 'quarantined')
})

test('absence: Error at once, no retry, and as if nothing had been when it is over', () => {
  const well = afterPoll(newHealth(), { kind: 'answered', tags: 2, badTags: 0, problem: null }, 0.5).health
  const gone = afterPoll(well, { kind: 'absent', problem: 'The edge node died.' }, 0.5)
  assert.deepEqual([gone.health.status, gone.change, gone.retryInMillis], ['error', 'lost', null])
  const again = afterPoll(gone.health, { kind: 'absent', problem: 'The edge node died.' }, 0.5)
  assert.deepEqual([again.health.status, again.change], ['error', 'failed_again'])
  const back = afterPoll(again.health, { kind: 'answered', tags: 2, badTags: 0, problem: null }, 0.5)
  assert.deepEqual([back.health.status, back.change, successRate(back.health)], ['online', 'recovered', 1])
})

test('a device that says when to come back is asked then, up to the cap', () => {
  const retry = (retryAfterMillis: number) => afterPoll(newHealth(), { kind: 'failed', problem: 'full', retryAfterMillis }, 0).retryInMillis
  assert.equal(retry(7000), 7000)
  assert.equal(retry(1e9), 300_000)
})
