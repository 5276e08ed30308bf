import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ParkedMessages } from './parked-messages.ts'

const message = (topic: string) => ({ topic, payload: Buffer.from([0, 255, 10]), qos: 1, retained: false, at: 1_700_000_000_000_000 })

test('parked messages outlive the process, torn lines do not; what is safe elsewhere is forgotten, what is not stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-parked-'))
  const file = join(folder, 'deep/parked.jsonl')
  try {
    const first = new ParkedMessages(file)
    first.park(message('a'))
    first.park(message('b'))
    await first.accepted(Promise.resolve())
    appendFileSync(file, '{"topic":"torn","payl')

    const second = new ParkedMessages(file)
    assert.equal(second.size, 2)
    const taken: unknown[] = []
    second.handOut((one) => one.topic === 'a' && taken.push(one) > 0)
    assert.deepEqual(taken, [message('a')])
    await assert.rejects(second.accepted(Promise.reject(new Error('the disk is full'))))
    assert.equal(new ParkedMessages(file).size, 2, 'not yet safe')
    await second.accepted(Promise.resolve())
    assert.equal(new ParkedMessages(file).size, 1)
    second.drop()
    await second.accepted(Promise.resolve())
    assert.equal(existsSync(file), false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
