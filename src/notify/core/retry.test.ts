import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterFailure, type Failure } from './retry.ts'

const NOW = 1_800_000_000_000_000
const SECOND = 1_000_000

function next(change: Partial<Failure>): string {
  const found = afterFailure({
    fault: 'unreachable',
    retriable: true,
    retryAfterSeconds: undefined,
    tries: 1,
    another: 'none',
    failing: false,
    now: NOW,
    notAfter: NOW + 3_600 * SECOND,
    jitter: 0.5,
    ...change,
  })
  if (found.step === 'retry') return `retry after ${(found.at - NOW) / SECOND}`
  return `${found.step}${found.dead ? ', dead' : ''}`
}

test('a network failure is tried again with growing pauses', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 50].map((tries) => next({ tries })),
    ['retry after 5', 'retry after 15', 'retry after 45', 'retry after 120', 'retry after 300', 'retry after 300'],
  )
})

test('a contact with another channel is told by it without long waiting', () => {
  assert.equal(next({ another: 'works' }), 'retry after 5')
  assert.equal(next({ another: 'works', tries: 2 }), 'channel')
  assert.equal(next({ another: 'works', fault: 'auth', retriable: false }), 'channel')
  assert.equal(next({ another: 'works', fault: 'rate_limited', retryAfterSeconds: 10 }), 'retry after 10.25')
  assert.equal(next({ another: 'works', fault: 'rate_limited', retryAfterSeconds: 31 }), 'channel')
})

test('an address that is dead is left at once', () => {
  assert.equal(next({ fault: 'blocked', retriable: false, another: 'works' }), 'channel, dead')
  assert.equal(next({ fault: 'address', retriable: false }), 'give_up, dead')
  assert.equal(next({ fault: 'rejected', retriable: false, another: 'works' }), 'channel')
  assert.equal(next({ fault: 'rejected', retriable: false }), 'give_up')
  assert.equal(next({ fault: 'rejected', retriable: true }), 'retry after 5')
})

test('a wrong token without another channel waits for somebody to correct it, not for ever', () => {
  assert.equal(next({ fault: 'auth', retriable: false }), 'retry after 5')
  assert.equal(next({ notAfter: NOW + SECOND }), 'give_up')
})
