import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Micros } from '#base/time.ts'
import { GOOD, QualityReason, QualitySeverity, packQuality, type Sample } from '#domain/sample.ts'
import { SourceJournal } from '#store/journal.ts'
import { readLatest } from '#store/latest.ts'
import { listTags } from '#store/tags.ts'
import { testDatabase } from '../support/database.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

const MINUTE = 60_000_000
const LOST = packQuality(QualitySeverity.Bad, QualityReason.CommunicationFailure)

test('the current value over a lost device, whatever its clock says, from the journal and from the checkpoint', async () => {
  await using t = await testDatabase()
  const [slow = 0, fast = 0, wrong = 0] = await insertPlainTags(t.db, ['slow', 'fast', 'wrong'])
  const tags = await listTags(t.db, 'all')
  const [clock] = await t.db.query<{ now: Micros }>('select now() as now')
  const now = clock?.now ?? 0
  const { journal } = await SourceJournal.open(t.db, 'iec104')
  const sampleOf = (tagId: number, sourceTimestamp: Micros, value: number | null): Sample => ({
    tagId,
    sourceTimestamp,
    value,
    quality: value === null ? LOST : GOOD,
    statusCode: null,
  })
  const steps: readonly (readonly [readonly Sample[], readonly (number | null)[]])[] = [
    [
      [sampleOf(slow, now - 10 * MINUTE, 1), sampleOf(fast, now + MINUTE / 2, 2), sampleOf(wrong, now + 600 * MINUTE, 3)],
      [1, 2, 3],
    ],
    [
      [sampleOf(slow, now, null), sampleOf(fast, now, null)],
      [null, null, 3],
    ],
    [
      [sampleOf(slow, now - 9 * MINUTE, 4), sampleOf(fast, now + MINUTE, 5), sampleOf(wrong, now, 6)],
      [4, 5, 6],
    ],
    [[sampleOf(slow, now - 10 * MINUTE, 7)], [4, 5, 6]],
  ]
  for (const [index, [readings, expected]] of steps.entries()) {
    const seq = index + 1
    const delivery = { seq, receivedAt: now + seq, readings, devices: [] }
    await journal.append({ delivery, store: readings, spoolRecord: seq })
    const current = async (): Promise<unknown> => {
      const { latest } = await readLatest(t.db, 'all', tags)
      return [slow, fast, wrong].map((tagId) => latest.get(tagId)?.value)
    }
    assert.deepEqual(await current(), expected, `journal, step ${seq}`)
    await journal.checkpoint(seq, readings)
    assert.deepEqual(await current(), expected, `checkpoint, step ${seq}`)
  }
})
