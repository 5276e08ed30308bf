import assert from 'node:assert/strict'
import { test } from 'node:test'
import { categoryTree } from './category-tree.ts'

test('parents stand before what is below them, also those that no rule names', () => {
  assert.deepEqual(categoryTree(['Power/Pumps', 'Power-2', 'Process/Levels/High', 'Power/Pumps']), [
    'Power',
    'Power/Pumps',
    'Power-2',
    'Process',
    'Process/Levels',
    'Process/Levels/High',
  ])
  assert.deepEqual(categoryTree([]), [])
})
