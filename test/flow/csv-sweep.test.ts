import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Micros } from '#base/time.ts'
import { lastNightly } from '#calc/nightly.ts'
import { createLogger } from '#host/log.ts'
import { keepNights } from '#keeper/nights.ts'
import { type RetentionReport, applyRetention } from '#keeper/retention.ts'
import { addTags, saveDevice } from '#plant/configure.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import { saveSettings } from '#store/settings.ts'
import { isDue } from '#store/nightly-runs.ts'
import { sqlTime } from '#store/time.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

const DAY_SECONDS = 86_400
const ROWS = 50
/** There the clocks are put forward at three, and back to three. */
const ZONE = 'Europe/Athens'

const at = (text: string): Micros => Date.parse(text) * 1000

test('source files are swept by night, also where the nightly hour is left out or comes twice', { timeout: 240_000 }, async (t) => {
  await using place = await testDatabase()
  const { db } = place
  const dataFolder = realpathSync(mkdtempSync(join(tmpdir(), 'synctide-csv-sweep-')))
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }))
  const folder = join(dataFolder, 'raw_data', 'LOG')
  mkdirSync(folder, { recursive: true })
  await saveSettings(db, {
    site: { name: 'S', timeZone: ZONE, language: 'en', publicUrl: '' },
    retention: { samplesDays: null, alarmsDays: null, messagesDays: null, csvFilesDays: 30 },
    reportByException: { csv: { enabled: false, heartbeatSeconds: 0 } },
  })
  await db.query('delete from nightly_runs')
  await db.query('update schema_migrations set applied_at = $1', [sqlTime(at('2026-01-01T00:00:00Z'))])
  const connection = { timeZone: 'UTC', scanSeconds: 1 }
  const device = await saveDevice(db, 'all', null, deviceShape.parse({ code: 'LOG', name: 'Log', protocol: 'csv', connection }))
  await addTags(db, 'all', device.id, [tagShape.parse({ name: 'Flow', address: 'Flow' })])
  const begun = Math.floor(Date.now() / 1000) - 7200
  const write = (name: string, offset: number, ageDays: number): string => {
    const file = join(folder, name)
    const from = begun + offset
    const lines = Array.from({ length: ROWS }, (_, index) => `${new Date((from + index) * 1000).toISOString()},${index}`)
    writeFileSync(file, `Time,Flow\n${lines.join('\n')}\n`)
    const time = Date.now() / 1000 - ageDays * DAY_SECONDS
    utimesSync(file, time, time)
    return file
  }
  const stored = async (): Promise<number> => (await db.query<{ n: number }>(`select count(*)::int as n from ${OPEN_SAMPLES}`))[0]?.n ?? 0
  const log = createLogger('keeper', () => undefined)
  /** What the keeper does at a moment of the site. @returns the report when the night was due */
  const night = async (now: Micros): Promise<RetentionReport | undefined> => {
    if (!(await isDue(db, 'retention', lastNightly(now, ZONE)))) return undefined
    const stop = new AbortController()
    const care = { db, log, clock: { now: () => now, mono: () => performance.now() } }
    let report: RetentionReport | undefined
    const run = async (): Promise<Readonly<Record<string, unknown>>> => {
      stop.abort()
      report = await applyRetention({ ...care, signal: new AbortController().signal })
      return { ...report }
    }
    await keepNights({ ...care, signal: stop.signal }, [{ kind: 'retention', run }])
    return report
  }
  const driver = spawn(process.execPath, ['src/main/driver-csv.ts'], {
    env: { ...process.env, SYNCTIDE_DATABASE_URL: place.url, SYNCTIDE_DATA: dataFolder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    const read = async (rows: number): Promise<void> =>
      void (await until(`${rows} rows`, async () => ((await stored()) === rows ? true : undefined)))
    const spring = write('spring.csv', 0, 40)
    const young = write('young.csv', 100, 2)
    await read(2 * ROWS)
    assert.equal((await night(at('2026-03-28T23:00:00Z')))?.csvFiles?.deleted, 1, 'the night before, made up for')
    assert.ok(!existsSync(spring) && existsSync(young))
    const again = write('late.csv', 200, 40)
    await read(3 * ROWS)
    // 03:00 of the 29th does not exist there: it is done when it would have been
    assert.equal(await night(at('2026-03-29T00:59:59Z')), undefined)
    assert.equal((await night(at('2026-03-29T01:00:00Z')))?.csvFiles?.deleted, 1)
    assert.ok(!existsSync(again))
    assert.equal(await night(at('2026-03-29T01:30:00Z')), undefined)
    const autumn = write('autumn.csv', 300, 31)
    await read(4 * ROWS)
    // of the hour that comes twice the first counts, and the second is not another night
    assert.equal((await night(at('2026-10-25T00:00:00Z')))?.csvFiles?.deleted, 1)
    assert.equal(await night(at('2026-10-25T01:00:00Z')), undefined)
    assert.ok(!existsSync(autumn) && existsSync(young))
    // what comes back is known by its content
    const back = write('back.csv', 300, 0)
    await read(4 * ROWS)
    write('marker.csv', 500, 0)
    await read(5 * ROWS)
    assert.ok(existsSync(back))
    const audited = await db.query<{ deleted: number; problems: readonly string[] }>(
      `select (after->'csvFiles'->>'deleted')::int as deleted, after->'csvFiles'->'problems' as problems from audit
       where action = 'retention.run' and via = 'keeper' order by id`,
    )
    assert.deepEqual(
      audited.map((one) => [one.deleted, one.problems]),
      [
        [1, []],
        [1, []],
        [1, []],
      ],
    )
    const ledger = await db.query<{ key: string }>('select key from driver_memory where device_id = $1', [device.id])
    assert.ok(ledger.length >= 4, `rows of the ledger stay: ${ledger.map((one) => one.key).join(', ')}`)
  } finally {
    const ended = once(driver, 'exit')
    driver.kill('SIGTERM')
    await ended
  }
})
