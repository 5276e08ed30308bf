import assert from 'node:assert/strict'
import { appendFileSync, copyFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { QualityFlag, hasFlag } from '#domain/sample.ts'
import { type CsvFolder, csvFolder, csvPlan } from '../../../test/support/csv-folder.ts'
import { type RecordedContext, recordedContext } from '../../../test/support/session-context.ts'
import { createDriver } from './driver.ts'

const connect = async (place: CsvFolder, context: RecordedContext, columns: Parameters<typeof csvPlan>[1], connection = {}) =>
  await createDriver(() => place.roots).connect(csvPlan(connection, columns), context)

const stamp = (minute: number): string => `2026-01-05T10:${String(minute).padStart(2, '0')}:00Z`

test('a file becomes values with its own times; the newest of each tag is the current value, the others are history', async () => {
  using place = csvFolder()
  writeFileSync(join(place.folder, 'a.csv'), `Time,Flow,Level\n${stamp(0)},1.5,10\n${stamp(1)},2.5,\n${stamp(2)},3.5,30\n`)
  const context = recordedContext()
  await using _ = await connect(place, context, ['Flow', 'level'])
  await context.until(() => context.emitted.length === 5, 'five values')
  assert.deepEqual(
    context.emitted.map(({ tagId, value, quality }) => [tagId, value, hasFlag(quality, QualityFlag.Historical)]),
    [
      [1, 1.5, true],
      [2, 10, true],
      [1, 2.5, true],
      [1, 3.5, false],
      [2, 30, false],
    ],
  )
  assert.equal(context.emitted[0]?.sourceTimestamp, Date.parse(stamp(0)) * 1000)
})

test('appended, renamed, copied and started again: every row once', async () => {
  using place = csvFolder()
  const learned = new Map<string, unknown>()
  const path = join(place.folder, 'log.csv')
  const values: unknown[] = []
  const session = async (step: (context: RecordedContext) => Promise<void> | void, until: number): Promise<void> => {
    const context = recordedContext({ learned })
    await using _ = await connect(place, context, ['Flow'])
    await step(context)
    await context.until(() => values.length + context.emitted.length >= until, `${until} values`)
    values.push(...context.emitted.map(({ value }) => value))
  }
  writeFileSync(path, `Time,Flow\n${stamp(0)},0\n${stamp(1)},1\n`)
  await session(async (context) => {
    await context.until(() => context.emitted.length === 2, 'two values')
    appendFileSync(path, `${stamp(2)},2\n`)
  }, 3)
  appendFileSync(path, `${stamp(3)},3\n`)
  await session(() => undefined, 4)
  renameSync(path, join(place.folder, 'log-1.csv'))
  appendFileSync(join(place.folder, 'log-1.csv'), `${stamp(4)},4\n`)
  copyFileSync(join(place.folder, 'log-1.csv'), join(place.folder, 'copy of log.csv'))
  writeFileSync(path, `Time,Flow\n${stamp(5)},5\n`)
  await session(() => undefined, 6)
  assert.deepEqual(values, [0, 1, 2, 3, 4, 5])
})
