import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { StoreError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { holdLock } from '#store/advisory-lock.ts'
import { copyOut } from '#store/copy.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { SourceJournal } from '#store/journal.ts'
import { testDatabase } from '../support/database.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

async function until(what: string, met: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!(await met())) {
    assert.ok(performance.now() < deadline, `${what}: not within 15 s`)
    await delay(20)
  }
}

/** Cuts every other connection to the database. @returns how many there were */
async function cutOthers(db: Database): Promise<number> {
  const cut = await db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
  return cut.length
}

test('a reader whose connection was cut goes on where it was, in order, with nothing left out', async () => {
  await using t = await testDatabase()
  const [clock] = await t.db.query<{ now: Micros }>('select now() as now')
  const receivedAt = clock?.now ?? 0
  const { journal } = await SourceJournal.open(t.db, 'plc')
  const append = async (seq: number): Promise<void> =>
    await journal.append({ delivery: { seq, receivedAt, readings: [], devices: [] }, store: [], spoolRecord: seq })

  const seen: number[] = []
  let reading = Promise.resolve()
  let looks = 0
  await using _ = t.db.listen('deliveries', () => {
    looks++
    reading = reading.then(async () => {
      // an outage is told by the next look
      const deliveries = await readAfter(t.db, 'plc', seen.at(-1) ?? 0, 2).catch(() => [])
      for (const delivery of deliveries) seen.push(delivery.seq)
    })
  })
  await until('listening', () => looks > 0)
  await append(1)
  await until('the first one', () => seen.length === 1)

  const before = looks
  assert.ok((await cutOthers(t.db)) > 0)
  await until('reconnecting', () => looks > before)
  for (const seq of [2, 3, 4]) await append(seq)
  await until('the others', () => seen.length === 4)
  await reading
  assert.deepEqual(seen, [1, 2, 3, 4])
})

test('who begins to listen in an outage does not leave a second connection behind', async () => {
  await using t = await testDatabase()
  const watched = openDatabase(t.url, { name: 'ears', max: 1 })
  const other = openDatabase(t.url, { name: 'other ears', max: 1 })
  const connections = async (): Promise<number> =>
    (await t.db.query(`select from pg_stat_activity where application_name = 'synctide ears'`)).length
  let looks = 0
  let others = 0
  try {
    await using _ = watched.listen('deliveries', () => void looks++)
    await until('listening', () => looks > 0)
    await using __ = other.listen('deliveries', () => void others++)
    await until('the other one listens', () => others > 0)
    await cutOthers(t.db)
    await until('both are cut', async () => (await connections()) === 0)
    let configured = 0
    const before = looks
    await using ___ = watched.listen('config', () => void configured++)
    await until('both channels', () => configured > 0 && looks > before)
    // the pause of one that was cut at the same moment is over, so the first one's is too
    await until('the other one is back', () => others > 1)
  } finally {
    await watched.close()
    await other.close()
  }
  await until('no connection is left', async () => (await connections()) === 0)
})

test('whose commit was never confirmed learns from the database what became of it', async () => {
  await using t = await testDatabase()
  const [clock] = await t.db.query<{ now: Micros }>('select now() as now')
  const { journal } = await SourceJournal.open(t.db, 'plc')
  const flush = { delivery: { seq: 1, receivedAt: clock?.now ?? 0, readings: [], devices: [] }, store: [], spoolRecord: 9 }
  // the same flush twice at once: as when the first one hangs in the server while the writer has come back already
  const outcomes = await Promise.allSettled([journal.append(flush), journal.append(flush)])
  assert.deepEqual(outcomes.map((one) => one.status).sort(), ['fulfilled', 'rejected'])
  const { seq, spoolRecord } = await journal.position()
  assert.deepEqual([seq, spoolRecord], [1, 9])
  assert.equal((await readAfter(t.db, 'plc', 0)).length, 1)
})

test('one holder at a time; each next one has a greater epoch; who loses the connection is told', async () => {
  await using t = await testDatabase()
  const forever = new AbortController().signal
  const first = await holdLock(t.db, 'engine', forever)
  const other = await holdLock(t.db, 'another name', forever)
  const impatient = new AbortController()
  const waiting = holdLock(t.db, 'engine', impatient.signal)
  impatient.abort(new Error('enough'))
  await assert.rejects(waiting)
  assert.equal(first.lost.aborted, false)

  await cutOthers(t.db)
  await until('being told', () => first.lost.aborted && other.lost.aborted)
  const second = await holdLock(t.db, 'engine', forever)
  assert.ok(second.epoch > first.epoch)
  for (const lock of [first, other, second]) await lock[Symbol.asyncDispose]()
  const third = await holdLock(t.db, 'engine', forever)
  assert.ok(third.epoch > second.epoch, 'free after an orderly end')
  await third[Symbol.asyncDispose]()
})

test('a transaction whose connection is cut leaves nothing and says that the database is away', async () => {
  await using t = await testDatabase()
  const doomed = t.db.transaction(async (tx) => {
    await tx.query(`insert into late_samples (tag_id, time_stamp, quality) values (1, now(), 0)`)
    const [me] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
    await t.db.query('select pg_terminate_backend($1)', [me?.pid])
    await tx.query('select 1')
  })
  await assert.rejects(doomed, (error) => error instanceof StoreError && error.code === 'store_unavailable')
  assert.equal((await t.db.query('select from late_samples')).length, 0)
})

test('an external server that goes away without a word, in the middle of queries: they end, and all goes on when it is back', async () => {
  await using t = await testDatabase()
  const url = new URL(t.url)
  const folder = url.searchParams.get('host')
  const port = Number(url.port === '' ? 5432 : url.port)
  await using cable = await TcpProxy.start(folder === null ? port : `${folder}/.s.PGSQL.${port}`)
  url.search = ''
  url.host = `127.0.0.1:${cable.port}`
  const patience = 500
  const db = openDatabase(url.href, { name: 'far away', max: 3, patience, connectMillis: 500 })
  try {
    assert.equal((await db.query(`select pg_sleep(${(3 * patience) / 1000})`)).length, 1, 'a query may take longer')
    const doomed = [
      db.query('select pg_sleep(600)'),
      db.transaction(async (tx) => await tx.query('select pg_sleep(600)')),
      db.transaction(async (tx) => {
        await copyOut(tx.client, `copy (select pg_sleep(1) from generate_series(1, 600)) to stdout binary`, () => undefined)
      }),
    ]
    const outcomes = Promise.allSettled(doomed)
    await until('all of them', async () => {
      const [row] = await t.db.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where application_name = 'synctide far away' and state = 'active'`,
      )
      return row?.n === doomed.length
    })
    cable.pull()
    for (const one of await outcomes) {
      assert.equal(one.status, 'rejected')
      assert.ok(one.reason instanceof StoreError && one.reason.code === 'store_unavailable', String(one.reason))
    }
    cable.cut()
    cable.putBack()
    assert.equal((await db.query('select 1')).length, 1)
  } finally {
    await db.close()
    // the server never heard that nobody waits any more
    await cutOthers(t.db)
  }
})

test('a statement that takes longer than it may ends, and its connection serves the next one', async () => {
  await using t = await testDatabase()
  const db = openDatabase(t.url, { name: 'hurried', max: 1, statementMillis: 100 })
  try {
    for (const doomed of [db.query('select pg_sleep(600)'), db.transaction(async (tx) => await tx.query('select pg_sleep(600)'))])
      await assert.rejects(
        doomed,
        (error) => error instanceof StoreError && error.code === 'store_unavailable' && /in time/.test(error.message),
      )
    assert.deepEqual(await db.query('select 1 as one'), [{ one: 1 }])
  } finally {
    await db.close()
  }
})
