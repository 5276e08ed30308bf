import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { statusStretches } from './status-stretches.ts'

const status = fc.constantFrom('ok', 'warning', 'error', 'no_communication', 'disabled')

test('stretches cover the period without a gap or an overlap, each in the state of the newest change before it', () => {
  const changes = fc
    .uniqueArray(fc.tuple(fc.integer({ min: -50, max: 150 }), status), { selector: ([at]) => at, maxLength: 12 })
    .map((all) => all.toSorted(([a], [b]) => a - b).map(([at, one]) => ({ at, status: one, problem: null })))
  fc.assert(
    fc.property(changes, (all) => {
      const before = all.findLastIndex((one) => one.at <= 0)
      const stretches = statusStretches(all.slice(Math.max(before, 0)), 0, 100)
      assert.equal(stretches[0]?.from, 0)
      assert.equal(stretches.at(-1)?.to, 100)
      for (const [index, one] of stretches.entries()) {
        assert.equal(one.from, stretches[index - 1]?.to ?? 0)
        assert.ok(one.to > one.from)
        assert.equal(one.status, all.findLast((change) => change.at <= one.from)?.status ?? 'unknown')
      }
    }),
    { numRuns: 200 },
  )
})
