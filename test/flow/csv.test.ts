import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createDriver } from '#drivers/csv/driver.ts'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { runDriver } from '#ingest/runtime.ts'
import { addTags, saveDevice } from '#plant/configure.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import type { Database } from '#store/database.ts'
import { listDeviceStates } from '#store/device-states.ts'
import { saveSettings } from '#store/settings.ts'
import { CsvDropper, DROP_FAULTS } from '../../simulator/csv-dropper.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

async function stored(db: Database, tagId: number): Promise<readonly [rows: number, times: number]> {
  const [row] = await db.query<{ rows: string; times: string }>(
    `select count(*) as rows, count(distinct time_stamp) as times from ${OPEN_SAMPLES} where tag_id = $1`,
    [tagId],
  )
  return [Number(row?.rows), Number(row?.times)]
}

test('files dropped in every way, over two starts: what the laboratory wrote is what the store holds', { timeout: 90_000 }, async () => {
  await using place = await testDatabase()
  const dataFolder = realpathSync(mkdtempSync(join(tmpdir(), 'synctide-csv-flow-')))
  const rawData = join(dataFolder, 'raw_data')
  await saveSettings(place.db, { reportByException: { csv: { enabled: false, heartbeatSeconds: 0 } } })
  const device = await saveDevice(
    place.db,
    'all',
    null,
    deviceShape.parse({
      code: 'LAB',
      name: 'Laboratory',
      protocol: 'csv',
      connection: { timeZone: 'UTC', scanSeconds: 1, dateFormat: 'dmy' },
    }),
  )
  const addresses = ['Cloro (mg/l)', 'Turvação (NTU)']
  const tags = await addTags(
    place.db,
    'all',
    device.id,
    addresses.map((address) => tagShape.parse({ name: address, address })),
  )
  const start = (): { stop(): Promise<void> } => {
    const stop = new AbortController()
    const ended = runDriver({
      driver: createDriver(() => ({ rawData, allowed: [] })),
      source: 'driver-csv',
      db: place.db,
      dataFolder,
      clock: systemClock,
      log: createLogger('driver-csv', () => undefined),
      signal: stop.signal,
    })
    return {
      async stop() {
        stop.abort()
        await ended
      },
    }
  }
  const dropper = new CsvDropper({ folder: join(rawData, 'LAB'), from: Date.now() - 3 * 3_600_000, rowsPerFile: 50, stepMillis: 1000 })
  const complete = async (): Promise<void> => {
    for (const { id } of tags) {
      const rows = await until('all rows', async () => {
        const now = await stored(place.db, id)
        return now[0] >= dropper.written ? now : undefined
      })
      assert.deepEqual(rows, [dropper.written, dropper.written])
    }
  }
  let driver = start()
  try {
    for (let round = 0; round < 2; round++) {
      const open = DROP_FAULTS.map((fault) => dropper.drop(fault))
      // the reader is to see the halves
      await until('a look at them', async () => ((await stored(place.db, tags[0]?.id ?? 0))[0] > round * 350 + 100 ? true : undefined))
      for (const finish of open) finish()
      await complete()
      await driver.stop()
      driver = start()
    }
    await complete()
    assert.equal((await listDeviceStates(place.db, 'all'))[0]?.status, 'online')
    assert.equal(dropper.malformed, 2)
  } finally {
    await driver.stop()
    rmSync(dataFolder, { recursive: true, force: true })
  }
})
