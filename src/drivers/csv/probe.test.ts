import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Clock } from '#base/time.ts'
import { systemClock } from '#host/clock.ts'
import { csvFolder, csvPlan } from '../../../test/support/csv-folder.ts'
import { recordedContext } from '../../../test/support/session-context.ts'
import type { ProbeStep } from '../driver.ts'
import type { Preview } from './core/preview.ts'
import { createDriver } from './driver.ts'
import { placeOf } from './place.ts'

type Previewed = Preview & { readonly file: string | null; readonly files: readonly string[] }

const PORTUGUESE = 'Data;Hora;Caudal (m³/h);Nível [m];Bomba\n26/11/2025;07:00;1.234,5;3,1;on\n26/11/2025;07:01;12,25;x;off\n'

test('Test Connection tells folder, files, rights and what the newest file holds', async () => {
  using place = csvFolder()
  const driver = createDriver(() => place.roots)
  const steps: ProbeStep[] = []
  const probe = async (connection = {}) => {
    steps.length = 0
    return await driver.probe(csvPlan(connection, ['Caudal (m³/h)', 'Pressure']), recordedContext(), (step) => steps.push(step))
  }
  assert.equal((await probe()).ok, true)
  assert.match(steps[1]?.message ?? '', /No file fits \*\.csv yet; the folder is empty/)
  writeFileSync(join(place.folder, 'export.txt'), PORTUGUESE)
  await probe()
  assert.match(steps[1]?.message ?? '', /1 others lie here, such as export\.txt/)
  const report = await probe({ files: '*.txt', timeZone: 'Europe/Lisbon' })
  assert.equal(report.ok, true)
  assert.deepEqual(
    steps.map(({ name, ok }) => [name, ok]),
    [
      ['folder', true],
      ['list', true],
      ['write', true],
      ['read', true],
    ],
  )
  assert.match(
    steps[3]?.message ?? '',
    /day\/month\/year, proved by 26\/11\/2025 in Europe\/Lisbon, decimal comma; all of it was looked at: 2 rows, none malformed; no column for Pressure/,
  )
  assert.deepEqual(report.values, [
    { tagName: 'Caudal (m³/h)', value: '12,25', good: true, problem: null },
    { tagName: 'Pressure', value: '', good: false, problem: 'There is no column "Pressure"' },
  ])
})

test('Test Connection and the preview look at all of a file, not only at its beginning', async () => {
  using place = csvFolder()
  const driver = createDriver(() => place.roots)
  const rows = Array.from({ length: 30_000 }, (_, i) => `${1_700_000_000 + i},${i === 29_000 ? 'oops' : i}`)
  writeFileSync(join(place.folder, 'long.csv'), `time,Flow\n${rows.join('\n')}\n`)
  const probe = async (clock?: Clock) => {
    const context = clock === undefined ? recordedContext() : { ...recordedContext(), clock }
    return (await driver.probe(csvPlan({}, ['Flow']), context, () => undefined)).steps.at(-1)
  }
  assert.match(
    (await probe())?.message ?? '',
    /all of it was looked at: 1 of 30000 rows cannot be read, the first is line 29002: Flow: "oops"/,
  )
  const shown = (await driver.actions?.['preview']?.run(csvPlan({}, ['Flow']), {}, recordedContext())) as Previewed
  assert.deepEqual(shown.problems, [{ line: 29_002, reason: 'Flow: "oops" is no number' }])
  const untagged = (await driver.actions?.['preview']?.run(csvPlan({}, []), {}, recordedContext())) as Previewed
  assert.deepEqual(untagged.problems, shown.problems, 'without tags all columns are meant')
  // an hour between two looks at the clock: no more than the first block is read
  let mono = 0
  const told = (await probe({ now: () => systemClock.now(), mono: () => (mono += 3_600_000) }))?.message ?? ''
  assert.match(told, /its first 0\.3 of 0\.5 MB were looked at, no more: \d+ rows, none malformed/)
  writeFileSync(join(place.folder, 'long.csv'), `time,Flow\n${rows.slice(0, 15_000).join('\n')}\n${'x\n'.repeat(6000)}`)
  const refused = await probe()
  assert.equal(refused?.ok, false)
  assert.match(refused?.message ?? '', /6000 of 21000 rows cannot be read, the first is line 15002: .* more than the 20 % allowed/)
})

test('Test Connection says what to do about what is wrong', async () => {
  using place = csvFolder()
  const driver = createDriver(() => ({ ...place.roots, allowed: [join(place.roots.rawData, '..', 'share')] }))
  const firstRemedy = async (connection: Readonly<Record<string, unknown>>): Promise<string> => {
    const { ok, steps } = await driver.probe(csvPlan(connection, []), recordedContext(), () => undefined)
    assert.equal(ok, false)
    const wrong = steps.find((step) => !step.ok)
    return `${wrong?.name}: ${wrong?.message} ${wrong?.remedy}`
  }
  const share = join(place.roots.rawData, '..', 'share')
  assert.match(await firstRemedy({ folder: share }), /folder: There is no folder .* mounted/)
  assert.match(await firstRemedy({ folder: '/etc' }), /SYNCTIDE_CSV_FOLDERS/)
  assert.throws(() => placeOf('', '', place.roots), { name: 'ConfigError', field: 'folder', remedy: /Enter the code of the device/ })
  mkdirSync(share)
  symlinkSync('/etc', join(share, 'out'))
  assert.match(await firstRemedy({ folder: join(share, 'out') }), /outside/)
  writeFileSync(join(share, 'file'), '')
  assert.match(await firstRemedy({ folder: join(share, 'file') }), /is a file, not a folder/)
  writeFileSync(join(share, 'a.csv'), 'Time,A\n01/02/2026,1\n')
  assert.match(await firstRemedy({ folder: share }), /read: a\.csv: Is 01\/02\/2026 written day first or month first\?.* dmy/)
  writeFileSync(join(share, 'a.csv'), 'Time,A,A\n2026-01-01,1,2\n')
  assert.match(await firstRemedy({ folder: share }), /"A" \(columns 2, 3\) more than once/)
  rmSync(join(share, 'a.csv'))
  // root may read everything
  if (process.getuid?.() === 0) return
  chmodSync(share, 0)
  assert.match(await firstRemedy({ folder: share }), /may not be read.*right to read/)
})

test('the preview of a pasted sample: everything that was found out, and the first values', async () => {
  using place = csvFolder()
  const driver = createDriver(() => place.roots)
  const plan = csvPlan({ timeZone: 'Europe/Lisbon' }, ['Nível [m]', 'Pressure'])
  const shown = (await driver.actions?.['preview']?.run(plan, { text: PORTUGUESE }, recordedContext())) as Previewed
  assert.deepEqual(shown.structure, {
    delimiter: ';',
    decimal: ',',
    decimalProof: '1.234,5',
    thousands: '.',
    layout: 'wide',
    header: ['Data', 'Hora', 'Caudal (m³/h)', 'Nível [m]', 'Bomba'],
    units: [],
    timeColumn: 'Data',
    clockColumn: 'Hora',
    tagColumn: null,
    valueColumn: null,
    qualityColumn: null,
    dateFormat: 'dmy',
    dateProof: 'day/month/year, proved by 26/11/2025',
  })
  assert.deepEqual(shown.missing, ['Pressure'])
  assert.deepEqual(shown.problems, [{ line: 3, reason: 'Nível [m]: "x" is no number' }])
  assert.deepEqual(
    shown.rows.map(({ line, tag, time, value, good }) => [line, tag, time, value, good]),
    [
      [2, 'Caudal (m³/h)', '2025-11-26T07:00:00Z', '1234.5', true],
      [2, 'Nível [m]', '2025-11-26T07:00:00Z', '3.1', true],
      [2, 'Bomba', '2025-11-26T07:00:00Z', 'true', true],
      [3, 'Caudal (m³/h)', '2025-11-26T07:01:00Z', '12.25', true],
      [3, 'Nível [m]', '2025-11-26T07:01:00Z', '', false],
      [3, 'Bomba', '2025-11-26T07:01:00Z', 'false', true],
    ],
  )
})

test('the preview asks what it cannot know, and warns of times ahead of the clock', async () => {
  using place = csvFolder()
  const preview = createDriver(() => place.roots).actions?.['preview']
  const show = async (body: unknown, connection = {}): Promise<Previewed> =>
    (await preview?.run(csvPlan(connection, []), body, recordedContext())) as Previewed
  const asked = await show({ text: 'Time,A\n01/02/2026,1\n' })
  assert.equal(asked.ok, false)
  assert.deepEqual(asked.question, {
    field: 'dateFormat',
    choices: [
      { value: 'dmy', meaning: 'day/month/year: the first row is of 2026-02-01' },
      { value: 'mdy', meaning: 'month/day/year: the first row is of 2026-01-02' },
    ],
  })
  assert.equal((await show({ text: 'Time,A\n01/02/2026,1\n' }, { dateFormat: 'mdy' })).rows[0]?.time, '2026-01-02T00:00:00Z')
  const ahead = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)
  assert.match((await show({ text: `Time,A\n${ahead},1\n` })).warnings[0] ?? '', /(59|60) minutes ahead.*time zone \(UTC\)/)
  writeFileSync(join(place.folder, 'a.csv'), 'Time,A\n2026-01-01T00:00:00Z,1\n')
  writeFileSync(join(place.folder, 'b.txt'), 'Time,B\n2026-01-01T00:00:00Z,1\n')
  assert.deepEqual([(await show({})).file, (await show({})).files], ['a.csv', ['a.csv']])
  assert.equal((await show({ file: 'b.txt' })).rows[0]?.tag, 'B')
  for (const file of ['../D-01/a.csv', 'none.csv', '..', '/etc/passwd']) {
    await assert.rejects(show({ file }), { name: 'ConfigError', field: 'file' })
  }
})

test('browsing offers the columns of the newest files with their last values', async () => {
  using place = csvFolder()
  const driver = createDriver(() => place.roots)
  writeFileSync(join(place.folder, 'a.csv'), PORTUGUESE)
  // more than the beginning that is looked at: the last value stands at the end
  const rows = Array.from({ length: 30_000 }, (_, i) => `${1_700_000_000 + i},Pump ${i % 3},${i}`)
  writeFileSync(join(place.folder, 'b.csv'), `ts,tag,value\n${rows.join('\n')}\n`)
  const browse = async (search: string | null, cursor: string | null, limit: number) =>
    await driver.browse?.(csvPlan({}, []), { parent: null, search, cursor, limit }, recordedContext())
  const all = await browse(null, null, 100)
  assert.deepEqual(all?.nodes.map(({ name, value, tag }) => [name, value, tag?.name, tag?.unit, tag?.kind]).toSorted(), [
    ['Bomba', 'off', 'Bomba', '', 'digital'],
    ['Caudal (m³/h)', '12,25', 'Caudal', 'm³/h', 'analog'],
    ['Nível [m]', 'x', 'Nível', 'm', 'analog'],
    ['Pump 0', '29997', 'Pump 0', '', 'analog'],
    ['Pump 1', '29998', 'Pump 1', '', 'analog'],
    ['Pump 2', '29999', 'Pump 2', '', 'analog'],
  ])
  const first = await browse('pump', null, 2)
  assert.deepEqual([first?.nodes.length, first?.cursor], [2, '2'])
  assert.deepEqual([(await browse('pump', first?.cursor ?? null, 2))?.nodes.length], [1])
})
