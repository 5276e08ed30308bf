// Samples a second held from drivers to committed and judged: node bench/sustained.ts [--seconds 300] [--tags 20000] [--devices 40]
// [--rules 1] [--alarms 20] [--pages 10]
// A whole installation with its embedded database polls simulated devices each second over TCP; every register changes each second, so that
// nothing is spared the store; every tag has rules, and some tags cross them and return all the time. Each page is a tab with 200 live values
// that asks for a trend of four tags every five seconds. Simulated devices and pages share the machine.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { LiveMessage } from '#api/contract/live.ts'
import type { Micros } from '#base/time.ts'
import { readRunFile } from '#host/run-file.ts'
import { openDatabase } from '#store/database.ts'
import { insertTags, listTags } from '#store/tags.ts'
import { type Bank, ModbusServer } from '../simulator/modbus-server.ts'
import { setUp, startInstallation, until } from '../test/support/installation.ts'
import { allRunning, treeOf } from '../test/support/process-tree.ts'
import { machine, option, quantile } from './machine.ts'

const seconds = option('seconds', 300)
const tagCount = option('tags', 20_000)
const devices = option('devices', 40)
const rulesPerTag = option('rules', 1)
const alarmsPerSecond = option('alarms', 20)
const pages = option('pages', 10)
const WARM_UP_SECONDS = 20
const TREND_MILLIS = 5000
const POLL_MILLIS = 1000
const LIMIT = 60_000
const perDevice = Math.floor(tagCount / devices)

console.log(machine())
const banks = Array.from({ length: devices }, (): Bank => {
  const holding = new Uint16Array(perDevice)
  return { holding, input: holding, coils: new Uint8Array(0), discrete: new Uint8Array(0) }
})
const servers = await Promise.all(banks.map(async (bank) => await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })))
let second = 0
const changing = setInterval(() => {
  second++
  for (const { holding } of banks) holding.fill(1000 + (second % 50_000))
  for (let index = 0; index < alarmsPerSecond; index++) {
    const { holding } = banks[(second + index) % devices] ?? { holding: new Uint16Array(1) }
    holding[(second * 7 + index) % perDevice] = LIMIT + 1
  }
}, POLL_MILLIS)

try {
  await using installation = await startInstallation()
  const session = await setUp(installation)
  await using stack = new AsyncDisposableStack()
  const db = openDatabase(String(readRunFile(installation.folder, 'database')['url']), { name: 'bench', max: 2 })
  stack.defer(async () => await db.close())
  for (const [index, server] of servers.entries()) {
    const device = await session.call('POST /api/devices', {
      body: {
        code: `D-${index}`,
        name: `Device ${index}`,
        protocol: 'modbus',
        pollMillis: POLL_MILLIS,
        connection: { host: '127.0.0.1', port: server.port },
      },
    })
    const shape = {
      settings: {},
      kind: 'analog',
      unit: '',
      decimals: 0,
      scale: 1,
      offset: 0,
      deadband: 0,
      stateText: null,
      enabled: true,
    } as const
    const names = Array.from({ length: perDevice }, (_, register) => `HR${register}`)
    await insertTags(
      db,
      device.id,
      names.map((name) => ({ ...shape, name, address: name })),
    )
  }
  await db.query(
    `insert into alarm_rules (kind, device_id, tag_id, slot, name, severity, operator, setpoint, deadband, auto_close)
     select 'threshold', t.device_id, t.id, slot, 'High', 'warning', '>', $2, 2, true from tags t, generate_series(1, $1::int) as slot`,
    [rulesPerTag, LIMIT],
  )
  const stored = async (): Promise<{ at: Micros; rows: number }> => {
    const [row] = await db.query<{ at: Micros; rows: number }>(
      `select now() as at, (select count(*)::int from measurements where time_stamp < now() - interval '2 s') as rows`,
    )
    return row ?? { at: 0, rows: 0 }
  }
  await until('every device to be polled', async () => ((await stored()).rows > tagCount * 5 ? true : undefined), 120_000)
  await delay(WARM_UP_SECONDS * 1000)

  const tagIds = (await listTags(db, 'all')).map((tag) => tag.id)
  const answers: number[] = []
  let shown = 0
  for (let index = 0; index < pages; index++) {
    const socket = session.live()
    stack.defer(() => socket.close())
    socket.once('open', () => socket.send(JSON.stringify({ type: 'subscribe', tagIds: some(tagIds, index, 200) })))
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as LiveMessage
      if (message.type === 'values') shown += message.values.length
    })
    const asking = setInterval(() => {
      const [began, to] = [performance.now(), Date.now() * 1000]
      const query = {
        tags: some(tagIds, index, 4).join(','),
        from: to - 3_600_000_000,
        to,
        bucket: 'auto',
        metric: 'average',
        points: 1000,
      } as const
      void session.call('GET /api/trend', { query }).then(() => answers.push(performance.now() - began))
    }, TREND_MILLIS)
    stack.defer(() => clearInterval(asking))
  }
  const pids = treeOf(installation.supervisor.pid ?? 0)
  const cpuBefore = cpuSeconds(pids)
  const first = await stored()
  const lags: number[] = []
  const began = performance.now()
  while (performance.now() - began < seconds * 1000) {
    await delay(1000)
    // the engine notes its place when something happened, which is each second here
    const [lag] = await db.query<{ judged: number }>(
      `select extract(epoch from clock_timestamp() - clock)::float8 as judged from watermarks where reader = 'alarm' and source = 'driver-modbus'`,
    )
    if (lag !== undefined) lags.push(lag.judged)
  }
  const elapsed = (performance.now() - began) / 1000
  const cpu = cpuSeconds(pids)
  const last = await stored()
  const [alarms] = await db.query<{ count: number }>(
    'select count(*)::int as count from alarm_events where received_at >= $1::timestamptz',
    [new Date(first.at / 1000).toISOString()],
  )
  const span = (last.at - first.at) / 1e6
  const rate = (last.rows - first.rows) / span
  const names = new Map((await allRunning(installation.folder)).map(({ name, pid }) => [pid, name]))
  console.log(
    `${perDevice * devices} tags of ${devices} devices each second, ${rulesPerTag} rule a tag, ${Math.round(elapsed)} s: ${Math.round(rate)} samples/s committed (${((100 * rate) / (perDevice * devices)).toFixed(2)} % of what changed)`,
  )
  console.log(
    `judged behind the clock: p50 ${quantile(lags, 0.5).toFixed(2)} s, p99 ${quantile(lags, 0.99).toFixed(2)} s, at the end ${(lags.at(-1) ?? Number.NaN).toFixed(2)} s; ${alarms?.count ?? 0} alarms raised`,
  )
  if (pages > 0)
    console.log(
      `${pages} pages: ${Math.round(shown / elapsed)} live values/s, ${answers.length} trends of 4 tags over an hour: ` +
        `p50 ${quantile(answers, 0.5).toFixed(0)} ms, p95 ${quantile(answers, 0.95).toFixed(0)} ms`,
    )
  const used = new Map<string, number>()
  for (const [pid, total] of cpu) {
    const name = names.get(pid) ?? (pid === installation.supervisor.pid ? 'supervisor' : 'postgresql')
    used.set(name, (used.get(name) ?? 0) + total - (cpuBefore.get(pid) ?? 0))
  }
  console.log(`CPU: ${[...used].map(([name, total]) => `${name} ${Math.round((100 * total) / elapsed)} %`).join(', ')} of one core`)
} finally {
  clearInterval(changing)
  for (const server of servers) await server[Symbol.asyncDispose]()
}

function some(all: readonly number[], page: number, count: number): number[] {
  return Array.from({ length: Math.min(count, all.length) }, (_, index) => all[(page * count + index) % all.length] ?? 0)
}

/** Time on a processor since each process began; proc(5), fields 14 and 15, in ticks of 10 ms. */
function cpuSeconds(pids: readonly number[]): Map<number, number> {
  const found = new Map<number, number>()
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      found.set(pid, (Number(fields[11]) + Number(fields[12])) / 100)
    } catch {
      // a worker of PostgreSQL that ended
    }
  }
  return found
}
