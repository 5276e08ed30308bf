import assert from 'node:assert/strict'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { StoreError } from '#base/errors.ts'
import { type MemoryChange, lastChanges } from '#domain/driver-memory.ts'
import { GOOD, QualityFlag } from '#domain/sample.ts'
import { systemClock as clock } from '#host/clock.ts'
import { LearnedMemory, type MemorySnapshot } from './learned-memory.ts'
import { Spool } from './spool.ts'
import type { Flush, Journal } from './journal.ts'
import { Writer } from './writer.ts'
import { replayedFlush } from '../../test/support/replayed-flush.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/** A database in memory: what it committed survives the process. */
class Store {
  readonly values: number[] = []
  readonly memory = new Map<string, MemoryChange>()
  seq = 0
  spoolRecord = 0

  commit({ delivery, store, memory, spoolRecord }: Flush, lastSeq = delivery.seq): void {
    if (delivery.seq !== this.seq + 1) throw new StoreError('conflict', 'not the next one')
    this.seq = lastSeq
    this.spoolRecord = spoolRecord
    this.values.push(...store.map((sample) => Number(sample.value)))
    for (const change of lastChanges(memory)) this.memory.set(change.key, change)
  }

  get snapshot(): MemorySnapshot {
    return { spoolRecord: this.spoolRecord, entries: [...this.memory.values()].filter((one) => one.value !== null) }
  }
}

/** How the life of one process goes; each number counts steps until it happens. */
interface Life {
  readonly items: number
  /** Items that go out in one turn. */
  readonly turn: number
  readonly dieAfterTurns: number
  readonly awayFrom: number
  readonly loseAnswerAt: number
  /** The kernel had so many more bytes than were synced when the power went. */
  readonly tornBytes: number
  /** It is stopped instead of killed. */
  readonly polite?: boolean
}

/** A source that reads items 1, 2, 3 … on from where it remembers, until it is killed. */
async function live(folder: string, store: Store, life: Life): Promise<void> {
  let dead = false
  let appends = 0
  const commit = async (flush: Flush, lastSeq?: number): Promise<void> => {
    await Promise.resolve()
    appends += 1
    if (dead || appends >= life.awayFrom) throw new StoreError('unavailable', 'away')
    store.commit(flush, lastSeq)
    if (appends === life.loseAnswerAt) throw new StoreError('unavailable', 'the answer was lost')
  }
  const journal: Journal = {
    async position() {
      await Promise.resolve()
      if (dead || appends >= life.awayFrom) throw new StoreError('unavailable', 'away')
      return { seq: store.seq, spoolRecord: store.spoolRecord }
    },
    append: async (flush) => await commit(flush),
    replay: async (replay) => await commit(replayedFlush(replay), replay.deliveries.at(-1)?.seq),
    checkpoint: async () => undefined,
    lost: async () => assert.fail('nothing may be lost'),
    refused: async () => assert.fail('nothing may be refused'),
  }
  const openFile = async (path: string) => {
    const file = await open(path, 'wx')
    return {
      write: async (bytes: Uint8Array) => {
        if (!dead) return await file.write(bytes)
        // a process that is dead writes nothing more, but part of the last write may have reached the disk
        await file.write(bytes.subarray(0, Math.min(life.tornBytes, bytes.length - 1)))
        throw new Error('killed')
      },
      datasync: async () => {
        if (dead) throw new Error('killed')
        await file.datasync()
      },
      close: async () => await file.close(),
    }
  }
  const spool = await Spool.open({ folder, clock, log: silent, maxBytes: 50_000_000, minFreeBytes: 0, openFile })
  const { seq, spoolRecord } = store
  const learned: LearnedMemory = new LearnedMemory((change) => writer.learn(change))
  await learned.recover(spool, store.snapshot)
  const writer = new Writer({ spool, journal, clock, log: silent, flushMillis: 1, beatMillis: 20, maxSamples: 3 }, { seq, spoolRecord })
  const device = learned.of(1)
  const report = { deviceId: 1, newest: null, status: 'online', consecutiveFailures: 0, successRate: 1, problem: null } as const
  for (let turns = 0; turns < life.dieAfterTurns; turns += 1) {
    const next = Number(device.recall('next') ?? 1)
    const upTo = Math.min(next + life.turn - 1, life.items)
    for (let item = next; item <= upTo; item += 1) {
      const sample = { tagId: 1, sourceTimestamp: item, value: item, quality: GOOD | QualityFlag.Historical, statusCode: null }
      writer.add([{ sample, store: true, changed: true }], report)
    }
    if (upTo >= next) device.remember('next', upTo + 1)
    if (turns % 3 === 0) await writer.accepted()
    else await new Promise((resolve) => setImmediate(resolve))
  }
  dead = life.polite !== true
  await writer.stop(dead ? 0 : 5000)
  await spool[Symbol.asyncDispose]().catch(() => undefined)
}

test('exactly once: whatever is killed, torn or away, each item is stored once and the memory agrees', async (t) => {
  const life: fc.Arbitrary<Life> = fc.record({
    items: fc.constant(60),
    turn: fc.integer({ min: 1, max: 7 }),
    dieAfterTurns: fc.integer({ min: 0, max: 8 }),
    awayFrom: fc.oneof(fc.constant(1), fc.constant(1000), fc.integer({ min: 1, max: 8 })),
    loseAnswerAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 })),
    tornBytes: fc.integer({ min: 0, max: 300 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 6 }), async (lives) => {
      const folder = await mkdtemp(join(tmpdir(), 'memory-'))
      try {
        const store = new Store()
        for (const one of lives) {
          await live(folder, store, one)
          const stored = store.values
          assert.deepEqual(
            stored,
            Array.from({ length: stored.length }, (_, index) => index + 1),
            'each once, in order',
          )
          const next = JSON.parse(store.memory.get('next')?.value ?? '1') as number
          assert.equal(next, stored.length + 1, 'the memory that is committed knows exactly what is committed')
        }
        // the last one lives until all is done
        await live(folder, store, { items: 60, turn: 7, dieAfterTurns: 10, awayFrom: 1000, loseAnswerAt: 0, tornBytes: 0, polite: true })
        assert.equal(store.values.length, 60)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }),
    { numRuns: 25, interruptAfterTimeLimit: 20_000 },
  )
  t.diagnostic('killed, torn, away')
})

test('a memory that did not change is not written again', () => {
  const changes: MemoryChange[] = []
  const memory = new LearnedMemory((change) => changes.push(change)).of(1)
  memory.remember('a', { x: 1 })
  memory.remember('a', { x: 1 })
  memory.remember('b', undefined)
  memory.remember('a', undefined)
  assert.deepEqual(
    changes.map((change) => change.value),
    ['{"x":1}', null],
  )
  assert.deepEqual(memory.recalled(''), [])
})
