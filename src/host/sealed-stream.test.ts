import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { BackupRefused } from '#base/errors.ts'
import { sealStream, unsealStream } from './sealed-stream.ts'

const ABOUT = { site: 'Riverside Water' }
const PIECE = 1 << 20

async function through(stream: ReturnType<typeof sealStream>, bytes: Buffer, step = bytes.length): Promise<Buffer> {
  const out: Buffer[] = []
  const pieces = function* (): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
  }
  await pipeline(Readable.from(pieces(), { objectMode: false }), stream, async (from) => {
    for await (const chunk of from) out.push(chunk as Buffer)
  })
  return Buffer.concat(out)
}

const seal = async (plain: Buffer, key: string | null): Promise<Buffer> => await through(sealStream(ABOUT, key), plain)

test('what was sealed comes back, however it was cut', async () => {
  const plain = randomBytes(2 * PIECE + 12_345)
  for (const key of [null, 'correct horse battery']) {
    const sealed = await seal(plain, key)
    assert.equal(sealed.includes(plain.subarray(0, 64)), key === null, 'in clear only without a key')
    for (const step of [sealed.length, 65_536, 997]) assert.ok((await through(unsealStream(key), sealed, step)).equals(plain))
  }
  for (const size of [0, 1, PIECE - 1, PIECE, PIECE + 1]) {
    const some = randomBytes(size)
    assert.ok((await through(unsealStream(null), await seal(some, null))).equals(some), `${size}`)
  }
})

test('a file cut anywhere, or with a bit turned anywhere, is refused', async () => {
  const plain = randomBytes(2 * PIECE + 500)
  const sealed = await seal(plain, null)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: sealed.length - 1 }), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
      const cut = through(unsealStream(null), sealed.subarray(0, at), 1 << 16)
      await assert.rejects(cut, BackupRefused)
      const turned = Buffer.from(sealed)
      turned[at] = (turned[at] ?? 0) ^ (1 << bit)
      await assert.rejects(through(unsealStream(null), turned, 1 << 16), BackupRefused)
    }),
    { numRuns: 60 },
  )
  await assert.rejects(through(unsealStream(null), Buffer.concat([sealed, Buffer.of(0)])), /follows its end/)
})

test('an encrypted one opens with its key alone; pieces cannot be moved, left out or taken from another file', async () => {
  const plain = Buffer.concat([Buffer.alloc(PIECE, 1), Buffer.alloc(PIECE, 2), Buffer.alloc(10, 3)])
  const sealed = await seal(plain, 'key')
  await assert.rejects(through(unsealStream('kez'), sealed), /does not open with this key/)
  await assert.rejects(through(unsealStream(null), sealed), /is encrypted/)
  const piece = 5 + PIECE + 16
  const begin = sealed.length - 2 * piece - (5 + 10 + 16)
  const [head, first, second, last] = [
    sealed.subarray(0, begin),
    sealed.subarray(begin, begin + piece),
    sealed.subarray(begin + piece, begin + 2 * piece),
    sealed.subarray(begin + 2 * piece),
  ]
  for (const parts of [
    [head, second, first, last],
    [head, first, last],
    [head, last],
    [head, first, first, last],
  ]) {
    await assert.rejects(through(unsealStream('key'), Buffer.concat(parts)), BackupRefused)
  }
  const other = await seal(plain, 'key')
  await assert.rejects(through(unsealStream('key'), Buffer.concat([other.subarray(0, begin), first, second, last])), BackupRefused)
})

test('other files are told from a damaged one', async () => {
  await assert.rejects(through(unsealStream(null), Buffer.from('PK\u0003\u0004 a zip file')), /no backup of SyncTide/)
  await assert.rejects(through(unsealStream(null), Buffer.alloc(0)), BackupRefused)
})
