// The past of one tag at a sample a second, sealed: bytes on disk, and how long the usual questions take, warm and cold, beside the same day as
// rows: node bench/history.ts [--days 365] [--rounds 11] [--cold 3] [--tags 10000]. Cold is a server that was restarted, with its files out
// of the page cache (dd oflag=nocache), and a first connection that was opened before.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bucketEdges } from '#calc/buckets.ts'
import { chooseStep } from '#calc/choose-step.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { addToBlocks } from '#store/write-blocks.ts'
import type { SampleColumns } from '#store/core/sample-columns.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { readLatest, saveLatest } from '#store/latest.ts'
import { migrate } from '#store/migrate.ts'
import { ensurePartitions } from '#store/partitions.ts'
import { listTags } from '#store/tags.ts'
import { countSamples, readBuckets, readManyBuckets, readNumbers } from '#store/trend.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { load, machine, option, quantile, serverMillis } from './machine.ts'

const days = option('days', 365)
const rounds = option('rounds', 11)
const coldRounds = option('cold', 3)
const tagCount = option('tags', 10_000)
const SECOND = 1_000_000
const DAY = 86_400 * SECOND

let seed = 42
let level = 12_000

const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-'))
chmodSync(folder, 0o755)
let server: EmbeddedPostgres = await startEmbeddedPostgres({ folder })
let db: Database = openDatabase(server.url, { name: 'bench', max: 4 })
try {
  await migrate(db)
  await ensurePartitions(db)
  await measure()
} finally {
  await db.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const tagIds = await insertPlainTags(
    db,
    Array.from({ length: tagCount }, (_, index) => `T${index}`),
  )
  const [tagId = 0, ...others] = tagIds.slice(0, 8)
  const rowsId = tagIds[8] ?? 0
  const [clock] = await db.query<{ day: number }>(`select date_trunc('day', now(), 'UTC') as day`)
  const today = clock?.day ?? 0
  const first = today - days * DAY
  console.log(`${machine()}; ${load()}`)
  const began = performance.now()
  for (let from = first; from < today; from += DAY) await seal([tagId], from)
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
  for (let from = today - 7 * DAY; from < today; from += DAY) await seal(others, from)
  await db.query(
    `insert into measurement_blocks (tag_id, t0, t1, n, starts_at, ends_at, holds, numbers, first_at, first_value, last_at, last_value, least,
       greatest, sum, integral, known_seconds, rise, data)
     select tag, t0, t1, n, starts_at, ends_at, holds, numbers, first_at, first_value, last_at, last_value, least, greatest, sum, integral,
       known_seconds, rise, data
     from measurement_blocks b, unnest($2::int[]) tag where b.tag_id = $1 and b.t0 = $3`,
    [tagId, tagIds.slice(9, 1009), new Date((today - DAY) / 1000)],
  )
  await db.query(
    `insert into measurements (tag_id, time_stamp, value, quality)
     select $1, now() + s * interval '0.3 seconds', s % 1000, 0 from generate_series(0, 86399) s`,
    [rowsId],
  )
  await saveLatest(
    db,
    tagIds.map((id) => ({ tagId: id, sourceTimestamp: today, value: id / 10, quality: 0, statusCode: null })),
  )
  await db.query('vacuum analyze')

  const buckets = async (id: number, edges: Float64Array): Promise<unknown> => await readBuckets(db, 'all', id, edges, today)
  const edgesOf = (span: number, points: number): Float64Array =>
    bucketEdges(today - span * DAY, today, chooseStep(today - span * DAY, today, points), 'Europe/Lisbon')
  const odd = (span: number): Float64Array =>
    Float64Array.from({ length: 1001 }, (_, index) => today - span * DAY + Math.floor((index * span * DAY) / 1000) + 1)
  const eight = async (edges: Float64Array): Promise<unknown> => await readManyBuckets(db, 'all', [tagId, ...others], edges, today)
  const [month, week, all] = [edgesOf(30, 1000), edgesOf(7, 1000), edgesOf(days, 2000)]
  const tags = await listTags(db, 'all')
  await time('a day of samples, sealed (aim 5, cold 20)', async () => await readNumbers(db, 'all', tagId, today - DAY, today, 100_000))
  await time('as many samples as rows', async () => await readNumbers(db, 'all', rowsId, today, today + 10 * DAY, 100_000))
  await time(`30 days in ${month.length - 1} buckets (aim 15)`, async () => await buckets(tagId, month))
  await time('30 days in 1000 buckets that no outline fits (aim 100)', async () => await buckets(tagId, odd(30)))
  await time(`8 tags, 7 days in ${week.length - 1} buckets (aim 25)`, async () => await eight(week))
  await time('8 tags, 7 days in 1000 buckets that no outline fits (aim 150)', async () => await eight(odd(7)))
  await time(`${days} days in ${all.length - 1} buckets (aim 300)`, async () => await buckets(tagId, all))
  await time(`how many samples in ${days} days`, async () => await countSamples(db, 'all', tagId, first, today))
  await time(`the latest of ${tags.length} tags (aim 100)`, async () => await readLatest(db, 'all', tags))
  await time(
    'the daily figures of 1,000 tags, 86 million samples',
    async () => await readManyBuckets(db, 'all', tagIds.slice(9, 1009), Float64Array.of(today - DAY, today), today),
  )
}

function random(): number {
  return (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
}

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

async function seal(ids: readonly number[], from: number): Promise<void> {
  const blocks = ids.map((id) => ({ tagId: id, from, to: from + DAY, columns: dayOf(from) }))
  await db.transaction(async (tx) => await addToBlocks(tx, blocks, 'stored'))
}

/** Out of the caches of the server and of the machine. */
async function cool(): Promise<void> {
  await db.close()
  await server.stop()
  const evict = ['-exec', 'dd', 'of={}', 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none', ';']
  execFileSync('find', [join(server.folder, 'base'), '-type', 'f', '-size', '+0', ...evict])
  server = await startEmbeddedPostgres({ folder })
  db = openDatabase(server.url, { name: 'bench', max: 4 })
  await db.query('select')
}

async function time(what: string, work: () => Promise<unknown>): Promise<void> {
  const cold: number[] = []
  for (let round = 0; round < coldRounds; round++) {
    await cool()
    const start = performance.now()
    await work()
    cold.push(performance.now() - start)
  }
  const millis: number[] = []
  const own: number[] = []
  const before = serverMillis(server.pid())
  for (let round = 0; round < rounds; round++) {
    const [start, used] = [performance.now(), process.cpuUsage()]
    await work()
    millis.push(performance.now() - start)
    const { user, system } = process.cpuUsage(used)
    own.push((user + system) / 1000)
  }
  const of = (all: readonly number[]): string => `${quantile(all, 0.5).toFixed(1)} ms, p95 ${quantile(all, 0.95).toFixed(1)} ms`
  console.log(
    `${what}: warm ${of(millis)}; cold ${of(cold)}; our own processor ${quantile(own, 0.5).toFixed(1)} ms, PostgreSQL's ${((serverMillis(server.pid()) - before) / rounds).toFixed(1)} ms; ${load()}`,
  )
}
