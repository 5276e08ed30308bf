import assert from 'node:assert/strict'
import { test } from 'node:test'
import { periodOf, trendsSearch } from './trends-search.ts'

test('the address is read with care: what makes no sense is left out', () => {
  assert.deepEqual(
    trendsSearch({ tags: [1, 'x', -2, 3], span: '9h', from: 20, to: 10, bucket: 'auto', metric: 'mean', compare: 'day', table: 1 }),
    {
      tags: [1, 3],
      metric: 'mean',
      compare: 'day',
    },
  )
  assert.deepEqual(trendsSearch({ tags: '7', span: '7d' }), { span: '7d' })
})

test('a period stands still or ends now', () => {
  assert.deepEqual(periodOf({ from: 10, to: 20, span: '1h' }, 1000), { from: 10, to: 20, live: false })
  assert.deepEqual(periodOf({}, 100_000), { from: 71_200, to: 100_000, live: true })
})
