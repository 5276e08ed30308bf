import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bucketEdges } from '#calc/buckets.ts'
import { SEVERITIES } from '#domain/alarm.ts'
import { blockEdges, countIn, measurePerformance, type Performance, type Raised } from './performance.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const DAY = 1440 * MINUTE

function raise(at: number, part: Partial<Raised> = {}): Raised {
  return {
    ruleId: 1,
    deviceId: 1,
    deviceCode: 'A',
    kind: 'threshold',
    name: 'High',
    severity: 'info',
    raisedAt: at,
    clearedAt: null,
    acknowledgedAt: null,
    byItself: false,
    ...part,
  }
}

const some = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 2880 * 6 }).map((tens) => tens * 10 * SECOND),
      rule: fc.integer({ min: 1, max: 14 }),
      lasts: fc.option(fc.integer({ min: 0, max: 5000 })),
      waits: fc.option(fc.integer({ min: 0, max: 9000 })),
      severity: fc.constantFrom(...SEVERITIES),
    }),
    { maxLength: 120 },
  )
  .map((list) =>
    list
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, rule, lasts, waits, severity }) =>
        raise(at, {
          ruleId: rule,
          severity,
          clearedAt: lasts === null ? null : at + lasts * SECOND,
          acknowledgedAt: waits === null ? null : at + waits * SECOND,
        }),
      ),
  )

test('figures agree with what one counts by hand, whatever was raised', () => {
  const days = [0, DAY, 2 * DAY]
  fc.assert(
    fc.property(some, (raised) => {
      const figures = measurePerformance(raised, days, 3 * DAY)
      const counted = raised.filter((one) => one.raisedAt < 2 * DAY)
      assert.equal(figures.alarms, counted.length)
      assert.ok(Math.abs(figures.perDay * 2 - counted.length) < 1e-9)
      assert.equal(figures.blocks.all, 288)
      const blocks = Array.from(
        { length: 288 },
        (_, block) => counted.filter((one) => Math.floor(one.raisedAt / (10 * MINUTE)) === block).length,
      )
      assert.equal(figures.blocks.above, blocks.filter((count) => count > 10).length)
      assert.equal(figures.peak.tenMinutes, Math.max(...blocks))
      const within = (width: number): number =>
        Math.max(
          0,
          ...counted.map(
            (one) => counted.filter((other) => other.raisedAt >= one.raisedAt && other.raisedAt < one.raisedAt + width).length,
          ),
        )
      assert.equal(figures.peak.minute, within(MINUTE))
      assert.equal(figures.peak.hour, within(60 * MINUTE))
      assert.equal(
        SEVERITIES.reduce((sum, one) => sum + figures.split[one], 0),
        counted.length,
      )
      assert.ok(figures.peak.minute <= figures.peak.hour && figures.floodShare >= 0 && figures.floodShare <= 1)
      const most = Math.max(
        0,
        ...Map.groupBy(counted, (one) => one.ruleId)
          .values()
          .map((own) => own.length),
      )
      assert.equal(figures.badActors[0]?.alarms ?? 0, most)
      assert.ok(figures.badActors.length <= 10 && figures.topShare <= 1)
      const { count, p50, p95 } = figures.acknowledged
      assert.equal(count, counted.filter((one) => one.acknowledgedAt !== null).length)
      assert.ok(count === 0 ? p50 === null : p50 !== null && p95 !== null && p50 <= p95)
    }),
  )
})

test('a flood begins above ten in a block and ends below five; only the middle is hidden in neither', () => {
  const many = (block: number, count: number): Raised[] =>
    Array.from({ length: count }, (_, n) => raise(block * 10 * MINUTE + n * SECOND, { ruleId: n }))
  const raised = [...many(1, 10), ...many(3, 11), ...many(4, 5), ...many(5, 4), ...many(8, 30)]
  const { floods, floodShare, blocks } = measurePerformance(raised, [0, DAY], 9 * 10 * MINUTE)
  assert.deepEqual(floods, [
    { from: 30 * MINUTE, to: 50 * MINUTE, alarms: 16 },
    { from: 80 * MINUTE, to: 90 * MINUTE, alarms: 30 },
  ])
  assert.ok(Math.abs(floodShare - 30 / 90) < 1e-9)
  assert.deepEqual(blocks, { all: 9, above: 2 })
})

test('three raises within a minute chatter once, however long it goes on; what goes at once and stays away is fleeting', () => {
  const figuresOf = (seconds: readonly number[]): Performance => {
    const raised = seconds.map((second) => raise(second * SECOND, { clearedAt: (second + 5) * SECOND }))
    return measurePerformance(raised, [0, DAY], DAY)
  }
  const { chattering, fleeting } = figuresOf([0, 20, 59, 70, 300, 340, 359])
  assert.deepEqual(chattering, { rules: 1, times: 1 }, 'it was not quiet for ten minutes')
  assert.equal(fleeting, 1)
  assert.deepEqual(figuresOf([0, 20, 59, 70, 700, 740, 759]).chattering, { rules: 1, times: 2 })
  assert.equal(measurePerformance([raise(0, { clearedAt: 10 * SECOND })], [0, DAY], DAY).fleeting, 0)
  assert.equal(measurePerformance([raise(0, { clearedAt: 5 * SECOND, acknowledgedAt: 2 * SECOND })], [0, DAY], DAY).fleeting, 0)
})

test('a day of 23 hours has 138 blocks, one of 25 has 150, and every alarm falls into one', () => {
  const edgesOf = (text: string): readonly number[] => {
    const from = Date.parse(text) * 1000
    return [...bucketEdges(from, from + 20 * 3600 * SECOND, { count: 1, unit: 'day' }, 'Europe/Lisbon')]
  }
  for (const [text, blocks] of [
    ['2026-03-29T00:00:00Z', 138],
    ['2026-10-25T00:00:00Z', 150],
    ['2026-11-25T00:00:00Z', 144],
  ] as const) {
    const days = edgesOf(text)
    assert.equal(days.length, 2)
    const edges = blockEdges(days, Infinity)
    assert.equal(edges.length - 1, blocks, text)
    const raised = Array.from({ length: 25 * 6 }, (_, n) => raise((days[0] ?? 0) + n * 10 * MINUTE + 5 * MINUTE)).filter(
      (one) => one.raisedAt < (days[1] ?? 0),
    )
    assert.ok(countIn(raised, edges).every((count) => count === 1))
    assert.ok(Math.abs(measurePerformance(raised, days, days[1] ?? 0).perTenMinutes - 1) < 1e-9)
  }
})

test('what returned and needed nobody took nobody any time', () => {
  const raised = [raise(0, { acknowledgedAt: 90 * SECOND }), raise(MINUTE, { acknowledgedAt: DAY, byItself: true })]
  assert.deepEqual(measurePerformance(raised, [0, DAY], DAY).acknowledged, { count: 1, p50: 90, p95: 90 })
})

test('a site is measured from when it began to be judged', () => {
  const since = DAY + 600 * MINUTE
  const raised = Array.from({ length: 12 }, (_, index) => raise(since + index * 5 * MINUTE))
  const figures = measurePerformance(raised, [0, DAY, 2 * DAY], since + 60 * MINUTE, since)
  assert.deepEqual([figures.from, figures.perHour, figures.perTenMinutes, figures.blocks.all], [since, 12, 2, 6])
  assert.equal(measurePerformance(raised, [0, DAY, 2 * DAY], since + 60 * MINUTE).blocks.all, 210)
})

test('without an alarm every figure is 0, and nobody took any time', () => {
  const { acknowledged, perDay, topShare, slow } = measurePerformance([], [0, DAY], DAY)
  assert.deepEqual([acknowledged.p50, perDay, topShare, slow], [null, 0, 0, 0])
  assert.equal(measurePerformance([raise(0)], [0, DAY], 2 * 60 * MINUTE).slow, 1)
})
