import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Micros } from '#base/time.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { columnsOf } from '#store/core/sample-columns.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { readSamples } from '#store/measurements.ts'
import { migrate } from '#store/migrate.ts'
import { ensurePartitions, ensurePartitionsAt } from '#store/partitions.ts'
import { sqlTime } from '#store/time.ts'
import { addToBlocks } from '#store/write-blocks.ts'
import { PHASES, type Phase, statementsOf } from '../support/care-phases.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

// Keeper and server are killed while samples are merged, sealed, joined and dropped. SYNCTIDE_KILLS says how often each, in each phase.
const KILLS = Number(process.env['SYNCTIDE_KILLS'] ?? 1)
const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR
const PROCESS = join(import.meta.dirname, '../support/care-process.ts')
const folder = mkdtempSync(join(tmpdir(), 'synctide-care-'))
chmodSync(folder, 0o755)
let server: EmbeddedPostgres
let db: Database
let tagIds: readonly number[]
before(async () => {
  // it syncs to disk: what was committed must be there after a kill
  server = await startEmbeddedPostgres({ folder })
  db = openDatabase(server.url, { name: 'test', max: 4 })
  await migrate(db)
  await ensurePartitions(db)
  tagIds = await insertPlainTags(db, ['a', 'b', 'c'])
})
after(async () => {
  await db.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Rows of an hour that is over, late ones for it and for days before, a day of blocks in pieces, and days that are to go. @returns now */
async function plant(): Promise<Micros> {
  await db.query('truncate measurement_blocks, late_samples, measurements')
  const [clock] = await db.query<{ hour: Micros }>(`select date_trunc('hour', now()) as hour`)
  const now = clock?.hour ?? 0
  const from = now - 3 * HOUR
  await ensurePartitionsAt(db, 'measurements', [from])
  await db.query(
    `insert into measurements (tag_id, time_stamp, value, quality)
     select tag, $1::timestamptz + second * interval '10 seconds', second, 0 from unnest($2::int[]) tag, generate_series(0, 359) second`,
    [sqlTime(from), tagIds],
  )
  await db.query(
    `insert into late_samples (tag_id, time_stamp, value, quality)
     select tag, $1::timestamptz - day * interval '1 day' + second * interval '1 second', -second, 0
     from unnest($2::int[]) tag, generate_series(0, 3) day, generate_series(1, 9) second`,
    [sqlTime(from), tagIds],
  )
  const yesterday = Math.floor(now / DAY) * DAY - 2 * DAY
  await db.transaction(async (tx) => {
    for (const start of [yesterday, yesterday + HOUR, yesterday + 2 * HOUR])
      await addToBlocks(
        tx,
        tagIds.map((tagId) => ({ tagId, from: start, to: start + HOUR, columns: stretch(start) })),
        'stored',
      )
    for (const day of [40, 41]) {
      const start = yesterday - day * DAY
      await addToBlocks(
        tx,
        tagIds.map((tagId) => ({ tagId, from: start, to: start + DAY, columns: stretch(start) })),
        'stored',
      )
    }
  })
  return now
}

function stretch(from: Micros): ReturnType<typeof columnsOf> {
  const plain = { quality: 0, valueText: null, statusCode: null }
  return columnsOf(Array.from({ length: 300 }, (_, index) => ({ ...plain, at: from + index * SECOND, value: index / 10 })))
}

/** All that is to be kept, each sample with its value. */
async function kept(now: Micros): Promise<unknown> {
  const all: unknown[] = []
  for (const id of tagIds) all.push((await readSamples(db, 'all', id, now - 20 * DAY, now, 100_000)).samples)
  return all
}

/** Samples of each day that is to go: whole or gone. */
async function old(now: Micros): Promise<ReadonlySet<number>> {
  const rows = await db.query<{ n: number }>('select sum(n)::int8 as n from measurement_blocks where t0 < $1 group by t0', [
    sqlTime(now - 30 * DAY),
  ])
  return new Set(rows.map((row) => row.n))
}

const VICTIMS: Readonly<Record<string, (phase: Phase, now: Micros, statement: number) => Promise<void>>> = {
  async keeper(phase, now, statement) {
    const child = spawn(process.execPath, [PROCESS, server.url, phase, String(now), String(statement)], { stdio: 'inherit' })
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
    assert.equal(signal, 'SIGKILL', `it was to die in statement ${statement}`)
  },
  async server(phase, now, statement) {
    let back: Promise<void> | undefined
    const counted = statementsOf(db, (count) => {
      if (count === statement) back = killServer()
    })
    await PHASES[phase](counted, now).catch(() => undefined)
    assert.ok(back !== undefined)
    await back
  },
}

/** Kills the server as hard as it goes, and waits until it is up again by itself. */
async function killServer(): Promise<void> {
  const killed = server.pid() ?? 0
  process.kill(killed, 'SIGKILL')
  for (;;) {
    try {
      // a connection of the killed one may still answer
      if (server.pid() !== killed && server.pid() !== undefined) return void (await db.query('select 1'))
      await delay(20)
    } catch {
      await delay(50)
    }
  }
}

for (const victim of Object.keys(VICTIMS)) {
  for (const phase of Object.keys(PHASES) as Phase[]) {
    test(`${victim} killed while samples ${phase}: each is there once, and the next run ends it`, async () => {
      const whole = await plant()
      let statements = 0
      await PHASES[phase](
        statementsOf(db, (count) => void (statements = count)),
        whole,
      )
      assert.ok(statements > 0)
      for (let kill = 0; kill < KILLS; kill++) {
        const now = await plant()
        const before = await kept(now)
        const statement = 1 + ((kill * 7 + 2) % statements)
        await VICTIMS[victim]?.(phase, now, statement)
        assert.deepEqual(await kept(now), before, `after statement ${statement}`)
        assert.ok([...(await old(now))].every((n) => n === 900))
        for (const next of Object.keys(PHASES) as Phase[]) {
          // forty late ones at a time
          for (let round = 0; round < (next === 'merge' ? 4 : 1); round++) await PHASES[next](db, now)
        }
        assert.deepEqual(await kept(now), before, `after statement ${statement}, and done again`)
        assert.equal((await old(now)).size, 0)
      }
    })
  }
}
