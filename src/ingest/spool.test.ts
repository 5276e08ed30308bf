import assert from 'node:assert/strict'
import { appendFile, mkdtemp, open, readFile, readdir, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { DriverLog } from '#drivers/driver.ts'
import { decodeRecord, encodeFrame } from './core/spool-record.ts'
import { Spool } from './spool.ts'
import type { SegmentFile } from './segment-files.ts'
import type { SpoolOptions } from './spool.ts'

const silent: DriverLog = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const START = 1_795_000_000_000_000

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spool-'))
  t.after(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

function options(folder: string, more: Partial<SpoolOptions> = {}): SpoolOptions {
  const clock = { now: () => START, mono: () => 0 }
  return { folder, clock, log: silent, maxBytes: 100_000_000, minFreeBytes: 0, segmentBytes: 2000, keepCommittedMillis: 0, ...more }
}

function frame(number: number) {
  const sample = { tagId: 1, sourceTimestamp: START + number, value: number, quality: 0, statusCode: null }
  return {
    number,
    bytes: encodeFrame(number, {
      receivedAt: START + number,
      readings: [{ sample, store: true, changed: true }],
      reports: [],
      memory: [],
      gaps: [],
    }),
  }
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

async function numbers(spool: Spool, after = 0, upTo = Number.MAX_SAFE_INTEGER, maxBytes = 500): Promise<number[]> {
  const found: number[] = []
  for (let last = after; ;) {
    const frames = await spool.read(last, upTo, maxBytes)
    if (frames.length === 0) return found
    for (const { number, payload } of frames) {
      assert.equal(decodeRecord(payload)?.readings[0]?.sample.value, number)
      found.push(number)
      last = number
    }
  }
}

test('records come back in order over many segments, from any number on, also in a new process', async (t) => {
  const folder = await folderOf(t)
  const spool = await Spool.open(options(folder))
  for (const number of range(1, 200)) await spool.append([frame(number)])
  assert.ok((await readdir(folder)).length > 3)
  assert.deepEqual(await numbers(spool), range(1, 200))
  assert.deepEqual(await numbers(spool, 57, 120), range(58, 120))
  await spool[Symbol.asyncDispose]()

  await using again = await Spool.open(options(folder))
  assert.equal(again.lastNumber, 200)
  await again.append([frame(201), frame(202)])
  assert.deepEqual(await numbers(again, 150), range(151, 202))
})

test('reading keeps up with appending', async (t) => {
  await using spool = await Spool.open(options(await folderOf(t)))
  const found: number[] = []
  for (const number of range(1, 60)) {
    await spool.append([frame(number)])
    if (number % 7 === 0) found.push(...(await numbers(spool, found.at(-1) ?? 0)))
  }
  assert.deepEqual(found, range(1, 56))
})

test('a torn tail of any length is cut, all records before it stay', async (t) => {
  const folder = await folderOf(t)
  await using first = await Spool.open(options(folder, { segmentBytes: 100_000 }))
  for (const number of range(1, 20)) await first.append([frame(number)])
  const [name] = await readdir(folder)
  const path = join(folder, name ?? '')
  const whole = await readFile(path)
  const length = frame(20).bytes.length
  for (const cut of [1, 7, length - 1]) {
    await truncate(path, whole.length - cut)
    const spool = await Spool.open(options(folder))
    assert.equal(spool.lastNumber, 19)
    assert.deepEqual(await numbers(spool), range(1, 19))
    await spool[Symbol.asyncDispose]()
    await appendFile(path, whole.subarray(whole.length - length))
  }
  await appendFile(path, Buffer.alloc(300, 0xff))
  const spool = await Spool.open(options(folder))
  assert.equal(spool.lastNumber, 20)
  await spool.append([frame(21)])
  assert.deepEqual(await numbers(spool), range(1, 21))
  await spool[Symbol.asyncDispose]()
})

test('a process that died before its first record leaves nothing behind', async (t) => {
  const folder = await folderOf(t)
  const spool = await Spool.open(options(folder))
  await spool.append([frame(5)])
  await spool[Symbol.asyncDispose]()
  const [name] = await readdir(folder)
  await truncate(join(folder, name ?? ''), 30)
  await using again = await Spool.open(options(folder))
  assert.equal(again.lastNumber, 4)
  await again.append([frame(5)])
  assert.deepEqual(await numbers(again), [5])
})

test('committed segments go, the others stay', async (t) => {
  const folder = await folderOf(t)
  await using spool = await Spool.open(options(folder))
  for (const number of range(1, 200)) await spool.append([frame(number)])
  await spool.committed(120)
  const left = await numbers(spool)
  assert.ok((left[0] ?? 0) > 60 && (left[0] ?? 0) <= 121, `begins at ${left[0]}`)
  assert.equal(left.at(-1), 200)
  assert.deepEqual(spool.takeGaps(), [])
})

test('committed segments are kept for the margin', async (t) => {
  await using spool = await Spool.open(options(await folderOf(t), { keepCommittedMillis: 60_000 }))
  for (const number of range(1, 100)) await spool.append([frame(number)])
  await spool.committed(100)
  assert.equal((await numbers(spool)).length, 100)
})

test('a full spool drops the oldest and says what is missing', async (t) => {
  await using spool = await Spool.open(options(await folderOf(t), { maxBytes: 10_000 }))
  await spool.append([frame(1)])
  await spool.committed(10)
  for (const number of range(2, 400)) await spool.append([frame(number)])
  assert.ok(spool.bytes <= 10_000)
  const left = await numbers(spool)
  assert.equal(left.at(-1), 400)
  const gaps = spool.takeGaps()
  assert.equal(gaps[0]?.fromRecord, 11)
  assert.equal(gaps.at(-1)?.toRecord, (left[0] ?? 0) - 1)
  const lost = gaps.flatMap((gap) => range(gap.fromRecord, gap.toRecord))
  assert.deepEqual([...lost, ...left], range(11, 400))
  assert.deepEqual(spool.takeGaps(), [])
})

test('a disk that others filled: committed records go, the rest does not grow', async (t) => {
  await using spool = await Spool.open(options(await folderOf(t), { minFreeBytes: Number.MAX_SAFE_INTEGER }))
  for (const number of range(1, 300)) await spool.append([frame(number)])
  assert.ok(spool.bytes < 10_000)
  assert.equal((await numbers(spool)).at(-1), 300)
})

for (const what of ['write', 'datasync'] as const) {
  test(`every ${what} may fail: a record is complete or absent, and the file is never used again`, async (t) => {
    for (const failing of range(1, 12)) {
      const folder = await folderOf(t)
      let calls = 0
      const broken = new Set<SegmentFile>()
      const openFile = async (path: string): Promise<SegmentFile> => {
        const handle = await open(path, 'wx')
        const attempt = async (call: 'write' | 'datasync', act: () => Promise<void>): Promise<void> => {
          assert.ok(!broken.has(file), 'a broken file was used again')
          if (call === what && ++calls === failing) {
            broken.add(file)
            // half of it may have reached the disk all the same
            await act()
            throw new Error('EIO: i/o error')
          }
          await act()
        }
        const file: SegmentFile = {
          write: async (bytes) => {
            await attempt('write', async () => void (await handle.write(bytes.subarray(0, Math.ceil(bytes.length / 2)))))
            await attempt('write', async () => void (await handle.write(bytes.subarray(Math.ceil(bytes.length / 2)))))
            return { bytesWritten: bytes.length }
          },
          datasync: async () => await attempt('datasync', async () => await handle.datasync()),
          close: async () => await handle.close(),
        }
        return file
      }
      await using spool = await Spool.open(options(folder, { openFile, segmentBytes: 400 }))
      let failures = 0
      for (const number of range(1, 30)) {
        await spool.append([frame(number)]).catch(async () => {
          failures += 1
          await spool.append([frame(number)])
        })
      }
      assert.equal(failures, 1)
      assert.deepEqual(await numbers(spool), range(1, 30))
      await using again = await Spool.open(options(folder))
      assert.deepEqual(await numbers(again), range(1, 30))
    }
  })
}

test('damage in the middle costs the rest of that segment, not what follows', async (t) => {
  const folder = await folderOf(t)
  await using spool = await Spool.open(options(folder))
  for (const number of range(1, 200)) await spool.append([frame(number)])
  const [, second] = (await readdir(folder)).toSorted()
  const handle = await open(join(folder, second ?? ''), 'r+')
  await handle.write(Buffer.alloc(8, 0xaa), 0, 8, 1000)
  await handle.close()
  const left = await numbers(spool)
  assert.equal(left[0], 1)
  assert.equal(left.at(-1), 200)
  assert.ok(left.length > 150 && left.length < 200)
})
