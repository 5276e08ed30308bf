import { bucketEdges } from '#calc/buckets.ts'
import { chooseStep } from '#calc/choose-step.ts'
import { addToBlocks } from '#store/write-blocks.ts'
import type { SampleColumns } from '#store/core/sample-columns.ts'
import { countSamples, readBuckets, readNumbers } from '#store/trend.ts'
import { testDatabase } from '../test/support/database.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { load, machine, option, quantile } from './machine.ts'

// The past of one tag at a sample a second, sealed: bytes on disk, and how long the usual questions take beside the same day as rows.
const days = option('days', 365)
const rounds = option('rounds', 11)
const SECOND = 1_000_000
const DAY = 86_400 * SECOND

await using t = await testDatabase()
const { db } = t
const [tagId = 0, rowsId = 0] = await insertPlainTags(db, ['sealed', 'rows'])
const [clock] = await db.query<{ day: number }>(`select date_trunc('day', now(), 'UTC') as day`)
const today = clock?.day ?? 0
const first = today - days * DAY

let seed = 42
const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
let level = 12_000
function dayOf(from: number): SampleColumns {
  const values = new Float64Array(86_400)
  for (let at = 0; at < values.length; at++) {
    level += (random() - 0.5) * 20
    values[at] = Math.round(level + (random() - 0.5) * 40) / 10
  }
  return {
    times: Float64Array.from({ length: 86_400 }, (_, at) => from + at * SECOND),
    values,
    kinds: new Uint8Array(86_400),
    qualities: new Uint16Array(86_400),
    texts: new Map(),
    statusCodes: new Map(),
  }
}

console.log(`${machine()}; ${load()}`)
const began = performance.now()
for (let from = first; from < today; from += DAY) {
  await db.transaction(async (tx) => await addToBlocks(tx, [{ tagId, from, to: from + DAY, columns: dayOf(from) }], 'stored'))
}
const rate = (days * 86_400) / ((performance.now() - began) / 1000)
console.log(`${days} days at a second: ${(rate / 1e6).toFixed(2)} million samples/s generated and sealed (aim of the bulk path 0.5)`)
const [size] = await db.query<{ bytes: number; data: number; outline: number }>(
  `select pg_total_relation_size('measurement_blocks') as bytes, sum(length(data))::int8 as data, sum(length(outline))::int8 as outline
   from measurement_blocks`,
)
const each = (bytes = 0): string => (bytes / days / 86_400).toFixed(3)
console.log(
  `${each(size?.bytes)} bytes a sample on disk (aim 1.0): samples ${each(size?.data)}, outlines ${each(size?.outline)}, the rest headers and index`,
)

await db.query(
  `insert into measurements (tag_id, time_stamp, value, quality)
   select $1, now() + s * interval '0.3 seconds', s % 1000, 0 from generate_series(0, 86399) s`,
  [rowsId],
)
await db.query('analyze measurements')
await time('a day of samples, sealed (aim 5 warm)', async () => await readNumbers(db, 'all', tagId, today - DAY, today, 100_000))
await time('as many samples as rows', async () => await readNumbers(db, 'all', rowsId, today, today + 10 * DAY, 100_000))
for (const [span, points, aim] of [
  [30, 1000, 15],
  [7, 1000, 25],
  [days, 2000, 300],
] as const) {
  const edges = bucketEdges(today - span * DAY, today, chooseStep(today - span * DAY, today, points), 'Europe/Lisbon')
  await time(`${span} days in ${edges.length - 1} buckets (aim ${aim})`, async () => await readBuckets(db, 'all', tagId, edges, today))
}
const odd = Float64Array.from({ length: 1001 }, (_, index) => today - 30 * DAY + Math.floor((index * 30 * DAY) / 1000) + 1)
await time('30 days in 1000 buckets that no outline fits (aim 100)', async () => await readBuckets(db, 'all', tagId, odd, today))
await time('how many samples in a year', async () => await countSamples(db, 'all', tagId, first, today))

async function time(what: string, work: () => Promise<unknown>): Promise<void> {
  const millis: number[] = []
  const own: number[] = []
  for (let round = 0; round < rounds; round++) {
    const [start, used] = [performance.now(), process.cpuUsage()]
    await work()
    millis.push(performance.now() - start)
    const { user, system } = process.cpuUsage(used)
    own.push((user + system) / 1000)
  }
  console.log(
    `${what}: ${quantile(millis, 0.5).toFixed(1)} ms, p95 ${quantile(millis, 0.95).toFixed(1)} ms; our own processor ${quantile(own, 0.5).toFixed(1)} ms`,
  )
}
