import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { addTags, saveDevice } from '#plant/configure.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import type { Database } from '#store/database.ts'
import { readSamples } from '#store/measurements.ts'
import { saveSettings } from '#store/settings.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'

const ROWS = 200_000
const MALFORMED_EACH = 1000
const STEP = 40

/** The driver as the supervisor starts it. */
function startDriver(databaseUrl: string, dataFolder: string): ChildProcess {
  return spawn(process.execPath, ['src/main/driver-csv.ts'], {
    env: { ...process.env, SYNCTIDE_DATABASE_URL: databaseUrl, SYNCTIDE_DATA: dataFolder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function kill(driver: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(driver, 'exit')
  driver.kill(signal)
  await ended
}

async function stored(db: Database, tagId: number): Promise<{ rows: number; sum: number }> {
  const { samples } = await readSamples(db, 'all', tagId, 0, Date.now() * 1000, 2 * ROWS)
  return { rows: samples.length, sum: samples.reduce((sum, one) => sum + Number(one.value), 0) }
}

test('killed again and again in the middle of 200,000 rows: each is in the store once', { timeout: 240_000 }, async (t) => {
  await using place = await testDatabase()
  const dataFolder = realpathSync(mkdtempSync(join(tmpdir(), 'synctide-csv-kill-')))
  const folder = join(dataFolder, 'raw_data', 'LOG')
  mkdirSync(folder, { recursive: true })
  await saveSettings(place.db, { reportByException: { csv: { enabled: false, heartbeatSeconds: 0 } } })
  const connection = { timeZone: 'UTC', scanSeconds: 1 }
  const device = await saveDevice(place.db, 'all', null, deviceShape.parse({ code: 'LOG', name: 'Log', protocol: 'csv', connection }))
  const [tag] = await addTags(place.db, 'all', device.id, [tagShape.parse({ name: 'Flow', address: 'Flow' })])
  assert.ok(tag !== undefined)
  const from = Date.now() - ROWS * STEP
  const lines = Array.from({ length: ROWS }, (_, i) => `${new Date(from + i * STEP).toISOString()},${i % MALFORMED_EACH === 7 ? 'n o' : i}`)
  writeFileSync(join(folder, 'log.csv'), `Time,Flow\n${lines.join('\n')}\n`)
  let driver = startDriver(place.url, dataFolder)
  let kills = 0
  try {
    let before = 0
    // at least once in the middle; a fast machine may be through before the next
    while (before < ROWS) {
      const rows = await until('more rows', async () => {
        const now = (await stored(place.db, tag.id)).rows
        return now > before ? now : undefined
      })
      before = rows + Math.round(ROWS / 4)
      if (rows >= ROWS) break
      await kill(driver, 'SIGKILL')
      kills++
      driver = startDriver(place.url, dataFolder)
    }
    const all = await until(
      'all rows',
      async () => {
        const now = await stored(place.db, tag.id)
        return now.rows >= ROWS ? now : undefined
      },
      60_000,
    )
    await kill(driver, 'SIGTERM')
    t.diagnostic(`killed ${kills} times`)
    assert.ok(kills >= 2)
    const sound = Array.from({ length: ROWS }, (_, i) => (i % MALFORMED_EACH === 7 ? 0 : i)).reduce((sum, value) => sum + value, 0)
    assert.deepEqual(await stored(place.db, tag.id), { rows: ROWS, sum: sound })
    assert.equal(all.rows, ROWS)
    const rejected = readFileSync(join(folder, 'rejected', 'log.csv.bad.csv'), 'utf8')
      .trimEnd()
      .split('\r\n')
      .slice(1)
    assert.deepEqual(
      rejected.map((line) => Number(line.split(',')[0])),
      Array.from({ length: ROWS / MALFORMED_EACH }, (_, i) => i * MALFORMED_EACH + 9),
    )
  } finally {
    if (driver.exitCode === null && driver.signalCode === null) await kill(driver, 'SIGKILL')
    rmSync(dataFolder, { recursive: true, force: true })
  }
})
