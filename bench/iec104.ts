import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Zone } from '#calc/zone.ts'
import { parseAddress } from '#drivers/iec104/core/address.ts'
import { encodeI, takeFrames } from '#drivers/iec104/core/apci.ts'
import { STANDARD_SIZES, readHeader } from '#drivers/iec104/core/asdu.ts'
import { ClockWatch } from '#drivers/iec104/core/clock-watch.ts'
import { encodeCp56 } from '#drivers/iec104/core/cp56time2a.ts'
import { DeviceTime } from '#drivers/iec104/core/device-time.ts'
import { Intake } from '#drivers/iec104/core/intake.ts'
import { ReplayMemory } from '#drivers/iec104/core/replay-memory.ts'
import { ReplayPhase } from '#drivers/iec104/core/replay-phase.ts'
import { StationView } from '#drivers/iec104/core/station-view.ts'
import { monitorType } from '#drivers/iec104/core/type-table.ts'
import type { SessionContext } from '#drivers/driver.ts'
import { createDriver } from '#drivers/iec104/driver.ts'
import { addTags, saveDevice } from '#plant/configure.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import { saveSettings } from '#store/settings.ts'
import { testDatabase } from '../test/support/database.ts'
import { iec104Plan } from '../test/support/iec104-device.ts'
import { until } from '../test/support/installation.ts'
import { scapyIec104 } from '../test/support/scapy.ts'
import { recordedContext } from '../test/support/session-context.ts'
import { machine, option, quantile } from './machine.ts'

// Decoding beside scapy; objects/s over a socket; the replay of buffered events through the whole driver process into PostgreSQL, killed
// with -9 in between: seconds, missing, doubled, memory.
const seconds = option('seconds', 2)
const rounds = option('rounds', 3)
const events = option('events', 50_000)
const perTelegram = option('objects', 15)
const addresses = Array.from({ length: 100 }, (_, nth) => `1/${1000 + nth}`)

interface Station extends AsyncDisposable {
  readonly port: number
}

async function startStation(count: number): Promise<Station> {
  const script = new URL('iec104-station.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, String(count), String(perTelegram)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(child.stdout), 'line')
  return {
    port: Number(line),
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

/** One M_ME_TF_1 telegram with `perTelegram` objects. */
function telegram(): Uint8Array {
  const time = encodeCp56({ local: Date.now() * 1000, invalid: false, substituted: false, summer: false, dayOfWeek: 0 })
  const objects = Array.from({ length: perTelegram }, (_, nth) => [1000 + nth - 768, 3, 0, 0, 0, 0xac, 0x41, 0, ...time]).flat()
  return encodeI(0, 0, Uint8Array.from([36, perTelegram, 3, 0, 1, 0, ...objects]))
}

/** Octets to samples: framing, elements, time, memory of repetitions, tags. @returns nanoseconds of processor time an object */
function decode(bytes: Uint8Array): number {
  const view = new StationView()
  const memory = { time: new DeviceTime(new Zone('Europe/Lisbon'), 'honour'), clock: new ClockWatch(), replay: new ReplayMemory(), view }
  const points = addresses.map((address, index) => ({ tagId: index + 1, address: parseAddress(address, 1) }))
  const phase = new ReplayPhase(0, 0)
  const intake = new Intake(points, { sizes: STANDARD_SIZES, memory, phase, count: () => undefined })
  const type = monitorType(36)
  let objects = 0
  const began = process.cpuUsage()
  const spent = (): number => process.cpuUsage(began).user * 1000 + process.cpuUsage(began).system * 1000
  while (spent() < seconds * 1e9) {
    for (let nth = 0; nth < 100; nth++) {
      const [frame] = takeFrames(bytes).frames
      const header = frame?.kind === 'I' ? readHeader(frame.asdu, STANDARD_SIZES) : undefined
      if (frame?.kind !== 'I' || header === undefined || type === undefined) throw new Error('the telegram is not what it should be')
      intake.take(frame.asdu, header, type, { receivedAt: Date.now() * 1000, now: 0, askedAt: null, frame: 1 })
      objects += intake.drain().length
    }
    memory.replay.takeWritten()
  }
  return spent() / objects
}

async function overSocket(): Promise<number> {
  await using station = await startStation(events)
  let objects = 0
  const all = Promise.withResolvers<void>()
  const emit: SessionContext['emit'] = (samples) => {
    objects += samples.length
    if (objects >= events) all.resolve()
  }
  const context = recordedContext({ frame: () => undefined, emit, count: () => undefined })
  const began = performance.now()
  await using _ = await createDriver().connect(iec104Plan({ port: station.port }, addresses), context)
  await all.promise
  return (objects * 1000) / (performance.now() - began)
}

interface Replay {
  readonly seconds: number
  readonly missing: number
  readonly doubled: number
  readonly megabytes: number
}

/** @param kills how often the driver process is killed in the middle */
async function replay(kills: number): Promise<Replay> {
  await using t = await testDatabase()
  await using station = await startStation(events)
  const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-'))
  await saveSettings(t.db, { reportByException: { iec104: { enabled: false, heartbeatSeconds: 0 } } })
  const connection = { host: '127.0.0.1', port: station.port }
  const body = { code: 'RTU', name: 'RTU', protocol: 'iec104', pollMillis: 1000, timeoutMillis: 2000, connection }
  const device = await saveDevice(t.db, 'all', null, deviceShape.parse(body))
  await addTags(
    t.db,
    'all',
    device.id,
    addresses.map((address) => tagShape.parse({ name: `T${address.slice(2)}`, address })),
  )
  const start = (): ChildProcess =>
    spawn(process.execPath, [new URL('../src/main/driver-iec104.ts', import.meta.url).pathname], {
      env: { ...process.env, SYNCTIDE_DATA: folder, SYNCTIDE_DATABASE_URL: t.url },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  // 128: replayed
  const rows = `select value from measurements where quality & 128 <> 0 union all select value from late_samples where quality & 128 <> 0`
  const stored = async (): Promise<number> =>
    (await t.db.query<{ n: number }>(`select count(*)::int as n from (${rows}) as all_rows`))[0]?.n ?? 0
  const began = performance.now()
  let child = start()
  for (let nth = 1; nth <= kills; nth++) {
    await until('a part', async () => ((await stored()) > (events * nth) / (kills + 2) ? true : undefined), 60_000)
    child.kill('SIGKILL')
    await once(child, 'exit')
    child = start()
  }
  await until('everything', async () => ((await stored()) >= events ? true : undefined), 120_000).catch(() => undefined)
  const took = (performance.now() - began) / 1000
  const megabytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
  const [found] = await t.db.query<{ all: number; distinct: number }>(
    `select count(*)::int as all, count(distinct value)::int as distinct from (${rows}) as all_rows`,
  )
  child.kill('SIGTERM')
  await once(child, 'exit')
  rmSync(folder, { recursive: true, force: true })
  const { all = 0, distinct = 0 } = found ?? {}
  return { seconds: took, missing: events - distinct, doubled: all - distinct, megabytes }
}

console.log(machine())
const bytes = telegram()
const ratios: number[] = []
for (let round = 1; round <= rounds; round++) {
  const mine = decode(bytes)
  const [telegrams] = await scapyIec104(['speed', Buffer.from(bytes).toString('hex'), String(seconds)])
  const theirs = 1e9 / (Number(telegrams) * perTelegram)
  ratios.push(theirs / mine)
  console.log(`decode, round ${round}: ours ${mine.toFixed(0)} ns/object (to samples), scapy ${theirs.toFixed(0)} ns/object (dissected)`)
}
console.log(`decode (processor time): scapy / ours, median ${quantile(ratios, 0.5).toFixed(0)}`)
for (let round = 1; round <= rounds; round++) {
  console.log(`socket, round ${round}: ${(await overSocket()).toFixed(0)} objects/s, k 12, w 8, ${perTelegram} objects a telegram`)
}
for (const kills of [0, 3]) {
  const { seconds, missing, doubled, megabytes } = await replay(kills)
  console.log(
    `replay of ${events} events into PostgreSQL, ${kills} kills: ${seconds.toFixed(1)} s from the start of the process, ${missing} missing, ${doubled} doubled, ${megabytes.toFixed(0)} MB`,
  )
}
