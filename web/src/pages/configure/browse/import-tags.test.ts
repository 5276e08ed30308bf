import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../../../api/client.ts'
import { importTags, type NewTag } from './import-tags.ts'

const tags: readonly NewTag[] = Array.from({ length: 2500 }, (_, index) => ({ name: `T${index}`, address: String(index) }))

function refusal(index: number): ApiError {
  return new ApiError(400, {
    code: 'invalid_request',
    message: 'No such node.',
    remedy: 'Leave it out.',
    field: `tags[${index}].address`,
    requestId: '1',
  })
}

test('thousands go in portions', async () => {
  const sizes: number[] = []
  const done: number[] = []
  const result = await importTags(
    tags,
    async (portion) => sizes.push(portion.length),
    (count) => done.push(count),
  )
  assert.deepEqual(sizes, [1000, 1000, 500])
  assert.deepEqual(done, [1000, 2000, 2500])
  assert.deepEqual(result, { added: 2500, refused: [], stopped: null })
})

test('one that is refused does not keep the others out', async () => {
  const bad = new Set(['T3', 'T1700'])
  const result = await importTags(tags, async (portion) => {
    const index = portion.findIndex((tag) => bad.has(tag.name))
    if (index !== -1) throw refusal(index)
  })
  assert.equal(result.added, 2498)
  assert.deepEqual(result.refused, [
    { name: 'T3', reason: 'No such node. Leave it out.' },
    { name: 'T1700', reason: 'No such node. Leave it out.' },
  ])
})

test('what concerns no single tag ends it, and says how far it came', async () => {
  const gone = new Error('unreachable')
  let calls = 0
  const result = await importTags(tags, async () => {
    if (++calls === 2) throw gone
  })
  assert.deepEqual(result, { added: 1000, refused: [], stopped: gone })
})
