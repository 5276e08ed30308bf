import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BugError } from '#base/errors.ts'
import { sameColumns, type SampleColumns } from './core/sample-columns.ts'
import { packBlock, unpackColumns } from './pack-block.ts'
import { packBlocks } from './packers.ts'

const START = Date.parse('2026-03-29T00:00:00Z') * 1000

function columns(length: number, level: number): SampleColumns {
  return {
    times: Float64Array.from({ length }, (_, index) => START + index * 1_000_000),
    values: Float64Array.from({ length }, (_, index) => level + (index % 17) / 10),
    kinds: Uint8Array.from({ length }, (_, index) => (index === 3 ? 2 : 0)),
    qualities: new Uint16Array(length),
    texts: new Map([[3, `text ${level}`]]),
    statusCodes: new Map([[5, -level]]),
  }
}

test('threads give back the same as the event loop, in the order given', async () => {
  const blocks = Array.from({ length: 150 }, (_, index) => columns(3600, index))
  const packed = await packBlocks(blocks)
  assert.equal(packed.length, blocks.length)
  for (const [index, block] of blocks.entries()) {
    const one = packed[index]
    assert.ok(one !== undefined && sameColumns(unpackColumns(one.data), block))
    const here = packBlock(block)
    assert.deepEqual(Buffer.from(one.outline ?? []), Buffer.from(here.outline ?? []))
    assert.deepEqual([one.n, one.known], [here.n, here.known])
  }
})

test('what cannot be packed is told to its caller alone', async () => {
  const broken = { ...columns(20_000, 1), times: new Float64Array(20_000) }
  const [refused, packed] = await Promise.allSettled([packBlocks([broken]), packBlocks([columns(20_000, 2)])])
  assert.ok(refused.status === 'rejected' && refused.reason instanceof BugError)
  assert.equal(packed.status, 'fulfilled')
})
