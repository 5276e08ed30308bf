import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastNightly } from '#calc/nightly.ts'
import { createLogger } from '#host/log.ts'
import { keepNights } from '#keeper/nights.ts'
import { lastRun } from '#store/nightly-runs.ts'
import { saveSettings } from '#store/settings.ts'
import { sqlTime } from '#store/time.ts'
import { testDatabase } from '../support/database.ts'

const now = Date.now() * 1000
const dueAt = lastNightly(now, 'Europe/Lisbon')

test('the work of the night is done once, made up for when it was missed, and taken up again when it was cut short', async () => {
  await using t = await testDatabase()
  await saveSettings(t.db, { site: { name: 'S', timeZone: 'Europe/Lisbon', language: 'en', publicUrl: '' } })
  const done: string[] = []
  const log = createLogger('keeper', () => undefined)
  /** Lives until its work was done, or failed. */
  const life = async (work: () => void): Promise<void> => {
    const stop = new AbortController()
    const nights = { db: t.db, log, clock: { now: () => now, mono: () => 0 }, signal: stop.signal }
    await keepNights(nights, [
      {
        kind: 'retention',
        run: async () => {
          stop.abort()
          work()
          return { of: done.length }
        },
      },
      {
        kind: 'backup',
        run: async () => {
          done.push('backup')
          return {}
        },
      },
    ])
  }
  const idle = async (): Promise<void> => {
    const stop = new AbortController()
    const nights = { db: t.db, log, clock: { now: () => now, mono: () => 0 }, signal: stop.signal }
    await keepNights(nights, [
      { kind: 'retention', run: async () => (done.push('twice'), {}) },
      { kind: 'backup', run: async () => (stop.abort(), {}) },
    ])
  }
  // a database of today has no night behind it
  await t.db.query('delete from nightly_runs')
  await t.db.query(`update schema_migrations set applied_at = $1`, [sqlTime(dueAt - 1)])
  await life(() => {
    throw new Error('cut short')
  })
  assert.equal((await lastRun(t.db, 'retention'))?.endedAt, null)
  await life(() => done.push('retention'))
  assert.deepEqual(done, ['retention'])
  const run = await lastRun(t.db, 'retention')
  assert.equal(run?.dueAt, dueAt)
  assert.equal(run?.endedAt, now)
  await idle()
  assert.deepEqual(done, ['retention'], 'not again in the same night')
})
