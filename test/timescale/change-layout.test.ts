import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Conflict } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { type LayoutStep, changeLayout } from '#store/change-layout.ts'
import type { Database } from '#store/database.ts'
import { type Layout, measurementsLayout } from '#store/hypertable.ts'
import { SourceJournal } from '#store/journal.ts'
import { readSamples } from '#store/measurements.ts'
import { ensurePartitionsAt } from '#store/partitions.ts'
import { sqlTime } from '#store/time.ts'
import { testDatabase } from '../support/database.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const LAYOUTS: readonly Layout[] = ['partitions', 'hypertable']

/** Four hours of two tags, the last of them this one: two are sealed on the way, two moved. Some times occur twice. */
async function plant(db: Database): Promise<readonly number[]> {
  const tagIds = await insertPlainTags(db, ['a', 'b'])
  const hour = Math.floor(systemClock.now() / HOUR) * HOUR
  await ensurePartitionsAt(
    db,
    'measurements',
    [3, 2, 1].map((ago) => hour - ago * HOUR),
  )
  await db.query(
    `insert into measurements (tag_id, time_stamp, value, quality, value_text)
     select tag, $1::timestamptz + second * interval '1 second' - case when second % 5 = 0 then interval '1 second' else interval '0' end,
       second, 0, case when second % 7 = 0 then 'x' || second end
     from generate_series(1, 14000) second, unnest($2::int[]) tag order by second`,
    [sqlTime(hour - 3 * HOUR), tagIds],
  )
  return tagIds
}

async function historyOf(db: Database, tagIds: readonly number[]): Promise<unknown> {
  const now = systemClock.now()
  return await Promise.all(tagIds.map(async (id) => (await readSamples(db, 'all', id, now - 24 * HOUR, now + 2 * HOUR, 1_000_000)).samples))
}

test('there and back: the same samples, the first of equal times still the first', async () => {
  await using t = await testDatabase()
  const tagIds = await plant(t.db)
  const before = await historyOf(t.db, tagIds)
  for (const layout of LAYOUTS) {
    const steps: LayoutStep['step'][] = []
    const report = await changeLayout(t.db, layout, systemClock.now(), ({ step }) => {
      // of autovacuum, which gives way
      if (step !== 'waiting') steps.push(step)
    })
    assert.equal(await measurementsLayout(t.db), layout)
    assert.ok(report.rows > 0)
    assert.deepEqual([...new Set(steps)], ['sealing', 'moving', 'comparing', 'dropping', 'done'])
    assert.deepEqual(await historyOf(t.db, tagIds), before, layout)
    assert.equal((await changeLayout(t.db, layout, systemClock.now())).rows, 0, 'it is there already')
  }
})

test('a driver writes and a page reads all the while: nothing is lost, nothing waits for ever', async () => {
  await using t = await testDatabase()
  const [tagId = 0] = await insertPlainTags(t.db, ['a'])
  const { journal } = await SourceJournal.open(t.db, 'plc')
  // a failure of either ends the other
  const state = { done: false, written: 0 }
  const end = (): void => void (state.done = true)
  const writing = (async () => {
    while (!state.done) {
      const receivedAt = systemClock.now()
      const store = [{ tagId, sourceTimestamp: receivedAt, value: state.written + 1, quality: 0, statusCode: null }]
      await journal.append({
        delivery: { seq: state.written + 1, receivedAt, readings: store, devices: [] },
        store,
        spoolRecord: state.written + 1,
      })
      state.written += 1
    }
  })().finally(end)
  const reading = (async () => {
    while (!state.done) {
      const known = state.written
      const { samples } = await readSamples(t.db, 'all', tagId, systemClock.now() - HOUR, systemClock.now() + HOUR, 1_000_000)
      assert.ok(samples.length >= known, `${samples.length} of ${known}`)
    }
  })().finally(end)
  const moving = (async () => {
    for (const layout of [...LAYOUTS, ...LAYOUTS]) await changeLayout(t.db, layout, systemClock.now())
  })().finally(end)
  await Promise.all([writing, reading, moving])
  const { samples } = await readSamples(t.db, 'all', tagId, systemClock.now() - HOUR, systemClock.now() + HOUR, 1_000_000)
  assert.deepEqual(
    samples.map((one) => one.value),
    Array.from({ length: state.written }, (_, index) => index + 1),
  )
})

test('grants are kept; what hangs on the table is named, and nothing was changed', async () => {
  await using t = await testDatabase()
  const tagIds = await plant(t.db)
  await t.db.query('grant select on measurements to pg_read_all_stats')
  await t.db.query('create view mine as select * from measurements')
  const before = await historyOf(t.db, tagIds)
  await assert.rejects(
    changeLayout(t.db, 'partitions', systemClock.now()),
    (error) => error instanceof Conflict && /view mine/.test(error.message),
  )
  assert.equal(await measurementsLayout(t.db), 'hypertable')
  assert.deepEqual(await historyOf(t.db, tagIds), before)
  await t.db.query('drop view mine')
  await changeLayout(t.db, 'partitions', systemClock.now())
  const granted = await t.db.query(`select has_table_privilege('pg_read_all_stats', 'measurements', 'select') as granted`)
  assert.deepEqual(granted, [{ granted: true }])
})

/** The command as an administrator starts it. */
function startCommand(url: string, folder: string, layout: Layout): ChildProcess {
  const environment = { ...process.env, SYNCTIDE_DATABASE_URL: url, SYNCTIDE_DATA: folder }
  return spawn(process.execPath, ['src/main/cli.ts', 'storage', 'layout', layout], {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

for (const kill of ['the command', 'its connection'] as const) {
  test(`${kill} is killed at every step: the samples are all there, once, and the next call finishes`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'synctide-layout-'))
    await using t = await testDatabase()
    try {
      const tagIds = await plant(t.db)
      const before = await historyOf(t.db, tagIds)
      for (const [index, step] of ['Sealing', 'Moved', 'Comparing', 'Dropping'].entries()) {
        const layout = LAYOUTS[index % 2] ?? 'partitions'
        const command = startCommand(t.url, folder, layout)
        const exited = new Promise<void>((resolve) => command.once('close', () => resolve()))
        let output = ''
        let killed = false
        command.stdout?.on('data', (chunk: Buffer) => {
          output += chunk.toString()
          if (killed || !output.includes(step)) return
          killed = true
          if (kill === 'the command') command.kill('SIGKILL')
          else
            void t.db.query(
              `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'synctide cli'`,
            )
        })
        await exited
        assert.ok(killed, output)
        assert.deepEqual(await historyOf(t.db, tagIds), before, `killed at ${step}`)
        // the server may still be at the work of who is gone
        await finish(t.db, layout)
        assert.equal(await measurementsLayout(t.db), layout)
        assert.deepEqual(await historyOf(t.db, tagIds), before, `begun again after ${step}`)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

async function finish(db: Database, layout: Layout): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    try {
      await changeLayout(db, layout, systemClock.now())
      return
    } catch (error) {
      if (!(error instanceof Conflict) || performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
