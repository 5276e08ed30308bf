import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RebirthQueue } from './rebirth-queue.ts'

test('500 nodes at once: 20 a second, each once', () => {
  const queue = new RebirthQueue(() => 0.5)
  for (let node = 0; node < 500; node++) queue.want(`N${node}`, 0)
  const asked: string[] = []
  let at = 0
  for (; asked.length < 500; at += 200) {
    const due = queue.due(at)
    assert.ok(due.length <= 5, `${due.length} within 200 ms`)
    asked.push(...due)
  }
  assert.equal(new Set(asked).size, 500)
  assert.ok(at >= 24_000 && at <= 27_000, `${at} ms`)
})

test('whatever is wanted when: no node twice within 5 s, all together 20 a second, and nobody is forgotten', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(30), fc.nat(20_000)), { maxLength: 200 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (wishes, randoms) => {
        const queue = new RebirthQueue(() => randoms.next().value ?? 0)
        const byTime = wishes.toSorted((a, b) => a[1] - b[1])
        const asked = new Map<number, number[]>()
        let total = 0
        for (let at = 0; at <= 60_000; at += 100) {
          for (const [node, when] of byTime) if (when > at - 100 && when <= at) queue.want(String(node), at)
          for (const node of queue.due(at)) {
            const times = asked.get(Number(node)) ?? []
            asked.set(Number(node), times)
            assert.ok(at - (times.at(-1) ?? -Infinity) >= 5000)
            times.push(at)
            total++
          }
          assert.ok(total <= 5 + at / 50)
        }
        assert.deepEqual(
          [...asked.keys()].toSorted((a, b) => a - b),
          [...new Set(wishes.map(([node]) => node))].toSorted((a, b) => a - b),
        )
      },
    ),
    { numRuns: 50 },
  )
})

test('a node that was born by itself is not asked', () => {
  const queue = new RebirthQueue(() => 1)
  queue.want('A', 0, 2000)
  assert.deepEqual(queue.due(1000), [])
  queue.done('A')
  assert.deepEqual(queue.due(9000), [])
})
