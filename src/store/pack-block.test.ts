import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BugError } from '#base/errors.ts'
import type { OutlineStep } from './core/outline-codec.ts'
import type { SampleColumns } from './core/sample-columns.ts'
import { packBlock, tellsHours, unpackOutline } from './pack-block.ts'

const START = Date.parse('2026-03-29T00:00:00Z') * 1000

function seconds(length: number): SampleColumns {
  return {
    times: Float64Array.from({ length }, (_, index) => START + index * 1_000_000),
    values: Float64Array.from({ length }, (_, index) => Math.round(Math.sin(index / 50) * 1000) / 10),
    kinds: new Uint8Array(length),
    qualities: new Uint16Array(length),
    texts: new Map(),
    statusCodes: new Map(),
  }
}

function count(packed: Uint8Array, isWhole: boolean, step: OutlineStep): number | undefined {
  const stretches = unpackOutline(packed, isWhole, step)
  let told = 0
  stretches?.(() => (told += 1))
  return stretches && told
}

test('the beginning of an outline tells hours and quarters, or says that it does not', () => {
  const outline = packBlock(seconds(86_400)).outline
  assert.ok(outline !== null)
  assert.deepEqual(
    (['hour', 'quarter', 'minute'] as const).map((step) => count(outline, true, step)),
    [24, 96, 1440],
  )
  const beginning = outline.subarray(0, 4000)
  assert.ok(tellsHours(beginning))
  assert.deepEqual(
    (['hour', 'quarter', 'minute'] as const).map((step) => count(beginning, false, step)),
    [24, 96, undefined],
  )
  assert.deepEqual([tellsHours(outline.subarray(0, 300)), count(outline.subarray(0, 300), false, 'hour')], [false, undefined])
})

test('of a quarter alone its minutes are told whatever is asked for', () => {
  const outline = packBlock(seconds(600)).outline
  assert.ok(outline !== null)
  assert.equal(count(outline, true, 'hour'), 10)
  assert.equal(count(outline, false, 'hour'), undefined)
})

test('an outline that was cut or tampered with is refused', () => {
  const outline = packBlock(seconds(86_400)).outline
  assert.ok(outline !== null)
  assert.throws(() => unpackOutline(outline.subarray(0, outline.length - 5), true, 'minute'), BugError)
  const changed = Uint8Array.from(outline)
  for (const place of [20, changed.length - 20]) changed[place] = (changed[place] ?? 0) ^ 255
  assert.throws(() => unpackOutline(changed, true, 'hour'), BugError)
  assert.throws(() => unpackOutline(changed, true, 'minute'), BugError)
})
