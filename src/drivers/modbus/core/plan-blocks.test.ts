import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { quantityLimit } from './pdu.ts'
import { bisect, gapBetween, illegalSpan, planBlocks, type Block, type Hole, type Span } from './plan-blocks.ts'

const hr = (start: number, count = 1): Span => ({ functionCode: 3, start, count })
const shape = (blocks: readonly Block<Span>[]): string[] => blocks.map((b) => `${b.functionCode}:${b.start}+${b.count}`)
const limits = { maxBlock: 125, maxGap: 16 }
const hole = (kind: Hole['kind'], start: number, end: number): Hole => ({ kind, functionCode: 3, start, end, exceptionCode: 2, until: 1 })

test('neighbours share a request up to the gap', () => {
  assert.deepEqual(shape(planBlocks([hr(0), hr(17), hr(34, 2)], limits, [])), ['3:0+36'])
  assert.deepEqual(shape(planBlocks([hr(0), hr(18)], limits, [])), ['3:0+1', '3:18+1'])
  assert.deepEqual(shape(planBlocks([hr(5), hr(0, 2), hr(0)], { maxBlock: 125, maxGap: 0 }, [])), ['3:0+2', '3:5+1'])
})

test('a value is never split at the limit of a block', () => {
  assert.deepEqual(shape(planBlocks([hr(0, 3), hr(3, 4), hr(7, 4)], { maxBlock: 8, maxGap: 0 }, [])), ['3:0+7', '3:7+4'])
  assert.deepEqual(shape(planBlocks([hr(0, 4), hr(2, 4)], { maxBlock: 4, maxGap: 0 }, [])), ['3:0+4', '3:2+4'])
})

test('function codes are never mixed, and bits count sixteen to the register', () => {
  const spans: Span[] = [
    hr(0),
    { functionCode: 4, start: 0, count: 1 },
    { functionCode: 1, start: 0, count: 1 },
    { functionCode: 1, start: 250, count: 1 },
  ]
  assert.deepEqual(shape(planBlocks(spans, limits, [])), ['1:0+251', '3:0+1', '4:0+1'])
  const bits: Span[] = [0, 1999, 2000].map((start) => ({ functionCode: 2 as const, start, count: 1 }))
  assert.deepEqual(shape(planBlocks(bits, { maxBlock: 125, maxGap: 124 }, [])), ['2:0+1', '2:1999+2'])
})

test('a remembered gap is not read across, its edges may be', () => {
  const spans = [hr(0), hr(4), hr(8)]
  assert.deepEqual(shape(planBlocks(spans, limits, [hole('gap', 1, 4)])), ['3:0+1', '3:4+5'])
  assert.deepEqual(shape(planBlocks([hr(0, 4), hr(4, 4)], limits, [hole('gap', 4, 4)])), ['3:0+4', '3:4+4'])
  assert.deepEqual(shape(planBlocks(spans, limits, [{ ...hole('gap', 1, 4), functionCode: 4 }])), ['3:0+9'])
})

test('an illegal tag keeps blocks from reading over it, and is known again by its exact span', () => {
  assert.deepEqual(shape(planBlocks([hr(0), hr(8)], limits, [hole('tag', 4, 6)])), ['3:0+1', '3:8+1'])
  assert.ok(illegalSpan(hr(4, 2), [hole('tag', 4, 6)]))
  assert.equal(illegalSpan(hr(4, 1), [hole('tag', 4, 6)]), undefined)
  assert.equal(illegalSpan(hr(4, 2), [hole('gap', 4, 6)]), undefined)
})

test('a refused block is cut at its widest gap, else in the middle, never between equal spans', () => {
  const cut = (spans: readonly Span[]): string[] => {
    const [block] = planBlocks(spans, limits, [])
    assert.ok(block)
    return shape(bisect(block) ?? [])
  }
  assert.deepEqual(cut([hr(0), hr(2), hr(10), hr(11)]), ['3:0+3', '3:10+2'])
  assert.deepEqual(cut([hr(0), hr(1), hr(2), hr(3)]), ['3:0+2', '3:2+2'])
  assert.deepEqual(cut([hr(7), hr(7), hr(7)]), [])
  assert.deepEqual(cut([hr(7), hr(7), hr(8)]), ['3:7+1', '3:8+1'])
  assert.deepEqual(gapBetween(hr(0, 3), hr(10, 2), 2, 9), { kind: 'gap', functionCode: 3, start: 3, end: 10, exceptionCode: 2, until: 9 })
})

const spans = fc.array(
  fc
    .record(
      {
        functionCode: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
        start: fc.nat(400),
        count: fc.integer({ min: 1, max: 8 }),
      },
      { noNullPrototype: true },
    )
    .map((span) => (span.functionCode < 3 ? { ...span, count: 1 } : span)),
  { maxLength: 60 },
)
const someLimits = fc.record({ maxBlock: fc.integer({ min: 8, max: 125 }), maxGap: fc.nat(30) }, { noNullPrototype: true })
const someHoles = fc.array(
  fc
    .record(
      {
        kind: fc.constantFrom('gap' as const, 'tag' as const),
        functionCode: fc.constantFrom(3 as const, 4 as const),
        start: fc.nat(400),
        length: fc.nat(6),
      },
      { noNullPrototype: true },
    )
    .map(({ kind, functionCode, start, length }): Hole => ({
      kind,
      functionCode,
      start,
      end: start + (kind === 'tag' ? length + 1 : length),
      exceptionCode: 2,
      until: 1,
    })),
  { maxLength: 6 },
)

test('every span is in exactly one block, whole; no block exceeds a limit, mixes functions or reads over a hole', () => {
  fc.assert(
    fc.property(spans, someLimits, someHoles, (wanted, { maxBlock, maxGap }, holes) => {
      const blocks = planBlocks(wanted, { maxBlock, maxGap }, holes)
      assert.equal(
        blocks.reduce((sum, block) => sum + block.members.length, 0),
        wanted.length,
      )
      assert.equal(new Set(blocks.flatMap((block) => block.members)).size, new Set(wanted).size)
      for (const block of blocks) {
        const perRegister = block.functionCode < 3 ? 16 : 1
        assert.ok(block.count <= Math.min(maxBlock * perRegister, quantityLimit(block.functionCode)))
        for (const member of block.members) {
          assert.equal(member.functionCode, block.functionCode)
          assert.ok(member.start >= block.start && member.start + member.count <= block.start + block.count)
        }
        if (new Set(block.members.map(({ start, count }) => `${start}:${count}`)).size === 1) continue
        const end = block.start + block.count
        for (const one of holes.filter((one) => one.functionCode === block.functionCode)) {
          const readsOver = one.kind === 'gap' ? block.start < one.start && one.end < end : block.start < one.end && one.start < end
          const ownOverlap = block.members.some((m) => m.start < one.end && one.start < m.start + m.count)
          assert.ok(!readsOver || ownOverlap, `${JSON.stringify(one)} in ${block.start}+${block.count}`)
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('halving ends at single spans and loses none', () => {
  fc.assert(
    fc.property(spans, (wanted) => {
      const leaves: Span[] = []
      const halve = (block: Block<Span>): void => {
        const halves = bisect(block)
        if (halves === undefined) {
          assert.equal(new Set(block.members.map(({ start, count }) => `${start}:${count}`)).size, 1)
          leaves.push(...block.members)
        } else {
          assert.ok(halves[0].members.length > 0 && halves[1].members.length > 0)
          halves.forEach(halve)
        }
      }
      planBlocks(wanted, limits, []).forEach(halve)
      assert.equal(leaves.length, wanted.length)
    }),
  )
})
