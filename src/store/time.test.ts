import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { microsFromSql, sqlTime } from './time.ts'

test('an instant survives the way to PostgreSQL text and back to the microsecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2_000_000_000_000_000, max: 9_000_000_000_000_000 }), (micros) => {
      // PostgreSQL prints a space for the T, no trailing zeros and +00
      const printed = sqlTime(micros)
        .replace('T', ' ')
        .replace(/\.?0*Z$/, '+00')
      assert.equal(microsFromSql(printed), micros)
    }),
  )
})

test('reads what PostgreSQL prints', () => {
  assert.equal(microsFromSql('2026-11-24 14:00:00+00'), Date.parse('2026-11-24T14:00:00Z') * 1000)
  assert.equal(microsFromSql('2026-11-24 14:00:00.5+00'), Date.parse('2026-11-24T14:00:00.500Z') * 1000)
  assert.equal(microsFromSql('2026-11-24 14:00:00.000001+00'), Date.parse('2026-11-24T14:00:00Z') * 1000 + 1)
  assert.equal(microsFromSql('infinity'), Number.POSITIVE_INFINITY)
  assert.equal(microsFromSql('-infinity'), Number.NEGATIVE_INFINITY)
})
