// Verdicts per second of `evaluate`, and the time from a delivery's flush to its alarms in the outbox, told to another process:
// node bench/alarm.ts [--seconds 60] [--rate 10000] [--alarms 20] [--rules 2]; a flood: --alarms 1000 --rules 4
// The engine is the real process; deliveries are appended by the store as a driver would, ten a second, samples stored as well.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configure } from '#alarm/core/configure.ts'
import { evaluate } from '#alarm/core/evaluate.ts'
import { createMemory } from '#alarm/core/memory.ts'
import type { Micros } from '#base/time.ts'
import type { Delivery } from '#domain/delivery.ts'
import { GOOD, type Sample } from '#domain/sample.ts'
import { systemClock } from '#host/clock.ts'
import { readAlarmPlan } from '#store/alarm-plan.ts'
import { insertDevice } from '#store/devices.ts'
import { SourceJournal } from '#store/journal.ts'
import { insertTags } from '#store/tags.ts'
import { testDatabase } from '../test/support/database.ts'
import { until } from '../test/support/alarm-plant.ts'
import { machine, option, quantile } from './machine.ts'

const seconds = option('seconds', 60)
const rate = option('rate', 10_000)
const alarmsPerSecond = option('alarms', 20)
const rulesPerTag = option('rules', 2)
const DEVICES = 50
const FLUSHES = 10
const LIMIT = 100
const WARM_UP = 500
const JUDGED = 5000

console.log(machine())
await using t = await testDatabase()
const { db } = t
const tagIds: number[] = []
for (let device = 0; device < DEVICES; device++) {
  const { id } = await insertDevice(db, {
    code: `D-${device}`,
    name: `Device ${device}`,
    area: '',
    protocol: 'modbus',
    enabled: true,
    pollMillis: 1000,
    timeoutMillis: 1000,
    commTimeoutSeconds: 60,
    commSeverity: 'warning',
    livenessCounts: true,
    connection: {},
    demo: false,
  })
  const names = Array.from({ length: Math.floor(rate / DEVICES) }, (_, index) => `T${index}`)
  const shape = {
    settings: {},
    kind: 'analog' as const,
    unit: '',
    decimals: 2,
    scale: 1,
    offset: 0,
    deadband: 0,
    stateText: null,
    enabled: true,
  }
  const tags = await insertTags(
    db,
    id,
    names.map((name) => ({ ...shape, name, address: name })),
  )
  tagIds.push(...tags.map((tag) => tag.id))
}
await db.query(
  `insert into alarm_rules (kind, device_id, tag_id, slot, name, severity, operator, setpoint, deadband)
   select 'threshold', t.device_id, t.id, slot, 'High', 'warning', '>', $2 + (slot - 1) * 100, 2 from tags t, generate_series(1, $1::int) as slot`,
  [rulesPerTag, LIMIT],
)

/** Every tag once a second, a tenth of them each time; those `high` beyond all limits. */
function readingsAt(flush: number, at: Micros, high: ReadonlySet<number>): Sample[] {
  const size = tagIds.length / FLUSHES
  const from = (flush % FLUSHES) * size
  return tagIds.slice(from, from + size).map((tagId) => ({
    tagId,
    sourceTimestamp: at,
    value: high.has(tagId) ? rulesPerTag * LIMIT + 5 + (flush % 7) : 50 + ((flush + tagId) % 40),
    quality: GOOD,
    statusCode: null,
  }))
}

/** Different tags each second, clear again in the next. */
function highAt(flush: number): ReadonlySet<number> {
  const count = Math.round(alarmsPerSecond / rulesPerTag / FLUSHES)
  const size = tagIds.length / FLUSHES
  const from = (flush % FLUSHES) * size
  const second = Math.floor(flush / FLUSHES)
  return new Set(Array.from({ length: count }, (_, index) => tagIds[from + ((second * count + index) % size)] ?? 0))
}

async function measureVerdicts(): Promise<void> {
  const memory = createMemory()
  configure(memory, await readAlarmPlan(db), () => undefined)
  const start = systemClock.now()
  let elapsed = 0
  let samples = 0
  let transitions = 0
  // the first deliveries warm up
  for (let flush = -WARM_UP; flush < JUDGED; flush++) {
    const at = start + (flush + WARM_UP) * 100_000
    const readings = readingsAt(flush + WARM_UP, at, highAt(flush + WARM_UP))
    const delivery: Delivery = { source: 'driver-modbus', seq: flush + WARM_UP + 1, receivedAt: at, readings, devices: [] }
    const before = performance.now()
    const outcome = evaluate(memory, delivery)
    if (flush < 0) continue
    elapsed += (performance.now() - before) / 1000
    samples += readings.length
    transitions += outcome.transitions.length
  }
  console.log(
    `evaluate: ${tagIds.length} tags x ${rulesPerTag} rules: ${Math.round(samples / elapsed)} samples/s, ${Math.round((samples * rulesPerTag) / elapsed)} verdicts/s, ${transitions} transitions`,
  )
}

async function measurePath(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-'))
  const engine = spawn(process.execPath, [join(import.meta.dirname, '../src/main/alarm.ts')], {
    env: { ...process.env, SYNCTIDE_DATA: folder, SYNCTIDE_DATABASE_URL: t.url },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { journal } = await SourceJournal.open(db, 'driver-modbus')
  const toldAt = new Map<number, Micros>()
  await using _ = db.listen('alarms', (payload) => {
    const now = systemClock.now()
    for (const id of payload.split(',')) if (id !== '' && !toldAt.has(Number(id))) toldAt.set(Number(id), now)
  })
  try {
    await until(async () => (await db.query(`select 1 from watermarks where reader = 'alarm'`)).length > 0, 'the engine runs')
    const start = performance.now()
    const total = seconds * FLUSHES
    for (let flush = 0; flush < total; flush++) {
      const due = start + (flush * 1000) / FLUSHES
      const wait = due - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      const receivedAt = systemClock.now()
      const readings = readingsAt(flush, receivedAt, highAt(flush))
      await journal.append({ delivery: { seq: flush + 1, receivedAt, readings, devices: [] }, store: readings, spoolRecord: flush + 1 })
    }
    const elapsed = (performance.now() - start) / 1000
    await until(async () => {
      const [row] = await db.query<{ seq: number }>(`select seq from watermarks where reader = 'alarm' and source = 'driver-modbus'`)
      return (row?.seq ?? 0) >= total
    }, 'all is judged')
    const events = await db.query<{ id: number; receivedAt: Micros }>('select id, received_at as "receivedAt" from alarm_events')
    const millis = events.flatMap(({ id, receivedAt }) => ((toldAt.get(id) ?? 0) > 0 ? [((toldAt.get(id) ?? 0) - receivedAt) / 1000] : []))
    const [outbox] = await db.query<{ count: number }>('select count(*) from outbox')
    const at = (share: number): string => `${quantile(millis, share).toFixed(1)} ms`
    console.log(
      `path: ${Math.round((tagIds.length * seconds) / elapsed)} samples/s for ${Math.round(elapsed)} s, ${events.length} alarms, ${outbox?.count ?? 0} intents; flush to outbox told: p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`,
    )
  } finally {
    engine.kill('SIGTERM')
    await once(engine, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

await measureVerdicts()
await measurePath()
