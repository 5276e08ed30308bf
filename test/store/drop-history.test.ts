import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Micros } from '#base/time.ts'
import { lastNightly } from '#calc/nightly.ts'
import { createLogger } from '#host/log.ts'
import { applyRetention } from '#keeper/retention.ts'
import { addToBlocks } from '#store/write-blocks.ts'
import { columnsOf } from '#store/core/sample-columns.ts'
import type { Database } from '#store/database.ts'
import { dropAlarmsBefore, dropMessagesBefore } from '#store/drop-records.ts'
import { dropSamplesBefore } from '#store/drop-samples.ts'
import { beginRun, endRun, isDue } from '#store/nightly-runs.ts'
import { retentionEffects } from '#store/retention-effect.ts'
import { saveSettings } from '#store/settings.ts'
import { sqlTime } from '#store/time.ts'
import { testDatabase } from '../support/database.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

const MINUTE = 60_000_000
const DAY = 24 * 60 * MINUTE
const NOW = Date.parse('2026-11-26T10:00:00Z') * 1000
const MIDNIGHT = Date.parse('2026-11-26T00:00:00Z') * 1000

/** A block a day of each tag with a sample a minute, for `days` days up to yesterday. */
async function history(db: Database, names: readonly string[], days: number): Promise<readonly number[]> {
  const tagIds = await insertPlainTags(db, names)
  await db.transaction(async (tx) => {
    for (let day = 1; day <= days; day++) {
      const from = MIDNIGHT - day * DAY
      const columns = columnsOf(
        Array.from({ length: 1440 }, (_, minute) => ({
          at: from + minute * MINUTE,
          value: minute,
          quality: 0,
          valueText: null,
          statusCode: null,
        })),
      )
      await addToBlocks(
        tx,
        tagIds.map((tagId) => ({ tagId, from, to: from + DAY, columns })),
        'stored',
      )
    }
  })
  return tagIds
}

const daysOf = async (db: Database, tagId: number): Promise<number[]> =>
  (await db.query<{ at: Micros }>('select t0 as at from measurement_blocks where tag_id = $1 order by t0 desc', [tagId])).map(
    ({ at }) => (MIDNIGHT - at) / DAY,
  )

async function alarm(db: Database, fields: { tagId?: number; raisedAt: Micros; closedAt: Micros | null }): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, tag_id, name, severity, raised_at, closed_at)
     values ((select coalesce(max(display_number), 0) + 1 from alarm_events), 1, 'threshold', 1, 'X', $1, 'High', 'warning', $2, $3) returning id`,
    [fields.tagId ?? null, sqlTime(fields.raisedAt), fields.closedAt === null ? null : sqlTime(fields.closedAt)],
  )
  return row?.id ?? 0
}

test('whole days go, and what a standing alarm shows stays', async () => {
  await using t = await testDatabase()
  const [a = 0, b = 0] = await history(t.db, ['a', 'b'], 40)
  await alarm(t.db, { tagId: b, raisedAt: MIDNIGHT - 35 * DAY, closedAt: null })
  const effects = await retentionEffects(t.db, NOW, 'UTC', [7, 30, 365])
  assert.deepEqual(
    effects.samples.effects.map((one) => one.rows),
    [33 * 2 * 1440, 10 * 2 * 1440, 0],
  )
  const gone = await dropSamplesBefore(t.db, MIDNIGHT - 30 * DAY)
  assert.equal(gone.samples, (10 + 4) * 1440)
  assert.equal(gone.kept, 6)
  assert.ok(gone.bytes > 0 && gone.bytes <= (effects.samples.effects[1]?.bytes ?? 0))
  assert.deepEqual((await daysOf(t.db, a)).at(-1), 30)
  assert.deepEqual((await daysOf(t.db, b)).at(-1), 36, 'from a day before the alarm on')
  await t.db.query('update alarm_events set closed_at = now()')
  await dropSamplesBefore(t.db, MIDNIGHT - 30 * DAY)
  assert.deepEqual((await daysOf(t.db, b)).at(-1), 30)
})

test('ended after any day it goes on with the rest', async () => {
  await using t = await testDatabase()
  const [a = 0] = await history(t.db, ['a'], 20)
  for (let days = 1; days <= 9; days++) {
    await assert.rejects(
      dropSamplesBefore(t.db, MIDNIGHT - 10 * DAY, {
        onDay: () => {
          throw new Error('killed')
        },
      }),
      /killed/,
    )
    assert.equal((await daysOf(t.db, a)).length, 20 - days)
  }
  assert.equal((await dropSamplesBefore(t.db, MIDNIGHT - 10 * DAY)).samples, 1440)
  assert.equal((await daysOf(t.db, a)).at(-1), 10)
})

test('alarms and messages go by age; those that somebody still needs stay', async () => {
  await using t = await testDatabase()
  const old = MIDNIGHT - 100 * DAY
  const over = await alarm(t.db, { raisedAt: old, closedAt: old + DAY })
  const standing = await alarm(t.db, { raisedAt: old, closedAt: null })
  const late = await alarm(t.db, { raisedAt: old, closedAt: MIDNIGHT })
  const waiting = await alarm(t.db, { raisedAt: old, closedAt: old + DAY })
  const untold = await alarm(t.db, { raisedAt: old, closedAt: old + DAY })
  for (const id of [over, standing, waiting]) {
    await t.db.query(`insert into notify_cases (alarm_event_id, state) values ($1, $2)`, [id, id === waiting ? 'open' : 'acknowledged'])
  }
  await t.db.query(`insert into outbox (kind, alarm_event_id) values ('raised', $1)`, [untold])
  for (const [id, state] of [
    [over, 'handed'],
    [standing, 'handed'],
    [waiting, 'handed'],
  ] as const) {
    await t.db.query(
      `insert into messaging_history (case_id, alarm_event_id, contact_name, channel, address, body, state, created_at)
       values ((select id from notify_cases where alarm_event_id = $1), $1, 'Ana', 'email', 'ana@example.org', '', $2, $3)`,
      [id, state, sqlTime(old)],
    )
  }
  await t.db.query(
    `insert into messaging_history (contact_name, channel, address, body, state, created_at) values ('Ana', 'email', '', '', 'queued', $1)`,
    [sqlTime(old)],
  )
  assert.equal(await dropMessagesBefore(t.db, MIDNIGHT - 30 * DAY), 1)
  assert.deepEqual(
    (await t.db.query<{ id: number | null }>('select alarm_event_id as id from messaging_history order by id')).map((row) => row.id),
    [standing, waiting, null],
  )
  assert.equal(await dropAlarmsBefore(t.db, MIDNIGHT - 30 * DAY), 1)
  assert.deepEqual(
    (await t.db.query<{ id: number }>('select id from alarm_events order by id')).map((row) => row.id),
    [standing, late, waiting, untold],
  )
})

test('a clock that is put years ahead takes away two days at most, and once it is right again nights go on', async () => {
  await using t = await testDatabase()
  const today = Math.floor((Date.now() * 1000) / DAY) * DAY
  const [tagId = 0] = await insertPlainTags(t.db, ['a'])
  const columns = (from: Micros): ReturnType<typeof columnsOf> =>
    columnsOf([{ at: from, value: 1, quality: 0, valueText: null, statusCode: null }])
  const days = Array.from({ length: 40 }, (_, day) => today - (day + 1) * DAY)
  await t.db.transaction(
    async (tx) =>
      await addToBlocks(
        tx,
        days.map((from) => ({ tagId, from, to: from + DAY, columns: columns(from) })),
        'stored',
      ),
  )
  const left = async (): Promise<number> => (await t.db.query('select from measurement_blocks')).length
  await saveSettings(t.db, { retention: { samplesDays: 30, alarmsDays: null, messagesDays: null, csvFilesDays: null } })
  /** A night at three o'clock by a clock that is so many days ahead. */
  const night = async (ahead: number): Promise<void> => {
    const now = today + ahead * DAY
    const clock = { now: () => now, mono: () => 0 }
    const dueAt = lastNightly(now, 'UTC')
    await t.db.query(`update schema_migrations set applied_at = $1`, [sqlTime(today - 100 * DAY)])
    assert.ok(await isDue(t.db, 'retention', dueAt), `${ahead} days ahead`)
    await beginRun(t.db, 'retention', dueAt, now)
    const report = await applyRetention({
      db: t.db,
      log: createLogger('keeper', () => undefined),
      clock,
      signal: new AbortController().signal,
    })
    await endRun(t.db, 'retention', dueAt, now, { ...report })
  }
  await night(-1)
  const before = await left()
  await night(3650)
  assert.ok(before - (await left()) <= 2 && (await left()) > 20, `${before} days, then ${await left()}`)
  const meanwhile = await left()
  await night(0)
  assert.equal(await left(), meanwhile)
  assert.equal(await isDue(t.db, 'retention', lastNightly(today, 'UTC')), false)
})
