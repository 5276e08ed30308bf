import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { addTags, saveDevice } from '#plant/configure.ts'
import { editTags } from '#plant/edit-tags.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import type { Database } from '#store/database.ts'
import { saveSettings } from '#store/settings.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { PLANT, TestServer } from '../support/opcua-server.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

const TAGS = 10
const KILLS = 5
const CHANGE_MILLIS = 50

/** The driver as the supervisor starts it. */
function startDriver(databaseUrl: string, dataFolder: string): ChildProcess {
  return spawn(process.execPath, ['src/main/driver-opcua.ts'], {
    env: { ...process.env, SYNCTIDE_DATABASE_URL: databaseUrl, SYNCTIDE_DATA: dataFolder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function kill(driver: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(driver, 'exit')
  driver.kill(signal)
  await ended
}

async function newest(db: Database, tagId: number): Promise<number> {
  const [row] = await db.query<{ value: number | null }>(`select max(value) as value from ${OPEN_SAMPLES} where tag_id = $1`, [tagId])
  return row?.value ?? 0
}

test(
  'killed again and again while ten tags count: no change is lost, none stored twice, one session all along',
  { timeout: 180_000 },
  async (t) => {
    await using place = await testDatabase()
    await using server = await TestServer.start({ variables: TAGS, maxSessions: 2, exact: true })
    const dataFolder = mkdtempSync(join(tmpdir(), 'synctide-opcua-kill-'))
    await saveSettings(place.db, { reportByException: { opcua: { enabled: false, heartbeatSeconds: 0 } } })
    const connection = {
      endpointUrl: server.endpointUrl,
      securityPolicy: 'None',
      publishingInterval: 100,
      samplingInterval: 0,
      queueSize: 1000,
    }
    const device = await saveDevice(place.db, 'all', null, deviceShape.parse({ code: 'PLC', name: 'PLC', protocol: 'opcua', connection }))
    const names = Array.from({ length: TAGS }, (_, index) => `P${String(index + 1).padStart(4, '0')}`)
    const shapes = names.map((name) => tagShape.parse({ name, address: `nsu=${PLANT};s=${name}` }))
    const tags = await addTags(place.db, 'all', device.id, shapes)
    const guest = async (): Promise<number> =>
      (await addTags(place.db, 'all', device.id, [tagShape.parse({ name: 'Guest', address: `nsu=${PLANT};s=Flow` })]))[0]?.id ?? 0
    let guestId = await guest()
    let driver = startDriver(place.url, dataFolder)
    let count = 1000
    const counting = setInterval(() => {
      count++
      for (const name of names) server.set(name, count)
    }, CHANGE_MILLIS)
    try {
      for (let round = 0; round < KILLS; round++) {
        const from = count
        // the first value after a start may be the one that was read: a change is what counts
        await until('it goes on', async () => ((await newest(place.db, tags[0]?.id ?? 0)) > from + 5 ? true : undefined))
        if (round === 1) {
          // what the next process takes up has been edited since it was made
          await editTags(place.db, 'all', device.id, { rows: [], remove: [guestId] })
          guestId = await guest()
          await until('the new tag', async () => ((await newest(place.db, guestId)) === 12.5 ? true : undefined))
        }
        // somewhere within the next messages
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
        await kill(driver, 'SIGKILL')
        driver = startDriver(place.url, dataFolder)
      }
      const from = count
      await until('it goes on', async () => ((await newest(place.db, tags[0]?.id ?? 0)) > from + 5 ? true : undefined))
      clearInterval(counting)
      for (const { id } of tags) await until('the last change', async () => ((await newest(place.db, id)) === count ? true : undefined))
      assert.equal(server.sessions, 1)
      server.set('Flow', 99)
      await until('a change of the tag that came later', async () => ((await newest(place.db, guestId)) === 99 ? true : undefined))
      const { cumulatedSessionCount, cumulatedSubscriptionCount } = server.server.engine.serverDiagnosticsSummary
      assert.deepEqual([cumulatedSessionCount, cumulatedSubscriptionCount], [1, 1], 'each process went on with the session')
      await kill(driver, 'SIGTERM')
      assert.equal(server.sessions, 0)
      assert.deepEqual(readdirSync(join(dataFolder, 'drivers', 'opcua', 'sessions')), [])
      let stored = 0
      for (const { id } of tags) {
        const rows = await place.db.query<{ value: number; times: number }>(
          `select value, count(*)::int as times from ${OPEN_SAMPLES} where tag_id = $1 and value > 1000 group by value, time_stamp order by time_stamp`,
          [id],
        )
        const values = new Set(rows.map(({ value }) => value))
        const first = Math.min(...values)
        const missing = Array.from({ length: count - first + 1 }, (_, index) => first + index).filter((value) => !values.has(value))
        assert.deepEqual(missing, [])
        assert.ok(rows.every(({ times }) => times === 1))
        assert.ok(
          rows.every(({ value }, index) => value >= (rows[index - 1]?.value ?? value)),
          'what was queued is not told as if it still held',
        )
        stored += values.size
      }
      t.diagnostic(`${KILLS} kills, ${stored} changes of ${TAGS} tags, 0 lost`)
    } finally {
      clearInterval(counting)
      if (driver.exitCode === null && driver.signalCode === null) await kill(driver, 'SIGKILL')
      rmSync(dataFolder, { recursive: true, force: true })
    }
  },
)
