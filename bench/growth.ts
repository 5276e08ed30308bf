// How sizes and questions grow with tags and with days: node bench/growth.ts [--most-tags 10000] [--most-days 365]. A sample every five minutes
// of each tag, through the bulk path; each line beside the first, so that a factor of ten in data shows what it costs.
import { bucketEdges } from '#calc/buckets.ts'
import { chooseStep } from '#calc/choose-step.ts'
import { writeBulk } from '#store/bulk.ts'
import { SampleGatherer } from '#store/core/sample-gatherer.ts'
import { dropSamplesBefore } from '#store/drop-samples.ts'
import { readLatest, saveLatest } from '#store/latest.ts'
import { listTags } from '#store/tags.ts'
import { readBuckets, readNumbers } from '#store/trend.ts'
import { testDatabase } from '../test/support/database.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { load, machine, option, quantile } from './machine.ts'

const DAY = 86_400_000_000
const STEP = 300_000_000
const ROUNDS = 7
const today = Math.floor((Date.now() * 1000) / DAY) * DAY
const upTo = (most: number, steps: readonly number[]): readonly number[] => steps.filter((one) => one <= most)

console.log(`${machine()}; ${load()}`)
console.log('  tags  days   samples  bytes each  µs a sample  latest of all  day, one tag  all days, one tag  a day goes (ms)')
for (const tags of upTo(option('most-tags', 10_000), [100, 1000, 10_000])) await measure(tags, 1)
for (const days of upTo(option('most-days', 365), [10, 100, 365])) await measure(100, days)

async function measure(tags: number, days: number): Promise<void> {
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
  ]
  const began = performance.now()
  await dropSamplesBefore(db, end - (days - 1) * DAY)
  figures.push(performance.now() - began)
  const [latest, day, whole, drop] = figures.map((one) => one.toFixed(1))
  console.log(
    `${String(tags).padStart(6)} ${String(days).padStart(5)} ${String(samples).padStart(9)} ${((size?.bytes ?? 0) / samples).toFixed(2).padStart(11)} ` +
      `${((user + system) / samples).toFixed(2).padStart(12)} ${latest?.padStart(14)} ${day?.padStart(13)} ${whole?.padStart(18)} ${drop?.padStart(16)}; ${load()}`,
  )
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
