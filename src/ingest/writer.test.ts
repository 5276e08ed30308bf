import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { StoreError } from '#base/errors.ts'
import type { JournalReplay } from '#store/journal.ts'
import type { Clock } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { Sample } from '#domain/sample.ts'
import type { DriverLog } from '#drivers/driver.ts'
import type { SpoolRecord } from './core/spool-record.ts'
import { Spool } from './spool.ts'
import type { SpoolGap, SpoolOptions } from './spool.ts'
import { Writer } from './writer.ts'
import type { WriterOptions } from './writer-options.ts'
import type { Flush, Journal } from './journal.ts'
import { replayedFlush } from '../../test/support/replayed-flush.ts'

const silent: DriverLog = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const clock: Clock = { now: () => Date.now() * 1000, mono: () => performance.now() }

/** A database in memory that keeps the promises of the real one and can be told to break. */
class FakeJournal implements Journal {
  readonly flushes: Flush[] = []
  readonly gaps: SpoolGap[] = []
  readonly refusals: number[] = []
  replays = 0
  latest = new Map<number, Sample>()
  latestSeq = 0
  seq = 0
  spoolRecord = 0
  /** Called before (`commit` false) and after the commit; throws to fail there. */
  fault: (commit: boolean) => void = () => undefined

  async position() {
    this.fault(false)
    return await Promise.resolve({ seq: this.seq, spoolRecord: this.spoolRecord })
  }
  async append(flush: Flush, lastSeq = flush.delivery.seq) {
    await Promise.resolve()
    this.fault(false)
    if (flush.delivery.seq !== this.seq + 1) throw new StoreError('conflict', `expected ${this.seq + 1}, got ${flush.delivery.seq}`)
    const poison = flush.store.some((sample) => sample.value === 'poison')
    if (poison) throw Object.assign(new Error('invalid byte sequence'), { code: '22021' })
    this.flushes.push(flush)
    this.seq = lastSeq
    this.spoolRecord = flush.spoolRecord
    this.fault(true)
  }
  async replay(replay: JournalReplay) {
    this.replays += 1
    await this.append(replayedFlush(replay), replay.deliveries.at(-1)?.seq)
  }
  async checkpoint(seq: number, latest: readonly Sample[]) {
    await Promise.resolve()
    this.fault(false)
    this.latestSeq = seq
    for (const sample of latest) this.latest.set(sample.tagId, sample)
  }
  async lost(gap: SpoolGap) {
    await Promise.resolve()
    this.gaps.push(gap)
  }
  async refused(number: number, _record: SpoolRecord, _reason: string) {
    await Promise.resolve()
    this.refusals.push(number)
  }
  /** Every stored value in the order of the database. */
  values() {
    return this.flushes.flatMap((flush) => flush.store.map((sample) => sample.value))
  }
}

const away = () => {
  throw new StoreError('unavailable', 'The database does not answer')
}

let stamp = 0
/** No two have one stamp, of which only one would stay. */
function reading(value: number | string, tagId = 1) {
  stamp = Math.max(stamp + 1, clock.now())
  const sample: Sample = { tagId, sourceTimestamp: stamp, value, quality: 0, statusCode: null }
  return { sample, store: true, changed: true }
}
function report(deviceId = 1): DeviceReport {
  return { deviceId, newest: clock.now(), status: 'online', consecutiveFailures: 0, successRate: 1, problem: null }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > deadline) assert.fail(`timed out waiting until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function rig(t: TestContext, more: Partial<WriterOptions> & { spoolOptions?: Partial<SpoolOptions> } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'writer-'))
  t.after(async () => await rm(folder, { recursive: true, force: true }))
  const { spoolOptions, ...options } = more
  const openSpool = async () => await Spool.open({ folder, clock, log: silent, maxBytes: 50_000_000, minFreeBytes: 0, ...spoolOptions })
  const journal = new FakeJournal()
  const start = async () => {
    const spool = await openSpool()
    const position = { seq: journal.seq, spoolRecord: journal.spoolRecord }
    const writer = new Writer({ spool, journal, clock, log: silent, flushMillis: 5, beatMillis: 20, ...options }, position)
    return { spool, writer }
  }
  return { journal, start }
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

test('a poll answer is committed once, in order, with its device report, and the seq has no gap', async (t) => {
  const { journal, start } = await rig(t)
  const { writer, spool } = await start()
  for (const value of range(1, 300)) {
    writer.add([reading(value)], report())
    if (value % 20 === 0) await writer.accepted()
  }
  await writer.stop(5000)
  await spool[Symbol.asyncDispose]()
  assert.deepEqual(journal.values(), range(1, 300))
  assert.deepEqual(
    journal.flushes.map((flush) => flush.delivery.seq),
    range(1, journal.flushes.length),
  )
  assert.deepEqual(journal.latest.get(1)?.value, 300)
  assert.equal(journal.latestSeq, journal.seq)
})

test('a poll answer is never split, however large', async (t) => {
  const { journal, start } = await rig(t, { maxSamples: 100 })
  const { writer, spool } = await start()
  for (const poll of range(1, 20)) {
    writer.add(
      range(1, 350).map((tag) => reading(poll, tag)),
      report(),
    )
  }
  await writer.stop(5000)
  await spool[Symbol.asyncDispose]()
  for (const poll of range(1, 20)) {
    const holding = journal.flushes.filter((flush) => flush.store.some((sample) => sample.value === poll))
    assert.equal(holding.length, 1)
    assert.equal(holding[0]?.store.filter((sample) => sample.value === poll).length, 350)
  }
})

test('an idle source still delivers, so that the clock of the engine goes on', async (t) => {
  const { journal, start } = await rig(t)
  const { writer, spool } = await start()
  await until(() => journal.flushes.length >= 3, 'three empty deliveries')
  const times = journal.flushes.map((flush) => flush.delivery.receivedAt)
  assert.ok(times.every((at, index) => index === 0 || at > (times[index - 1] ?? 0)))
  await writer.stop(1000)
  await spool[Symbol.asyncDispose]()
})

test('database away: all is spooled, then drained in order and once, with the times of the records', async (t) => {
  const { journal, start } = await rig(t, { memorySamples: 50 })
  const { writer, spool } = await start()
  journal.fault = away
  for (const value of range(1, 400)) {
    writer.add([reading(value)], report())
    if (value % 4 === 0) await writer.accepted()
  }
  await until(() => writer.state.databaseAway, 'the writer noticed')
  assert.equal(journal.flushes.length, 0)
  const back = clock.now()
  journal.fault = () => undefined
  await until(() => journal.values().length === 400, 'all is drained')
  assert.deepEqual(journal.values(), range(1, 400))
  assert.ok((journal.flushes[0]?.delivery.receivedAt ?? back) < back)
  await writer.stop(5000)
  await spool[Symbol.asyncDispose]()
})

test('a spool of an hour goes many deliveries at a time, none wider than a second, and what is refused in it is put aside', async (t) => {
  let now = clock.now() - 3_600_000_000
  const past: Clock = { now: () => now, mono: () => clock.mono() }
  const { journal, start } = await rig(t, { memorySamples: 10, clock: past, beatMillis: 3_600_000 })
  const { writer, spool } = await start()
  journal.fault = away
  for (const value of range(1, 600)) {
    now += 6_000_000
    writer.add([{ ...reading(value), sample: { ...reading(value).sample, sourceTimestamp: now } }], report())
    if (value === 300) writer.add([reading('poison', 2)], report())
    await writer.accepted()
  }
  await until(() => writer.state.databaseAway, 'the writer noticed')
  journal.fault = () => undefined
  await until(() => journal.values().length >= 599 && journal.refusals.length === 1, 'all is drained')
  await writer.stop(5000)
  await spool[Symbol.asyncDispose]()
  assert.deepEqual(
    journal.values(),
    range(1, 600).filter((value) => value !== 300),
    'what came with it was put aside with it',
  )
  assert.ok(journal.replays > 0)
  assert.ok(journal.seq >= 600, 'each six seconds are a delivery of their own')
  assert.equal(journal.latest.get(1)?.value, 600)
})

test('a commit whose answer got lost is not repeated, and a refused one is', async (t) => {
  const { journal, start } = await rig(t)
  const { writer, spool } = await start()
  let calls = 0
  journal.fault = (committed) => {
    calls += 1
    if (calls === 9 || calls === 30 || (committed && calls > 40 && calls < 44)) away()
  }
  for (const value of range(1, 100)) {
    writer.add([reading(value)], report())
    await writer.accepted()
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await until(() => journal.values().length >= 100, 'all is committed')
  await writer.stop(5000)
  await spool[Symbol.asyncDispose]()
  assert.deepEqual(journal.values(), range(1, 100))
})

test('killed while the database is away: the next process goes on where the database stands', async (t) => {
  const { journal, start } = await rig(t)
  const first = await start()
  first.writer.add([reading(1)], report())
  await until(() => journal.values().length === 1, 'the first is committed')
  journal.fault = away
  for (const value of range(2, 60)) first.writer.add([reading(value)], report())
  await first.writer.accepted()
  // the process is gone: nothing of its memory survives
  await first.writer.stop(0)
  await first.spool[Symbol.asyncDispose]()

  journal.fault = () => undefined
  const second = await start()
  second.writer.add([reading(61)], report())
  await until(() => journal.values().length === 61, 'the spool is drained')
  assert.deepEqual(journal.values(), range(1, 61))
  await second.writer.stop(1000)
  await second.spool[Symbol.asyncDispose]()
})

test('a database that lost its last moments gets them again from the spool', async (t) => {
  const { journal, start } = await rig(t)
  const { writer, spool } = await start()
  for (const value of range(1, 50)) {
    writer.add([reading(value)], report())
    await writer.accepted()
  }
  await until(() => journal.values().length === 50, 'all is committed')
  // power cut with asynchronous commits: the last deliveries are gone, and the server restarts
  journal.flushes.length = Math.floor(journal.flushes.length / 2)
  const last = journal.flushes.at(-1)
  journal.seq = last?.delivery.seq ?? 0
  journal.spoolRecord = last?.spoolRecord ?? 0
  writer.add([reading(51)], report())
  await until(() => journal.values().length === 51, 'the lost ones are back')
  assert.deepEqual(journal.values(), range(1, 51))
  await writer.stop(1000)
  await spool[Symbol.asyncDispose]()
})

test('a record that the database refuses is put aside and blocks nothing', async (t) => {
  const { journal, start } = await rig(t)
  const { writer, spool } = await start()
  writer.add([reading(1)], report())
  await writer.accepted()
  writer.add([reading('poison'), reading(2)], report())
  await writer.accepted()
  writer.add([reading(3)], report())
  await until(() => journal.values().includes(3), 'the next is committed')
  assert.deepEqual(journal.values(), [1, 3])
  assert.equal(journal.refusals.length, 1)
  await writer.stop(1000)
  await spool[Symbol.asyncDispose]()
})

test('a disk that refuses does not stop the database, and neither loses what the other takes later', async (t) => {
  let broken = false
  const openFile = async (path: string) => {
    const { open } = await import('node:fs/promises')
    if (broken) throw new Error('ENOSPC: no space left on device')
    return await open(path, 'wx')
  }
  const { journal, start } = await rig(t, { spoolOptions: { openFile, segmentBytes: 1 } })
  const { writer, spool } = await start()
  broken = true
  for (const value of range(1, 20)) {
    writer.add([reading(value)], report())
    await writer.accepted()
  }
  assert.deepEqual(journal.values(), range(1, 20))
  journal.fault = away
  for (const value of range(21, 40)) writer.add([reading(value)], report())
  broken = false
  await writer.accepted()
  journal.fault = () => undefined
  await until(() => journal.values().length === 40, 'all is committed')
  assert.deepEqual(journal.values(), range(1, 40))
  await writer.stop(1000)
  await spool[Symbol.asyncDispose]()
})

test('when neither disk nor database takes it, memory is bounded and the loss is told', async (t) => {
  const openFile = async () => await Promise.reject(new Error('ENOSPC: no space left on device'))
  const { journal, start } = await rig(t, { memorySamples: 30, spoolOptions: { openFile } })
  const { writer, spool } = await start()
  journal.fault = away
  for (const value of range(1, 100)) {
    writer.add([reading(value)], report())
    if (value % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 8))
  }
  await until(() => writer.state.databaseAway, 'the writer noticed')
  journal.fault = () => undefined
  await until(() => journal.values().includes(100), 'the newest is committed')
  await until(() => journal.gaps.length > 0, 'the gap is told')
  const values = journal.values()
  assert.ok(values.length >= 20 && values.length <= 60, `${values.length} survived`)
  assert.deepEqual(values, range(101 - values.length, 100))
  await writer.stop(1000)
  await spool[Symbol.asyncDispose]()
})

test('what the spool had to drop but memory still holds is neither lost nor told as lost; what memory drops then is', async (t) => {
  for (const memorySamples of [100_000, 1000]) {
    const { journal, start } = await rig(t, { memorySamples, spoolOptions: { maxBytes: 30_000, segmentBytes: 5000 } })
    journal.fault = away
    const { writer, spool } = await start()
    for (const value of range(1, 4000)) {
      writer.add([reading(value)], report())
      if (value % 20 !== 0) continue
      // polled: it does not wait for room, but here for its turn on the disk
      const before = spool.lastNumber
      await until(() => spool.lastNumber > before, 'a record on the disk')
    }
    await until(() => writer.state.databaseAway, 'the writer noticed')
    journal.fault = () => undefined
    await until(() => journal.values().includes(4000), 'the newest is committed')
    await writer.stop(5000)
    await spool[Symbol.asyncDispose]()
    const values = journal.values()
    if (memorySamples === 100_000) assert.deepEqual([values, journal.gaps], [range(1, 4000), []])
    else {
      assert.deepEqual(values, range(4001 - values.length, 4000))
      assert.ok(values.length < 4000 && journal.gaps.length > 0)
    }
  }
})

test('back-pressure: a full spool lets nobody who acknowledges go on, and lets them on when the database is back', async (t) => {
  const { journal, start } = await rig(t, { spoolOptions: { maxBytes: 100_000, segmentBytes: 10_000, keepCommittedMillis: 0 } })
  journal.fault = away
  const { writer, spool } = await start()
  let accepted = 0
  const source = (async () => {
    for (let value = 1; value <= 6000; value += 20) {
      for (let item = value; item < value + 20; item += 1) writer.add([reading(item)], report())
      await writer.accepted()
      accepted = value + 19
    }
  })()
  await until(() => spool.full, 'the spool is full')
  const before = accepted
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.ok(accepted <= before + 20, 'nothing more is accepted')
  assert.ok(accepted < 6000)
  assert.equal(writer.state.backPressure, true)
  journal.fault = () => undefined
  await source
  await writer.stop(5000)
  await spool[Symbol.asyncDispose]()
  assert.deepEqual(journal.gaps, [], 'nothing was dropped')
  assert.deepEqual(journal.values(), range(1, 6000))
})
