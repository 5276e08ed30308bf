import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { StoreError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { systemClock } from '#host/clock.ts'
import { startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { readSamples } from '#store/measurements.ts'
import { migrate } from '#store/migrate.ts'
import { ensurePartitions, ensurePartitionsAt } from '#store/partitions.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { sqlTime } from '#store/time.ts'
import { JournalLink } from '../../src/ingest/journal-link.ts'
import { CommittedMemory } from '../../src/ingest/learned-memory.ts'
import { Spool } from '../../src/ingest/spool.ts'
import { Writer } from '../../src/ingest/writer.ts'
import { until } from '../support/installation.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

const HOUR: Micros = 3_600_000_000
const MEGABYTES = 200
const PATIENCE = 60_000

/** A small disk of its own. @returns why there is none, where this machine does not allow it */
function smallDisk(): { folder: string; [Symbol.dispose](): void } | string {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-full-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m,mode=755`, 'tmpfs', folder], { encoding: 'utf8' })
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true })
    return `a disk that may be filled takes the right to mount one: ${mounted.error?.message ?? mounted.stderr.trim()}`
  }
  return {
    folder,
    [Symbol.dispose]() {
      spawnSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Fills what is left, to the last byte. */
async function fill(file: string): Promise<void> {
  const piece = Buffer.alloc(64 * 1024)
  for (let length = piece.length; length > 0;) {
    try {
      await appendFile(file, piece.subarray(0, length))
    } catch {
      length = Math.floor(length / 2)
    }
  }
}

async function plantPastHour(db: Database, tagIds: readonly number[], from: Micros): Promise<void> {
  await ensurePartitionsAt(db, 'measurements', [from])
  await db.query(
    `insert into measurements (tag_id, time_stamp, value, quality)
     select tag, $1::timestamptz + second * interval '1 second', second, 0 from unnest($2::int[]) tag, generate_series(0, 3599) second`,
    [sqlTime(from), tagIds],
  )
}

test('a disk that is full and has room again: what was measured meanwhile is there, once, and sealing goes on', async (context) => {
  const disk = smallDisk()
  if (typeof disk === 'string') return context.skip(disk)
  await using stack = new AsyncDisposableStack()
  stack.use(disk)
  const server = await startEmbeddedPostgres({ folder: disk.folder })
  stack.defer(async () => await server.stop())
  const db = openDatabase(server.url, { name: 'test', max: 4 })
  stack.defer(async () => await db.close())
  await migrate(db)
  await ensurePartitions(db)
  const tagIds = await insertPlainTags(db, ['a', 'b', 'c'])
  const [device] = await db.query<{ id: number }>('select id from devices')
  const began = systemClock.now()
  const past = Math.floor(began / HOUR) * HOUR - 3 * HOUR
  await plantPastHour(db, tagIds, past)

  const told: string[] = []
  const tell = (event: string): void => void told.push(event)
  const log = { debug: tell, info: tell, warn: tell, error: tell }
  const folder = join(disk.folder, 'spool')
  const spool = stack.use(await Spool.open({ folder, clock: systemClock, log, maxBytes: 50e6, minFreeBytes: 0, segmentBytes: 64 * 1024 }))
  const memory = stack.use(new CommittedMemory(folder, log))
  const journal = new JournalLink(db, { source: 'driver-test', protocol: 'modbus' }, memory, () => undefined)
  const writer = new Writer({ spool, journal, clock: systemClock, log, flushMillis: 20 }, await journal.position())
  stack.defer(async () => await writer.stop(1000))

  const measured: { at: Micros; value: number; quality: number }[] = []
  const measure = (): void => {
    const at = Math.max(systemClock.now(), (measured.at(-1)?.at ?? 0) + 1)
    measured.push({ at, value: measured.length, quality: 0 })
    writer.add(
      tagIds.map((tagId) => ({
        sample: { tagId, sourceTimestamp: at, value: measured.length - 1, quality: 0, statusCode: null },
        store: true,
        changed: true,
      })),
      { deviceId: device?.id ?? 0, newest: at, status: 'online', consecutiveFailures: 0, successRate: 1, problem: null },
    )
  }
  const measureUntil = async (what: string, ask: () => true | undefined): Promise<void> =>
    void (await until(what, () => (measure(), ask()), PATIENCE, 2))

  await measureUntil('the first samples in the database', () => (writer.state.committedSamples > 100 ? true : undefined))
  const ballast = join(disk.folder, 'ballast')
  await fill(ballast)
  await measureUntil('the disk to refuse spool and database', () =>
    told.includes('spool.write_failed') && writer.state.databaseAway ? true : undefined,
  )
  await assert.rejects(sealClosedWindows(db, systemClock.now()), (error) => error instanceof StoreError && error.code === 'store_full')
  // where even its log finds no room the server gives up, and cannot start
  const pid = server.pid()
  await until('the server to give up', async () => {
    measure()
    await db.query('select pg_switch_wal() from pg_create_restore_point($1)', ['full']).catch(() => undefined)
    return server.pid() === pid ? undefined : true
  })
  for (let more = 0; more < 300; more++) measure()
  await assert.rejects(sealClosedWindows(db, systemClock.now()), (error) => error instanceof StoreError && error.retriable)

  rmSync(ballast)
  await measureUntil('the database to be back', () => (writer.state.databaseAway ? undefined : true))
  await until('everything to be committed', () => (writer.state.backlog === 0 ? true : undefined), PATIENCE)
  const sealed = await sealClosedWindows(db, systemClock.now())
  assert.equal(sealed.samples, 3600 * tagIds.length)
  const end = (measured.at(-1)?.at ?? 0) + 1
  for (const tagId of tagIds) {
    assert.deepEqual((await readSamples(db, 'all', tagId, began, end, 1e6)).samples, measured)
    const { samples } = await readSamples(db, 'all', tagId, past, past + HOUR, 1e6)
    assert.deepEqual(
      samples.map((one) => one.value),
      Array.from({ length: 3600 }, (_, second) => second),
    )
  }
})
