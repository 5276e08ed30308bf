import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Chatter } from './chatter.ts'
import { FloodCount } from './flood.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const raises = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 40, max: 700 })), { maxLength: 40 })
  .map((gaps) => gaps.reduce<number[]>((all, gap) => [...all, (all.at(-1) ?? 0) + gap * SECOND], []))

/** The meaning: some raise by now was the third within a minute, and since then no ten minutes were without one. */
function chattersAt(all: readonly number[], index: number): boolean {
  return all.slice(0, index + 1).some((at, third) => {
    const first = all[third - 2]
    const since = all.slice(third + 1, index + 1)
    return first !== undefined && at - first < MINUTE && since.every((one, next) => one - (all[third + next] ?? 0) < 10 * MINUTE)
  })
}

test('a rule chatters from its third raise within a minute until ten minutes without one', () => {
  const property = fc.property(raises, (all) => {
    const chatter = new Chatter()
    const found = all.map((at) => chatter.raise(at))
    assert.deepEqual(
      found,
      all.map((_, index) => chattersAt(all, index)),
    )
    const gap = (index: number): number => (all[index] ?? 0) - (all[index - 1] ?? 0)
    const begun = found.filter((on, index) => on && (found[index - 1] !== true || gap(index) >= 10 * MINUTE))
    assert.equal(chatter.spells, begun.length)
  })
  fc.assert(property, { numRuns: 500 })
})

test('it goes on from what is known, wherever that was cut', () => {
  const property = fc.property(raises, fc.nat(40), (all, cut) => {
    const whole = new Chatter()
    const known = all.map((at) => ({ at, chattering: whole.raise(at) }))
    const rest = new Chatter(known.slice(0, cut))
    assert.deepEqual(
      all.slice(cut).map((at) => rest.raise(at)),
      known.slice(cut).map((one) => one.chattering),
    )
  })
  fc.assert(property, { numRuns: 500 })
})

test('one flood goes on until fewer than five raises are left of ten minutes', () => {
  const count = (seconds: readonly number[]): number => {
    const floods = new FloodCount()
    for (const at of seconds) floods.raise(at * SECOND)
    return floods.count
  }
  const burst = (from: number, many: number): number[] => Array.from({ length: many }, (_, index) => from + index)
  assert.equal(count(burst(0, 10)), 0)
  assert.equal(count(burst(0, 40)), 1)
  // a raise a minute is never more than ten in ten minutes
  assert.equal(count(Array.from({ length: 60 }, (_, index) => 60 * index)), 0)
  // five of them still count when the next come
  assert.equal(count([...burst(0, 11), ...burst(300, 5), ...burst(605, 11)]), 1)
  assert.equal(count([...burst(0, 11), ...burst(650, 11)]), 2)
})
