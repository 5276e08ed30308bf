import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lifetimeOf, silenceAllowed, subscriptionPace } from './pace.ts'

test('a keep-alive at least every 3 s, a lifetime that bridges, and at least three keep-alives', () => {
  fc.assert(
    fc.property(fc.integer({ min: 50, max: 3000 }), fc.integer({ min: 10_000, max: 3_600_000 }), (interval, bridge) => {
      const pace = subscriptionPace(interval, bridge)
      assert.ok(pace.publishingInterval * pace.maxKeepAliveCount <= 3000)
      assert.ok(pace.maxKeepAliveCount >= 1)
      assert.ok(lifetimeOf(pace) >= bridge)
      assert.ok(pace.lifetimeCount >= 3 * pace.maxKeepAliveCount)
      assert.ok(silenceAllowed(pace) <= 4500)
    }),
  )
})

test('a server that revises the interval upwards is given its time', () => {
  assert.equal(silenceAllowed({ publishingInterval: 1000, maxKeepAliveCount: 10, lifetimeCount: 30 }), 15_000)
})
