// Samples per second of the store's append (samples, journal entry and position in one transaction) beside the limit: COPY of the same
// rows into the same table and nothing else. Both take turns, so that a busy machine slows both: node bench/append.ts
// [--rounds 40] [--samples 10000] [--tags 1000]. SYNCTIDE_TEST_DATABASE_URL names the server; else an embedded one, without fsync.
import type { Micros } from '#base/time.ts'
import { GOOD, type Sample } from '#domain/sample.ts'
import { copyIn } from '#store/copy.ts'
import { SAMPLE_COLUMNS, copySamples } from '#store/core/copy-samples.ts'
import { insertDevice } from '#store/devices.ts'
import { SourceJournal } from '#store/journal.ts'
import { insertTags } from '#store/tags.ts'
import { testDatabase } from '../test/support/database.ts'
import { machine, option, quantile } from './machine.ts'

const rounds = option('rounds', 40)
const perFlush = option('samples', 10_000)
const tags = option('tags', 1000)
/** Plans, caches and the first pages of the table. */
const WARM_UP = 4

await using t = await testDatabase()
const { db } = t
const { id: deviceId } = await insertDevice(db, {
  code: 'BENCH',
  name: 'Bench',
  area: '',
  protocol: 'modbus',
  enabled: true,
  pollMillis: 1000,
  timeoutMillis: 1000,
  commTimeoutSeconds: null,
  commSeverity: 'info',
  livenessCounts: true,
  connection: {},
  demo: false,
})
const inserted = await insertTags(
  db,
  deviceId,
  Array.from({ length: tags }, (_, index) => ({
    name: `T${index}`,
    address: `HR${index}`,
    settings: {},
    kind: 'analog' as const,
    unit: '',
    decimals: 2,
    scale: 1,
    offset: 0,
    deadband: 0,
    stateText: null,
    enabled: true,
  })),
)
const tagIds = inserted.map((tag) => tag.id)
const [server] = await db.query<{ now: Micros; version: string; fsync: string; commit: string }>(
  `select now() as now, current_setting('server_version') as version, current_setting('fsync') as fsync,
          current_setting('synchronous_commit') as commit`,
)
const start = server?.now ?? 0

/** Values that change in every poll: nothing compresses better here than in a plant. */
function flushOf(round: number): Sample[] {
  return Array.from({ length: perFlush }, (_, index) => ({
    tagId: tagIds[index % tagIds.length] ?? 0,
    sourceTimestamp: start + round * 1000 + Math.floor(index / tags),
    value: Math.round(Math.random() * 1_000_000) / 100,
    quality: GOOD,
    statusCode: null,
  }))
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

const { journal } = await SourceJournal.open(db, 'bench')
let seq = 0
async function append(samples: readonly Sample[]): Promise<void> {
  seq++
  const device = { deviceId, newest: start, status: 'online', consecutiveFailures: 0, successRate: 1, problem: null } as const
  await journal.append({ delivery: { seq, receivedAt: start, readings: samples, devices: [device] }, store: samples, spoolRecord: seq })
}
async function copyOnly(samples: readonly Sample[]): Promise<void> {
  await db.transaction(async (tx) => {
    await copyIn(tx.client, `copy measurements (${SAMPLE_COLUMNS}) from stdin binary`, copySamples(samples))
  })
}

const millis: { append: number[]; limit: number[] } = { append: [], limit: [] }
for (let round = 0; round < rounds + WARM_UP; round++) {
  const samples = flushOf(round)
  const limitFirst = round % 2 === 0
  const before = limitFirst ? await timed(async () => await copyOnly(samples)) : Number.NaN
  const appended = await timed(async () => await append(samples))
  const limit = limitFirst ? before : await timed(async () => await copyOnly(samples))
  if (round < WARM_UP) continue
  millis.append.push(appended)
  millis.limit.push(limit)
}

const [stored] = await db.query<{ rows: number; deliveries: number }>(
  'select (select count(*) from measurements) as rows, (select count(*) from deliveries) as deliveries',
)
const flushes = rounds + WARM_UP
if (stored?.rows !== 2 * flushes * perFlush || stored.deliveries !== flushes)
  throw new Error(`stored ${JSON.stringify(stored)}: not all of it`)

const rate = (ms: number): string => `${Math.round((perFlush / ms) * 1000).toLocaleString('en')}/s`
const line = (name: string, all: readonly number[]): string =>
  `${name.padEnd(8)} median ${quantile(all, 0.5).toFixed(1)} ms (${rate(quantile(all, 0.5))}), p95 ${quantile(all, 0.95).toFixed(1)} ms`
console.log(machine())
console.log(`PostgreSQL ${server?.version ?? '?'}, fsync ${server?.fsync ?? '?'}, synchronous_commit ${server?.commit ?? '?'}`)
console.log(`${rounds} flushes of ${perFlush} samples, ${tags} tags`)
console.log(line('append', millis.append))
console.log(line('limit', millis.limit))
console.log(`append reaches ${Math.round((quantile(millis.limit, 0.5) / quantile(millis.append, 0.5)) * 100)} % of the limit`)
