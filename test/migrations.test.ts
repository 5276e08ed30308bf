import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMigrations } from '#store/migrate.ts'

test('migrations are numbered from 1 without a gap, and no two alike', () => {
  const numbers = readMigrations().map((one) => one.number)
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  )
})
