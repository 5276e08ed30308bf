import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { watchSystem } from '#notify/watch-system.ts'
import { listEvents } from '#store/system-events.ts'
import { startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'

test('an engine that is silent is put on record once for notify to tell, told directly when nobody was, and both end when it is back', async () => {
  await using t = await testDatabase()
  const dataFolder = mkdtempSync(join(tmpdir(), 'synctide-watch-'))
  const told: string[] = []
  const context = {
    db: t.db,
    log: createLogger('supervisor', () => undefined),
    clock: systemClock,
    dataFolder,
    tell: async (what: string) => {
      told.push(what)
      return true
    },
  }
  const reports = async (): Promise<string[]> =>
    (
      await t.db.query<{ body: { code: string; severity: string } }>(
        `select body from outbox where kind = 'system' and body ->> 'code' = 'alarm.engine_silent' order by id`,
      )
    ).map((one) => one.body.severity)
  try {
    await t.db.query(
      `insert into watermarks (reader, source, seq, clock, config_version) values ('alarm', '', 0, now() - interval '2 min', 0)`,
    )
    {
      await using _watch = watchSystem(context)
      await until(async () => (await reports()).length === 1 && told.length === 1, 'it is told')
    }
    // another supervisor, or the same started anew, tells nothing twice
    await using _again = watchSystem(context)
    await using _engine = startEngine(t.db)
    await until(async () => (await reports()).length === 2 && told.length === 2, 'it is back')
    assert.deepEqual(
      [await reports(), told],
      [
        ['critical', 'info'],
        ['engine', 'over'],
      ],
    )
    const events = (await listEvents(t.db, 'all', 10)).filter((one) => one.code === 'alarm.engine_silent')
    assert.deepEqual(
      events.map((one) => one.severity),
      ['info', 'critical'],
    )
  } finally {
    rmSync(dataFolder, { recursive: true, force: true })
  }
})
