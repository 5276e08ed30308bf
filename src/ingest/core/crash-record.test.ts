import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Crash, culprit, withCrash } from './crash-record.ts'

const MINUTE = 60_000_000
const crashesOf = (...ids: readonly (readonly [deviceId: number, minute: number])[]): readonly Crash[] =>
  ids.reduce<readonly Crash[]>((all, [deviceId, minute]) => withCrash(all, { deviceId, at: minute * MINUTE }), [])

test('the same device three times in a row within ten minutes is the culprit', () => {
  assert.equal(culprit(crashesOf([7, 0], [7, 2], [7, 9]), 9 * MINUTE), 7)
  assert.equal(culprit(crashesOf([1, 0], [2, 1], [7, 2], [7, 3], [7, 4]), 4 * MINUTE), 7)
})

test('two crashes, another device between, or long ago: nobody is blamed', () => {
  assert.equal(culprit(crashesOf([7, 0], [7, 2]), 2 * MINUTE), undefined)
  assert.equal(culprit(crashesOf([7, 0], [7, 1], [8, 2]), 2 * MINUTE), undefined)
  assert.equal(culprit(crashesOf([7, 0], [8, 1], [7, 2], [7, 3]), 3 * MINUTE), undefined)
  assert.equal(culprit(crashesOf([7, 0], [7, 1], [7, 2]), 11 * MINUTE), undefined)
  assert.equal(culprit([], 0), undefined)
})
