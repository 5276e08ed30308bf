import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sample } from '#domain/sample.ts'
import { copySamples, storedValue } from './copy-samples.ts'

const plain: Sample = { tagId: 7, sourceTimestamp: 946_684_800_000_001, value: 1.5, quality: 0, statusCode: null }

test('one row is laid out as PostgreSQL documents it', () => {
  const bytes = Buffer.from(copySamples([plain]))
  assert.equal(bytes.subarray(0, 11).toString('latin1'), 'PGCOPY\n\xff\r\n\0')
  assert.equal(
    bytes.subarray(19).toString('hex'),
    '0006 00000004 00000007 00000008 0000000000000001 00000008 3ff8000000000000 00000002 0000 ffffffff ffffffff ffff'.replaceAll(' ', ''),
  )
})

test('instants before 2000 are negative', () => {
  const bytes = Buffer.from(copySamples([{ ...plain, sourceTimestamp: 946_684_800_000_000 - 5_000_000_000 }]))
  assert.equal(bytes.readBigInt64BE(19 + 2 + 8 + 4), -5_000_000_000n)
})

test('rows are sorted by tag and keep their order within a tag', () => {
  const bytes = Buffer.from(copySamples([2, 1, 2, 1].map((tagId, index) => ({ ...plain, tagId, value: index }))))
  const rows = [0, 1, 2, 3].map((row) => 19 + row * 48)
  assert.deepEqual(
    rows.map((at) => [bytes.readInt32BE(at + 6), bytes.readDoubleBE(at + 26)]),
    [
      [1, 1],
      [1, 3],
      [2, 0],
      [2, 2],
    ],
  )
})

test('values find their column', () => {
  assert.deepEqual(storedValue(true), { value: 1, valueText: null })
  assert.deepEqual(storedValue(2n ** 60n + 1n), { value: 2 ** 60, valueText: '1152921504606846977' })
  assert.deepEqual(storedValue('ab\0\ud800'), { value: null, valueText: 'ab\uFFFD\uFFFD' })
  assert.deepEqual(storedValue(null), { value: null, valueText: null })
})
