// How many samples a second go from COPY to sealed, without end: node bench/copy-to-sealed.ts [--minutes 10] [--tags 1000] [--flush 10]
// The past of a plant goes through its store as fast as it takes it: every flush brings so many seconds of all tags as one delivery, samples,
// journal and position in one transaction; whoever keeps the store seals each hour beside it once it is over. An embedded server that syncs.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Micros } from '#base/time.ts'
import { GOOD, type Sample } from '#domain/sample.ts'
import { startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { openDatabase } from '#store/database.ts'
import { SourceJournal } from '#store/journal.ts'
import { migrate } from '#store/migrate.ts'
import { ensurePartitions, ensurePartitionsAt } from '#store/partitions.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { load, machine, option, serverMillis } from './machine.ts'

const [minutes, tagCount, flushSeconds] = [option('minutes', 10), option('tags', 1000), option('flush', 10)]
const SECOND: Micros = 1_000_000
const HOUR = 3600 * SECOND
/** Far enough back that the run never reaches the present. */
const BEGIN_DAYS = 40

const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-'))
chmodSync(folder, 0o755)
await using stack = new AsyncDisposableStack()
stack.defer(() => rmSync(folder, { recursive: true, force: true }))
const server = await startEmbeddedPostgres({ folder })
stack.defer(async () => await server.stop())
const db = openDatabase(server.url, { name: 'bench', max: 4 })
stack.defer(async () => await db.close())
await migrate(db)
await ensurePartitions(db)
const tagIds = await insertPlainTags(
  db,
  Array.from({ length: tagCount }, (_, index) => `T${index}`),
)
const [device] = await db.query<{ id: number }>('select id from devices')
const begin = Math.floor(Date.now() / 3_600_000) * HOUR - BEGIN_DAYS * 24 * HOUR
const { journal } = await SourceJournal.open(db, 'bench')

console.log(`${machine()}; ${load()}`)
let seq = 0
/** How far the plant has come. */
let now = begin
let sealed = 0
let writing = true
const keeping = keep()
const began = performance.now()
const [own, theirs] = [process.cpuUsage(), serverMillis(server.pid())]
while (performance.now() - began < minutes * 60_000) {
  // as the keeper does, hours before they are needed
  if ((now - begin) % HOUR === 0)
    await ensurePartitionsAt(
      db,
      'measurements',
      [0, 1, 2, 3].map((hours) => now + hours * HOUR),
    )
  await flush()
}
writing = false
await keeping
// what is left of the last hour, from a source of which nobody heard for a day
now = Math.ceil(now / HOUR) * HOUR
for (let rounds = 0; sealed < seq * flushSeconds * tagCount && rounds < 20; rounds++)
  sealed += (await sealClosedWindows(db, now + 25 * HOUR)).samples
const seconds = (performance.now() - began) / 1000
const { user, system } = process.cpuUsage(own)
const [kept] = await db.query<{ n: number; bytes: number }>(
  `select sum(n)::int8 as n, pg_total_relation_size('measurement_blocks') as bytes from measurement_blocks`,
)
const written = seq * flushSeconds * tagCount
if (kept?.n !== written || sealed !== written) throw new Error(`${written} were written, ${sealed} sealed, ${kept?.n} are there`)
console.log(
  `${written} samples of ${tagCount} tags in ${seconds.toFixed(0)} s: ${Math.round(written / seconds)} samples/s from COPY to sealed ` +
    `(aim 150,000); our own processor ${((user + system) / written).toFixed(2)} µs a sample, ` +
    `PostgreSQL's ${(((serverMillis(server.pid()) - theirs) * 1000) / written).toFixed(2)}; ${(kept.bytes / written).toFixed(2)} bytes a sample; ${load()}`,
)

async function flush(): Promise<void> {
  const samples: Sample[] = []
  for (const [index, tagId] of tagIds.entries()) {
    for (let second = 0; second < flushSeconds; second++) {
      const at = now + second * SECOND
      const value = Math.round(200 + 50 * Math.sin(at / SECOND / (200 + index)) + ((at / SECOND) % 7)) / 10
      samples.push({ tagId, sourceTimestamp: at, value, quality: GOOD, statusCode: null })
    }
  }
  now += flushSeconds * SECOND
  seq++
  const report = {
    deviceId: device?.id ?? 0,
    newest: now,
    status: 'online',
    consecutiveFailures: 0,
    successRate: 1,
    problem: null,
  } as const
  // of a delivery one reading a tag: alarms are judged by what changed last
  const readings = samples.filter((_, index) => index % flushSeconds === flushSeconds - 1)
  await journal.append({ delivery: { seq, receivedAt: now, readings, devices: [report] }, store: samples, spoolRecord: seq })
}

async function keep(): Promise<void> {
  while (writing) {
    const report = await sealClosedWindows(db, now)
    sealed += report.samples
    if (report.windows === 0) await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
