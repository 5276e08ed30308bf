import { bucketEdges } from '#calc/buckets.ts'
import { chooseStep } from '#calc/choose-step.ts'
import { copyIn } from '#store/copy.ts'
import { SAMPLE_COLUMNS, copySamples } from '#store/core/copy-samples.ts'
import type { SampleColumns } from '#store/core/sample-columns.ts'
import type { Database } from '#store/database.ts'
import { readTimescale } from '#store/hypertable.ts'
import { ensurePartitionsAt } from '#store/partitions.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { readBuckets, readNumbers } from '#store/trend.ts'
import { addToBlocks } from '#store/write-blocks.ts'
import { testDatabase } from '../test/support/database.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { load, machine, option, quantile } from './machine.ts'
import { signals } from './signals.ts'

// The same samples on one server with TimescaleDB (SYNCTIDE_TEST_DATABASE_URL) as rows of a hypertable, as its compressed rows and as our
// blocks: bytes a sample, and the usual questions; then how fast rows go into a hypertable and into partitions, and are sealed.
const days = option('days', 3)
const longDays = option('long-days', 30)
const rounds = option('rounds', 9)
const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

const kinds = signals.flatMap(([, share, make]) => Array.from({ length: share }, () => make()))
await using t = await testDatabase()
const { db } = t
const timescale = await readTimescale(db)
if (timescale === null) throw new Error('This server has no TimescaleDB.')
const tagIds = await insertPlainTags(db, [...kinds.map((_, index) => `mixed ${index}`), 'long'])
const longId = tagIds.at(-1) ?? 0
const today = Math.floor(Date.now() / 86_400_000) * DAY

console.log(`${machine()}, ${load()}, TimescaleDB ${timescale.version} (${timescale.edition})`)
const dayOf = (signal: (at: number) => number, from: number): SampleColumns => ({
  times: Float64Array.from({ length: 86_400 }, (_, at) => from + at * SECOND),
  values: Float64Array.from({ length: 86_400 }, (_, at) => signal(at)),
  kinds: new Uint8Array(86_400),
  qualities: new Uint16Array(86_400),
  texts: new Map(),
  statusCodes: new Map(),
})

await fill(tagIds.slice(0, -1), days)
await tellSizes(`mixed signals, ${kinds.length} tags, ${days} days at a second`, days * 86_400 * kinds.length)
await db.query('truncate measurements, measurement_blocks')
await fill([longId], longDays)
await tellSizes(`one converter, ${longDays} days at a second`, longDays * 86_400)

const from = today - longDays * DAY
const edges = bucketEdges(from, today, chooseStep(from, today, 1000), 'UTC')
const width = `${((edges[1] ?? 0) - (edges[0] ?? 0)) / SECOND} seconds`
const bounds = [longId, new Date(from / 1000), new Date(today / 1000)]
await compare(`${longDays} days in ${edges.length - 1} buckets`, {
  'our blocks': async () => await readBuckets(db, 'all', longId, edges, today),
  'SQL on the hypertable': async () =>
    await db.query(
      `select time_bucket('${width}', time_stamp), avg(value), min(value), max(value), last(value, time_stamp), count(*) from measurements
       where tag_id = $1 and time_stamp >= $2 and time_stamp < $3 group by 1 order by 1`,
      bounds,
    ),
})
await compare('a day of samples', {
  'our blocks': async () => await readNumbers(db, 'all', longId, today - DAY, today, 100_000),
  'SQL on the hypertable': async () =>
    await db.query('select time_stamp, value from measurements where tag_id = $1 and time_stamp >= $2 and time_stamp < $3 order by 1', [
      longId,
      new Date((today - DAY) / 1000),
      bounds[2],
    ]),
})
await tellIngest()

/** Rows and blocks of the same samples. */
async function fill(ids: readonly number[], count: number): Promise<void> {
  for (let day = 1; day <= count; day++) {
    for (const [index, tagId] of ids.entries()) {
      const columns = dayOf(kinds[index] ?? (() => 0), today - day * DAY)
      const rows = Array.from(columns.times, (sourceTimestamp, at) => sampleOf(tagId, sourceTimestamp, columns.values[at] ?? 0))
      await db.transaction(async (tx) => {
        await copyIn(tx.client, `copy measurements (${SAMPLE_COLUMNS}) from stdin binary`, copySamples(rows))
        await addToBlocks(tx, [{ tagId, from: today - day * DAY, to: today - (day - 1) * DAY, columns }], 'stored')
      })
    }
  }
}

function sampleOf(tagId: number, sourceTimestamp: number, value: number) {
  return { tagId, sourceTimestamp, value, quality: 0, statusCode: null }
}

async function tellSizes(what: string, samples: number): Promise<void> {
  const bytes = async (query: string): Promise<string> => {
    const [row] = await db.query<{ bytes: number }>(`select (${query})::int8 as bytes`)
    return ((row?.bytes ?? 0) / samples).toFixed(2)
  }
  const rows = await bytes(`hypertable_size('measurements')`)
  if (timescale?.edition === 'community') await db.query(`select compress_chunk(c) from show_chunks('measurements') c`)
  const compressed = timescale?.edition === 'community' ? await bytes(`hypertable_size('measurements')`) : '-'
  await db.query('vacuum (full, analyze) measurement_blocks')
  const blocks = await bytes(`pg_total_relation_size('measurement_blocks')`)
  console.log(`${what}: bytes a sample: rows ${rows}, compressed rows ${compressed}, our blocks with headers, outlines and index ${blocks}`)
}

async function compare(what: string, ways: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
  const millis = new Map(Object.keys(ways).map((name) => [name, [] as number[]]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of Object.entries(ways)) {
      const began = performance.now()
      await work()
      millis.get(name)?.push(performance.now() - began)
    }
  }
  for (const [name, all] of millis) {
    console.log(`${what}, ${name}: ${quantile(all, 0.5).toFixed(1)} ms, p95 ${quantile(all, 0.95).toFixed(1)} ms`)
  }
}

/** An hour of 200 tags, ten seconds a commit, sorted by tag; then sealed. */
async function tellIngest(): Promise<void> {
  const rates = { hypertable: { rows: [] as number[], seal: [] as number[] }, partitions: { rows: [] as number[], seal: [] as number[] } }
  for (let round = 0; round < 3; round++) {
    for (const layout of ['hypertable', 'partitions'] as const) {
      await using fresh = await testDatabase({ layout })
      const { written, sealed } = await ingestOnce(fresh.db)
      rates[layout].rows.push(written)
      rates[layout].seal.push(sealed)
    }
  }
  for (const [layout, { rows, seal }] of Object.entries(rates)) {
    const k = (all: readonly number[]): string => `${(quantile(all, 0.5) / 1000).toFixed(0)} k/s`
    console.log(`rows written into ${layout}: ${k(rows)}; sealed: ${k(seal)} (median of 3, alternately)`)
  }
}

async function ingestOnce(fresh: Database): Promise<{ written: number; sealed: number }> {
  const ids = await insertPlainTags(
    fresh,
    Array.from({ length: 200 }, (_, index) => `t${index}`),
  )
  const hour = Math.floor(Date.now() / 3_600_000) * HOUR - 2 * HOUR
  await ensurePartitionsAt(fresh, 'measurements', [hour])
  const began = performance.now()
  for (let second = 0; second < 3600; second += 10) {
    const rows = ids.flatMap((tagId) =>
      Array.from({ length: 10 }, (_, at) => sampleOf(tagId, hour + (second + at) * SECOND, (second + at + tagId) % 97)),
    )
    await fresh.transaction(
      async (tx) => await copyIn(tx.client, `copy measurements (${SAMPLE_COLUMNS}) from stdin binary`, copySamples(rows)),
    )
  }
  const middle = performance.now()
  await sealClosedWindows(fresh, hour + 2 * HOUR)
  const rows = ids.length * 3600
  return { written: rows / ((middle - began) / 1000), sealed: rows / ((performance.now() - middle) / 1000) }
}
