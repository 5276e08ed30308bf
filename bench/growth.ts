// How sizes and questions grow with tags and with days: node bench/growth.ts [--most-tags 10000] [--most-days 365]. A sample every five minutes
// of each tag, through the bulk path; at the end by what factor each question grew while the data grew a hundredfold, or from a day to a year.
import { bucketEdges } from '#calc/buckets.ts'
import { chooseStep } from '#calc/choose-step.ts'
import { writeBulk } from '#store/bulk.ts'
import { SampleGatherer } from '#store/core/sample-gatherer.ts'
import { dropSamplesBefore } from '#store/drop-samples.ts'
import { readLatest, saveLatest } from '#store/latest.ts'
import { listTags } from '#store/tags.ts'
import { readBuckets, readManyBuckets, readNumbers } from '#store/trend.ts'
import { testDatabase } from '../test/support/database.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { load, machine, option, quantile } from './machine.ts'

const DAY = 86_400_000_000
const STEP = 300_000_000
const ROUNDS = 7
const today = Math.floor((Date.now() * 1000) / DAY) * DAY
const upTo = (most: number, steps: readonly number[]): readonly number[] => steps.filter((one) => one <= most)

console.log(`${machine()}; ${load()}`)
const COLUMNS = ['latest of all', 'day, one tag', 'all days, one tag', 'day, all tags', 'a day goes'] as const
console.log(`  tags  days   samples  bytes each  µs a sample  ${COLUMNS.join('  ')} (ms)`)
const byTags: (readonly number[])[] = []
for (const tags of upTo(option('most-tags', 10_000), [100, 1000, 10_000])) byTags.push(await measure(tags, 1))
const byDays = byTags.slice(0, 1)
for (const days of upTo(option('most-days', 365), [10, 100, 365])) byDays.push(await measure(100, days))
tellFactors('tags', byTags)
tellFactors('days', byDays)

/** The last line beside the first. */
function tellFactors(what: string, lines: readonly (readonly number[])[]): void {
  const [first = [], last = []] = [lines[0], lines.at(-1)]
  const factors = COLUMNS.map((name, column) => `${name} x ${((last[column] ?? 0) / (first[column] ?? 0)).toFixed(1)}`)
  console.log(`from fewest to most ${what}: ${factors.join(', ')}`)
}

async function measure(tags: number, days: number): Promise<readonly number[]> {
  await using t = await testDatabase()
  const { db } = t
  const tagIds = await insertPlainTags(
    db,
    Array.from({ length: tags }, (_, index) => `T${index}`),
  )
  const used = process.cpuUsage()
  // younger days would come in hours
  const end = today - 3 * DAY
  let samples = 0
  for (let day = days; day > 0; day--) {
    const gatherer = new SampleGatherer()
    for (const tagId of tagIds)
      for (let at = end - day * DAY; at < end - (day - 1) * DAY; at += STEP)
        gatherer.add(tagId, at, Math.round(200 + 50 * Math.sin(at / 1e10 + tagId)) / 10, 0)
    samples += await writeBulk(db, gatherer.take(today), today)
  }
  const { user, system } = process.cpuUsage(used)
  await saveLatest(
    db,
    tagIds.map((tagId) => ({ tagId, sourceTimestamp: end, value: 1, quality: 0, statusCode: null })),
  )
  await db.query('analyze measurement_blocks')
  const [size] = await db.query<{ bytes: number }>(`select pg_total_relation_size('measurement_blocks') as bytes`)
  const all = await listTags(db, 'all')
  const tagId = tagIds[tags >> 1] ?? 0
  const edges = bucketEdges(end - days * DAY, end, chooseStep(end - days * DAY, end, 1000), 'Europe/Lisbon')
  const figures = [
    await time(async () => await readLatest(db, 'all', all)),
    await time(async () => await readNumbers(db, 'all', tagId, end - DAY, end, 100_000)),
    await time(async () => await readBuckets(db, 'all', tagId, edges, today)),
    await time(async () => await readManyBuckets(db, 'all', tagIds, Float64Array.of(end - DAY, end), today)),
  ]
  const began = performance.now()
  await dropSamplesBefore(db, end - (days - 1) * DAY)
  figures.push(performance.now() - began)
  const cells = figures.map((one, column) => one.toFixed(1).padStart((COLUMNS[column]?.length ?? 0) + 2))
  console.log(
    `${String(tags).padStart(6)} ${String(days).padStart(5)} ${String(samples).padStart(9)} ${((size?.bytes ?? 0) / samples).toFixed(2).padStart(11)} ` +
      `${((user + system) / samples).toFixed(2).padStart(12)} ${cells.join('')}; ${load()}`,
  )
  return figures
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const millis: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await work()
    millis.push(performance.now() - began)
  }
  return quantile(millis, 0.5)
}
