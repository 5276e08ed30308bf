import assert from 'node:assert/strict'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { QualityFlag, QualitySeverity, hasFlag, severityOf } from '#domain/sample.ts'
import { type CsvFolder, csvFolder, csvPlan } from '../../../test/support/csv-folder.ts'
import { until } from '../../../test/support/installation.ts'
import { type RecordedContext, recordedContext } from '../../../test/support/session-context.ts'
import type { Session } from '../driver.ts'
import { describeMemory } from './describe-memory.ts'
import { createDriver } from './driver.ts'

const connect = async (
  place: CsvFolder,
  context: RecordedContext,
  columns: Parameters<typeof csvPlan>[1],
  connection: Readonly<Record<string, unknown>> = {},
): Promise<Session> => await createDriver(() => place.roots).connect(csvPlan(connection, columns), context)

const stamp = (minute: number): string => `2026-01-05T10:${String(minute).padStart(2, '0')}:00Z`
const rows = (count: number, from = 0): string => Array.from({ length: count }, (_, i) => `${stamp(from + i)},${from + i}\n`).join('')
const valuesOf = (context: RecordedContext): unknown[] => context.emitted.map(({ value }) => value)

// each waits for looks at its own folder: they wait together
void suite('a watched folder', { concurrency: true }, () => {
  void test('a file becomes values with its own times; the newest of each tag is the current value, the others are history', async () => {
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

  void test('rows of the last hour are judged one by one; what is older than the current value never becomes it', async () => {
    using place = csvFolder()
    const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
    writeFileSync(join(place.folder, 'a.csv'), `Time,Flow\n${ago(90)},1\n${ago(30)},2\n${ago(20)},3\n`)
    const context = recordedContext()
    await using _ = await connect(place, context, ['Flow'])
    await context.until(() => context.emitted.length === 3, 'three values')
    writeFileSync(join(place.folder, 'b.csv'), `Time,Flow\n${ago(40)},4\n${ago(10)},5\n${ago(15)},6\n`)
    await context.until(() => context.emitted.length === 6, 'six values')
    const live = context.emitted.filter(({ quality }) => !hasFlag(quality, QualityFlag.Historical))
    assert.deepEqual(
      live.map(({ value }) => value),
      [2, 3, 5],
    )
  })

  void test('appended, renamed, copied and started again: every row once', async () => {
    using place = csvFolder()
    const learned = new Map<string, unknown>()
    const path = join(place.folder, 'log.csv')
    const values: unknown[] = []
    const session = async (step: (context: RecordedContext) => Promise<void> | void, until: number): Promise<void> => {
      const context = recordedContext({ learned })
      await using _ = await connect(place, context, ['Flow'])
      await step(context)
      await context.until(() => values.length + context.emitted.length >= until, `${until} values`)
      values.push(...valuesOf(context))
    }
    writeFileSync(path, `Time,Flow\n${rows(2)}`)
    await session(async (context) => {
      await context.until(() => context.emitted.length === 2, 'two values')
      appendFileSync(path, rows(1, 2))
    }, 3)
    appendFileSync(path, rows(1, 3))
    await session(() => undefined, 4)
    renameSync(path, join(place.folder, 'log-1.csv'))
    appendFileSync(join(place.folder, 'log-1.csv'), rows(1, 4))
    copyFileSync(join(place.folder, 'log-1.csv'), join(place.folder, 'copy of log.csv'))
    writeFileSync(path, `Time,Flow\n${rows(1, 5)}`)
    await session(() => undefined, 6)
    assert.deepEqual(values, [0, 1, 2, 3, 4, 5])
  })

  void test('a tag that comes later is given what was read before, once, however often it is interrupted', async () => {
    using place = csvFolder()
    const count = 20_000
    const at = (i: number): string => new Date(Date.UTC(2026, 0, 5) + i * 1000).toISOString()
    const lines = Array.from({ length: count }, (_, i) => `${at(i)},${i},${-i}`)
    writeFileSync(join(place.folder, 'a.csv'), `Time,Flow,Level\n${lines.join('\n')}`)
    const learned = new Map<string, unknown>()
    const got = new Map<number, unknown[]>([
      [1, []],
      [2, []],
    ])
    const session = async (columns: readonly string[], stopAfter: number, enough: () => boolean): Promise<void> => {
      const stop = new AbortController()
      const context = recordedContext({ learned, signal: stop.signal })
      let blocks = 0
      const accepted = async (): Promise<void> => {
        if (++blocks >= stopAfter) stop.abort()
        await Promise.resolve()
      }
      const emit: RecordedContext['emit'] = (samples) => {
        for (const { tagId, value } of samples) got.get(tagId)?.push(value)
        context.emit(samples)
      }
      const plan = csvPlan({}, columns)
      await using _ = await createDriver(() => place.roots).connect(plan, { ...context, emit, accepted })
      await until(`${columns.join()} until ${stopAfter}`, () => (stop.signal.aborted || enough() ? true : undefined))
    }
    const have = (tagId: number): number => got.get(tagId)?.length ?? 0
    await session(['Flow'], 2, () => false)
    assert.ok(have(1) > 0 && have(1) < count)
    await session(['Flow'], 1000, () => have(1) >= count)
    await session(['Flow', 'Level'], 2, () => false)
    assert.ok(have(2) > 0 && have(2) < count)
    await session(['Flow', 'Level'], 1000, () => have(2) >= count)
    writeFileSync(join(place.folder, 'b.csv'), `Time,Flow,Level\n${at(count)},1,1\n`)
    await session(['Flow', 'Level'], 1000, () => have(2) > count)
    assert.deepEqual(got.get(1), [...lines.keys(), 1])
    assert.deepEqual(got.get(2), [...[...lines.keys()].map((i) => 0 - i), 1])
  })

  void test('lines without end are refused or set aside with their place, read once, and hold up nothing else', async () => {
    using place = csvFolder()
    const endless = 'x'.repeat(3_000_000)
    const files = { 'a.csv': endless, 'b.csv': `Time,Flow\n${endless}`, 'c.csv': `Time,Flow\n${rows(20)}${endless}\n${rows(1, 20)}` }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place.folder, name), text)
    const context = recordedContext()
    await using _ = await connect(place, context, ['Flow'])
    await context.until(() => context.counts.get('files_refused') === 2 && context.counts.get('rows_rejected') === 1, 'all three')
    assert.deepEqual(valuesOf(context), [...Array.from({ length: 21 }).keys()])
    const problemOf = (name: string): unknown => (context.learned.get(`seen/${name}`) as { problem: unknown }).problem
    for (const [name, line] of Object.entries({ 'a.csv': 1, 'b.csv': 2 }))
      assert.match(String(problemOf(name)), new RegExp(`line ${line} does not end there.*check`))
    assert.match(readFileSync(join(place.folder, 'rejected', 'c.csv.bad.csv'), 'utf8').slice(0, 200), /22.*longer than 1048576 characters/)
    const before = context.counts.get('bytes_received')
    writeFileSync(join(place.folder, 'd.csv'), `Time,Flow\n${rows(1, 21)}`)
    await context.until(() => context.emitted.length === 22, 'the next file')
    assert.equal(context.counts.get('files_refused'), 2, 'not read again')
    assert.ok((context.counts.get('bytes_received') ?? 0) - (before ?? 0) < 100)
    const shown = await createDriver(() => place.roots).actions?.['preview']?.run(csvPlan({}, []), { file: 'b.csv' }, recordedContext())
    assert.match(String((shown as { problem: string }).problem), /line 2 does not end there/)
  })

  void test('a last line without its end is read once the file is quiet, and again only when it turns out to go on', async () => {
    using place = csvFolder()
    const path = join(place.folder, 'log.csv')
    writeFileSync(path, `Time,Flow\n${rows(1)}${stamp(1)},12.5`)
    const context = recordedContext()
    await using _ = await connect(place, context, ['Flow'])
    await context.until(() => context.emitted.length === 2, 'both rows')
    appendFileSync(path, `\n${stamp(2)},3`)
    await context.until(() => context.emitted.length === 3, 'the next row')
    assert.deepEqual(valuesOf(context), [0, 12.5, 3])
    appendFileSync(path, `7.5\n`)
    await context.until(() => context.emitted.length === 4, 'the completed row')
    assert.deepEqual(valuesOf(context), [0, 12.5, 3, 37.5])
  })

  void test('malformed rows are set aside with line and reason, once, and the others are kept', async () => {
    using place = csvFolder()
    const bad = `${stamp(1)},abc\nyesterday,2\n${stamp(3)}\n`
    writeFileSync(join(place.folder, 'a.csv'), `Time,Flow\n${rows(1)}${bad}${rows(20, 4)}`)
    const context = recordedContext()
    await using _ = await connect(place, context, ['Flow'])
    await context.until(() => context.emitted.length === 22, 'the values')
    assert.equal(severityOf(context.emitted[1]?.quality ?? 0), QualitySeverity.Bad)
    await context.until(() => context.counts.get('rows_rejected') === 3, 'the count')
    assert.equal(
      readFileSync(join(place.folder, 'rejected', 'a.csv.bad.csv'), 'utf8'),
      [
        '\uFEFFline,reason,row',
        `3,"Flow: ""abc"" is no number","${stamp(1)},abc"`,
        '4,"""yesterday"" is no time written year-month-day","yesterday,2"',
        `5,"1 fields instead of 2","${stamp(3)}"`,
        '',
      ].join('\r\n'),
    )
    const { 'Last read': _read, ...told } = describeMemory(context)
    assert.deepEqual(told, { 'Files known by their content': 1, 'Rows read': 24, 'Malformed rows set aside': 3 })
  })

  void test('a file with too many malformed rows is refused as a whole, told, and tried again when it changed', async () => {
    using place = csvFolder()
    const path = join(place.folder, 'a.csv')
    writeFileSync(path, `Time,Flow\n${rows(3)}${stamp(3)},x\n`)
    const context = recordedContext()
    await using _ = await connect(place, context, ['Flow'])
    await context.until(() => context.absences.length === 1, 'the problem')
    assert.match(context.absences[0] ?? '', /a\.csv: 1 of 4 rows cannot be read, more than the 20 % allowed; the first is line 5/)
    assert.equal(context.emitted.length, 0)
    writeFileSync(path, `Time,Flow\n${rows(4)}`)
    await context.until(() => context.absences.at(-1) === null, 'the recovery')
    assert.deepEqual(valuesOf(context), [0, 1, 2, 3])
  })

  void test('day or month first is asked, not guessed; another file may prove it', async () => {
    using place = csvFolder()
    writeFileSync(join(place.folder, 'a.csv'), 'Time;Flow\n01/02/2026 10:00;1,5\n02/02/2026 10:00;2,5\n')
    const context = recordedContext()
    await using _ = await connect(place, context, ['Flow'])
    await context.until(() => context.absences.length === 1, 'the question')
    assert.match(context.absences[0] ?? '', /day first or month first.*Set the date format/)
    writeFileSync(join(place.folder, 'b.csv'), 'Time;Flow\n03/02/2026 10:00;3,5\n13/02/2026 10:00;4,5\n')
    await context.until(() => context.emitted.length === 4, 'both files')
    assert.deepEqual(valuesOf(context), [3.5, 4.5, 1.5, 2.5])
    assert.equal(context.emitted[2]?.sourceTimestamp, Date.UTC(2026, 1, 1, 10) * 1000)
    await context.until(() => context.absences.at(-1) === null, 'the recovery')
  })

  void test('encodings: windows-1252, UTF-16 both ways, byte order marks', async () => {
    using place = csvFolder()
    const text = (minute: number): string => `Time;Nível\r\n${stamp(minute)};1,5\r\n`
    const utf16 = (minute: number): Buffer => Buffer.from(`\uFEFF${text(minute)}`, 'utf16le')
    writeFileSync(join(place.folder, 'a.csv'), Buffer.from(text(0), 'latin1'))
    writeFileSync(join(place.folder, 'b.csv'), utf16(1))
    writeFileSync(join(place.folder, 'c.csv'), utf16(2).swap16())
    writeFileSync(join(place.folder, 'd.csv'), `\uFEFF${text(3)}`)
    const context = recordedContext()
    await using _ = await connect(place, context, ['Nível'])
    await context.until(() => context.emitted.length === 4, 'four values')
    appendFileSync(join(place.folder, 'b.csv'), Buffer.from(`${stamp(4)};2,5\r\n`, 'utf16le'))
    await context.until(() => context.emitted.length === 5, 'the appended value')
    assert.equal(context.absences.length, 0)
  })

  void test('a long file: unknown tags are passed over, quality counts', async () => {
    using place = csvFolder()
    writeFileSync(
      join(place.folder, 'a.csv'),
      `time,tag,value,quality\n${stamp(0)},Flow,1.5,Good\n${stamp(0)},Pump,on,Good\n${stamp(0)},Other,9,Good\n${stamp(1)},flow,2.5,Bad\n${stamp(1)},State,Idle,192\n`,
    )
    const context = recordedContext()
    await using _ = await connect(place, context, ['Flow', ['Pump', 'digital'], ['State', 'text']])
    await context.until(() => context.emitted.length === 4, 'four values')
    assert.deepEqual(
      context.emitted.map(({ tagId, value, quality }) => [tagId, value, severityOf(quality)]),
      [
        [1, 1.5, 0],
        [2, true, 0],
        [1, 2.5, 2],
        [3, 'Idle', 0],
      ],
    )
  })

  void test('what is being written, hidden or a link is left alone', async () => {
    using place = csvFolder()
    const secret = join(place.roots.rawData, '..', 'secret.csv')
    writeFileSync(secret, `Time,Flow\n${rows(1, 50)}`)
    symlinkSync(secret, join(place.folder, 'link.csv'))
    mkdirSync(join(place.folder, 'sub.csv'))
    for (const name of ['a.csv.tmp', '.a.csv', '~$a.csv', 'a.csv.part', 'a.csv~', 'a.txt']) {
      writeFileSync(join(place.folder, name), `Time,Flow\n${rows(1, 40)}`)
    }
    const context = recordedContext()
    await using _ = await connect(place, context, ['Flow'])
    writeFileSync(join(place.folder, 'b.csv.tmp'), `Time,Flow\n${rows(1)}`)
    renameSync(join(place.folder, 'b.csv.tmp'), join(place.folder, 'b.csv'))
    await context.until(() => context.emitted.length > 0, 'a value')
    assert.deepEqual(valuesOf(context), [0])
  })

  void test('a file that has its length before its content is read when the content is there', async () => {
    using place = csvFolder()
    const path = join(place.folder, 'a.csv')
    const text = `Time,Flow\n${rows(5)}`
    writeFileSync(path, text.slice(0, 40))
    truncateSync(path, text.length)
    const context = recordedContext()
    await using _ = await connect(place, context, ['Flow'])
    await context.until(() => context.emitted.length === 1, 'the first row')
    writeFileSync(path, text)
    await context.until(() => context.emitted.length === 5, 'all rows')
    assert.deepEqual(valuesOf(context), [0, 1, 2, 3, 4])
  })

  void test('read files move to processed, and are swept when they are old; what comes back is known', async () => {
    using place = csvFolder()
    const path = join(place.folder, 'a.csv')
    const moved = join(place.folder, 'processed', 'a.csv')
    writeFileSync(path, `Time,Flow\n${rows(2)}`)
    const learned = new Map<string, unknown>()
    {
      const context = recordedContext({ learned })
      await using _ = await connect(place, context, ['Flow'], { afterwards: 'move' })
      await until('the move', () => (existsSync(moved) && !existsSync(path) ? true : undefined))
      copyFileSync(moved, path)
      await until('the copy', () => (existsSync(path) ? undefined : true))
      assert.deepEqual(valuesOf(context), [0, 1])
    }
    const old = new Date(Date.now() - 10 * 86_400_000)
    writeFileSync(join(place.folder, 'old.csv'), `Time,Flow\n${rows(2, 2)}`)
    utimesSync(join(place.folder, 'old.csv'), old, old)
    utimesSync(moved, old, old)
    {
      const context = recordedContext({ learned })
      await using _ = await connect(place, context, ['Flow'])
      await until('the old file', () => (learned.has('seen/old.csv') ? true : undefined))
      assert.equal(context.emitted.length, 2)
    }
    writeFileSync(join(place.folder, 'processed', 'unknown.csv'), `Time,Flow\n${rows(2, 20)}`)
    utimesSync(join(place.folder, 'processed', 'unknown.csv'), old, old)
    await using _ = await connect(place, recordedContext({ learned }), ['Flow'], { deleteAfterDays: 5 })
    await until('the sweep', () => (existsSync(join(place.folder, 'old.csv')) || existsSync(moved) ? undefined : true))
    assert.equal([...learned.keys()].filter((key) => key.startsWith('file/')).length, 2, 'the ledger keeps both')
    assert.ok(existsSync(join(place.folder, 'processed', 'unknown.csv')), 'what was never read stays')
  })

  void test('a folder that goes away is told and found again', async () => {
    using place = csvFolder()
    const outside = join(place.roots.rawData, '..', 'share')
    mkdirSync(outside)
    const roots = { ...place.roots, allowed: [outside] }
    const context = recordedContext()
    await using _ = await createDriver(() => roots).connect(csvPlan({ folder: join(outside, 'export') }, ['Flow']), context)
    await context.until(() => context.absences.length === 1, 'the problem')
    assert.match(context.absences[0] ?? '', /There is no folder .*mounted/)
    mkdirSync(join(outside, 'export'))
    writeFileSync(join(outside, 'export', 'a.csv'), `Time,Flow\n${rows(1)}`)
    await context.until(() => context.emitted.length === 1 && context.absences.at(-1) === null, 'the folder')
    rmSync(join(outside, 'export'), { recursive: true })
    await context.until(() => context.absences.at(-1) !== null, 'the problem again')
  })

  void test('nothing outside the roots is touched', async () => {
    using place = csvFolder()
    const context = recordedContext()
    const elsewhere = join(place.roots.rawData, '..', 'elsewhere')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'a.csv'), `Time,Flow\n${rows(1)}`)
    for (const folder of ['..', '../elsewhere', elsewhere, '/etc', 'a/../../elsewhere']) {
      await assert.rejects(connect(place, context, ['Flow'], { folder }), { name: 'ConfigError', field: 'folder' }, folder)
    }
    symlinkSync(elsewhere, join(place.roots.rawData, 'way-out'))
    for (const folder of ['way-out', 'way-out/deeper']) {
      await using session = await connect(place, context, ['Flow'], { folder })
      const error = await session.closed
      assert.match(error?.message ?? '', /outside/)
    }
    assert.deepEqual(readdirSync(elsewhere), ['a.csv'])
    assert.equal(context.emitted.length, 0)
  })
})
