import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Micros } from '#base/time.ts'
import { QualityFlag, QualityReason, hasFlag, reasonOf } from '#domain/sample.ts'
import { addTags, saveDevice } from '#plant/configure.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import { listDeviceStates } from '#store/device-states.ts'
import { readLatest } from '#store/latest.ts'
import { saveSettings } from '#store/settings.ts'
import { Iec104Station, type StationOptions } from '../../simulator/iec104-station.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

interface Rig extends AsyncDisposable {
  readonly t: TestDatabase
  readonly station: Iec104Station
  readonly tagIds: readonly number[]
  /** The driver process, as the supervisor starts it. */
  start(): ChildProcess
  rows(tagId: number): Promise<{ readonly at: Micros; readonly value: number | null; readonly quality: number }[]>
}

/** A station and a device of one float, one single point; every value is stored. */
async function rig(options: Partial<StationOptions> = {}, connection: Readonly<Record<string, unknown>> = {}): Promise<Rig> {
  const t = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'synctide-iec104-'))
  const station = await Iec104Station.start({
    port: 0,
    points: [
      { commonAddress: 1, objectAddress: 4001, type: 'float', value: 0.5 },
      { commonAddress: 1, objectAddress: 100, type: 'single', value: 0 },
    ],
    ...options,
  })
  await saveSettings(t.db, { reportByException: { iec104: { enabled: false, heartbeatSeconds: 0 } } })
  const device = await saveDevice(
    t.db,
    'all',
    null,
    deviceShape.parse({
      code: 'RTU-1',
      name: 'RTU 1',
      protocol: 'iec104',
      pollMillis: 1000,
      timeoutMillis: 2000,
      connection: { host: '127.0.0.1', port: station.port, ...connection },
    }),
  )
  const tags = await addTags(
    t.db,
    'all',
    device.id,
    [
      ['Level', '1/4001'],
      ['Pump', '1/100'],
    ].map(([name, address]) => tagShape.parse({ name, address })),
  )
  const children = new Set<ChildProcess>()
  return {
    t,
    station,
    tagIds: tags.map((tag) => tag.id),
    start() {
      const child = spawn(process.execPath, [new URL('../../src/main/driver-iec104.ts', import.meta.url).pathname], {
        env: { ...process.env, SYNCTIDE_DATA: folder, SYNCTIDE_DATABASE_URL: t.url },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      children.add(child)
      return child
    },
    async rows(tagId) {
      return await t.db.query(`select time_stamp as at, value, quality from ${OPEN_SAMPLES} where tag_id = $1 order by 1, 3 desc`, [tagId])
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await station[Symbol.asyncDispose]()
      await t[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** When clocks were last put back. */
function lastTurn(timeZone: string): Micros {
  for (let at = Temporal.Now.zonedDateTimeISO(timeZone); ;) {
    const turn = at.getTimeZoneTransition('previous')
    assert.ok(turn)
    if (turn.subtract({ seconds: 1 }).offsetNanoseconds > turn.offsetNanoseconds) return turn.epochMilliseconds * 1000
    at = turn
  }
}

const isHistorical = ({ quality }: { readonly quality: number }): boolean => hasFlag(quality, QualityFlag.Historical)

test(
  'CP56Time2a end to end: summer time, the doubled hour and an invalid clock are stored with their marks',
  { timeout: 60_000 },
  async () => {
    await using plant = await rig({ timeZone: 'Europe/Lisbon' }, { timeZone: 'Europe/Lisbon' })
    const [level = 0] = plant.tagIds
    const turn = lastTurn('Europe/Lisbon')
    const half: Micros = 1_800_000_000
    plant.station.set(1, 4001, 1, turn - 3 * half)
    plant.station.set(1, 4001, 2, turn - half)
    plant.station.set(1, 4001, 3, turn + half, 0x20)
    plant.station.set(1, 4001, 4, turn + 3 * half)
    plant.station.setClockInvalid(true)
    plant.station.set(1, 4001, 5)
    plant.start()
    const rows = await until('all events', async () => {
      const all = await plant.rows(level)
      return all.length >= 6 ? all : undefined
    })
    const { SummerTime, Ambiguous, Historical, TimeInvalid, TimeSubstituted } = QualityFlag
    assert.deepEqual(
      rows.slice(0, 4).map(({ at, value, quality }) => [at, value, quality & ~63, reasonOf(quality)]),
      [
        [turn - 3 * half, 1, SummerTime | Historical, 0],
        [turn - half, 2, SummerTime | Ambiguous | Historical, 0],
        [turn + half, 3, Ambiguous | Historical, QualityReason.Substituted],
        [turn + 3 * half, 4, Historical, 0],
      ],
    )
    const invalid = rows.find(({ quality }) => hasFlag(quality, TimeInvalid))
    assert.equal(invalid?.value, 5)
    assert.ok(hasFlag(invalid.quality, TimeSubstituted) && invalid.at > Date.now() * 1000 - 60_000_000)
  },
)

test(
  'a replay, and the driver killed in the middle of it again and again: nothing is missing, nothing is there twice',
  { timeout: 120_000 },
  async (t) => {
    await using plant = await rig({ objectsPerTelegram: 5 })
    const [level = 0, pump = 0] = plant.tagIds
    const count = 20_000
    const from = Math.floor(Date.now()) * 1000 - 3_600_000_000
    for (let nth = 0; nth < count; nth++) plant.station.set(1, 4001, nth, from + nth * 10_000)
    let kills = 0
    for (let child = plant.start(); plant.station.buffered > 0; child = plant.start()) {
      const before = plant.station.buffered
      const acknowledged = (): number => count - plant.station.buffered
      await until(
        'a part of the replay',
        () => (acknowledged() > count - before + 3000 || plant.station.buffered === 0 ? true : undefined),
        30_000,
      )
      if (plant.station.buffered === 0) break
      // acknowledgements get lost: what the database has beyond them will be repeated
      await plant.station.setFault('deaf')
      await until('more than was acknowledged', async () =>
        (await plant.rows(level)).filter(isHistorical).length > acknowledged() ? true : undefined,
      )
      child.kill('SIGKILL')
      await once(child, 'exit')
      await plant.station.setFault(null)
      kills++
    }
    assert.ok(kills >= 2, `${kills} kills`)
    const rows = await until('everything in the database', async () => {
      const all = (await plant.rows(level)).filter(isHistorical)
      return all.length >= count && all.at(-1)?.value === count - 1 ? all : undefined
    })
    assert.deepEqual(
      rows.map(({ at, value }) => [at, value]),
      Array.from({ length: count }, (_, nth) => [from + nth * 10_000, nth]),
    )
    t.diagnostic(`${count} events, ${kills} kills: 0 missing, 0 doubled`)

    // history never became the current value; what happens now does
    const { latest } = await readLatest(
      plant.t.db,
      'all',
      plant.tagIds.map((id) => ({ id, deviceId: 1 })),
    )
    assert.ok((latest.get(level)?.sourceTimestamp ?? 0) > from + count * 10_000)
    const now = Math.floor(Date.now()) * 1000
    plant.station.set(1, 100, 1, now)
    await until('a live event', async () =>
      (await plant.rows(pump)).some(({ at, quality }) => at === now && quality === 0) ? true : undefined,
    )
  },
)

test('the station gone and back: Error, every tag Bad, then online with what happened meanwhile', { timeout: 90_000 }, async () => {
  await using plant = await rig()
  const [level = 0] = plant.tagIds
  const status = async (): Promise<string | undefined> => (await listDeviceStates(plant.t.db, 'all'))[0]?.status
  plant.start()
  await until('online', async () => ((await status()) === 'online' ? true : undefined))
  await plant.station.setFault('cable')
  await until('error', async () => ((await status()) === 'error' ? true : undefined))
  const meanwhile = Math.floor(Date.now()) * 1000
  plant.station.set(1, 4001, 42, meanwhile)
  await plant.station.setFault(null)
  await until('online again', async () => (['online', 'degraded'].includes((await status()) ?? '') ? true : undefined))
  const rows = await until('the event', async () => {
    const all = await plant.rows(level)
    return all.some(({ at }) => at === meanwhile) && all.at(-1)?.value === 42 ? all : undefined
  })
  const event = rows.find(({ at }) => at === meanwhile)
  assert.equal(event?.value, 42)
  assert.ok(isHistorical(event))
  assert.ok(
    rows.some(({ value }) => value === null),
    'Bad in between',
  )
})

test('a wrong common address is what the device state says', { timeout: 60_000 }, async () => {
  await using plant = await rig({ points: [{ commonAddress: 9, objectAddress: 1, type: 'single', value: 1 }] })
  plant.start()
  const problem = await until('the problem', async () => (await listDeviceStates(plant.t.db, 'all'))[0]?.problem ?? undefined)
  assert.match(problem, /does not know common address 1/)
})
