import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inCategories } from './category.ts'

test('a category is it and everything below it, not what only begins like it', () => {
  for (const [category, inPower] of [
    ['Power', true],
    ['Power/Pumps', true],
    ['Power-2', false],
    ['power', false],
    ['', false],
  ] as const) {
    assert.equal(inCategories(['Process/Levels', 'Power'], category), inPower, category)
    assert.equal(inCategories(null, category), true)
    assert.equal(inCategories([], category), false)
  }
})
