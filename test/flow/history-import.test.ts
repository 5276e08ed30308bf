import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exportHistory } from '#api/history-export.ts'
import { type HistoryImport, importHistory } from '#plant/history/import-history.ts'
import { mergeLateSamples } from '#store/late-samples.ts'
import { readSamples } from '#store/measurements.ts'
import { type ApiSite, apiSite } from '../support/api-site.ts'

const NOW = Date.now() * 1000
const folder = mkdtempSync(join(tmpdir(), 'synctide-import-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let site: ApiSite
before(async () => (site = await apiSite({ tagsOfA: 2 })))
after(async () => await site[Symbol.asyncDispose]())

const request = (name: string, content: string, more: Partial<HistoryImport> = {}): HistoryImport => {
  const path = join(folder, name)
  writeFileSync(path, content)
  const signal = new AbortController().signal
  return { path, deviceCode: null, settings: {}, timeZone: 'UTC', dryRun: false, from: null, now: NOW, signal, ...more }
}
const valuesOf = async (tagId: number, from: string, to: string): Promise<unknown[]> => {
  const { samples } = await readSamples(site.db, 'all', tagId, Date.parse(from) * 1000, Date.parse(to) * 1000, 100_000)
  return samples.map((one) => [new Date(one.at / 1000).toISOString().slice(5, 19), one.value])
}
const WIDE = `time;A:A0 (m);a:a1;other
2026-01-05 00:00:00;1,5;7;x
2026-01-05 00:01:00;oops;8;x
never;2;9;x
2026-01-06 00:00:00;3,5;;x
${Array.from({ length: 8 }, (_, hour) => `2026-01-07 0${hour}:00:00;;;y\n`).join('')}`

test('a dry run tells everything and writes nothing; the import then does what it said', async () => {
  const planned = await importHistory(site.db, request('wide.csv', WIDE, { dryRun: true }))
  assert.deepEqual([planned.rows, planned.bad, planned.samples, planned.tags, planned.unknown], [12, 2, 5, 2, ['other']])
  assert.deepEqual(
    planned.badLines.map((one) => one.line),
    [3, 4],
  )
  assert.match(planned.badLines[0]?.reason ?? '', /oops/)
  assert.equal((await site.db.query('select from measurement_blocks')).length, 0)
  const done = await importHistory(site.db, request('wide.csv', WIDE))
  assert.deepEqual({ ...done, badLines: [] }, { ...planned, badLines: [] })
  const [first = 0, second = 0] = site.a.tagIds
  assert.deepEqual(await valuesOf(first, '2026-01-01', '2026-02-01'), [
    ['01-05T00:00:00', 1.5],
    ['01-05T00:01:00', null],
    ['01-06T00:00:00', 3.5],
  ])
  assert.deepEqual(await valuesOf(second, '2026-01-01', '2026-02-01'), [
    ['01-05T00:00:00', 7],
    ['01-05T00:01:00', 8],
  ])
})

test('repeated it changes nothing, and what comes later corrects', async () => {
  const [first = 0] = site.a.tagIds
  const before = await valuesOf(first, '2026-01-01', '2026-02-01')
  await importHistory(site.db, request('wide.csv', WIDE))
  assert.deepEqual(await valuesOf(first, '2026-01-01', '2026-02-01'), before)
  const long = `time,tag,value\n2026-01-05T00:01:00Z,A0,2.25\n2026-01-05T00:02:00Z,A0,2.5\n`
  await importHistory(site.db, request('long.csv', long, { deviceCode: 'a' }))
  assert.deepEqual(await valuesOf(first, '2026-01-05T00:01:00Z', '2026-01-06'), [
    ['01-05T00:01:00', 2.25],
    ['01-05T00:02:00', 2.5],
  ])
})

test('what was exported comes in again the same, in both layouts', async () => {
  const [first = 0] = site.a.tagIds
  const [other = 0] = site.b.tagIds
  const rows = Array.from({ length: 5000 }, (_, index) => `${1_700_000_000 + index * 7},${Math.fround(Math.sin(index))}`)
  await importHistory(site.db, request('sine.csv', `time,A:A0\n${rows.join('\n')}`, { settings: { dateFormat: 'epochSeconds' } }))
  const [from, to] = ['2023-11-01', '2023-12-01'] as const
  const before = await valuesOf(first, from, to)
  assert.equal(before.length, 5000)
  for (const layout of ['wide', 'long'] as const) {
    const period = { from: Date.parse(from) * 1000, to: Date.parse(to) * 1000 }
    const look = { delimiter: ';', decimal: ',', dateFormat: 'iso', timeZone: 'Asia/Kathmandu' } as const
    let text = ''
    for await (const piece of await exportHistory(site.db, 'all', { tagIds: [first], layout, ...period, ...look })) text += piece
    await importHistory(site.db, request(`${layout}.csv`, text.replaceAll('A:A0', 'B:B0')))
    assert.deepEqual(await valuesOf(other, from, to), before, layout)
    await site.db.query('delete from measurement_blocks where tag_id = $1', [other])
  }
})

test('taken up where it was cut short, it stores the rest; what is of this hour waits for the keeper', async () => {
  const [, second = 0] = site.a.tagIds
  const head = 'time,A:A1\n2020-01-01T00:00:00Z,1\n'
  const [young = '', now = ''] = [NOW / 1000 - 3_600_000, NOW / 1000].map((at) => new Date(at).toISOString().slice(0, 19))
  const text = `${head}2020-01-02T00:00:00Z,2\n${young}Z,3\n${now}Z,4\n`
  const from = { offset: head.length, line: 3, rows: 1, bad: 0 }
  const report = await importHistory(site.db, request('rest.csv', text, { from }))
  assert.deepEqual([report.rows, report.samples], [4, 3])
  assert.deepEqual(await valuesOf(second, '2020-01-01', '2020-02-01'), [['01-02T00:00:00', 2]])
  assert.equal((await valuesOf(second, young, `${young}.5Z`)).length, 1)
  assert.equal((await valuesOf(second, now, `${now}.5Z`)).length, 1)
  assert.equal(await mergeLateSamples(site.db, NOW), 1)
  assert.equal((await valuesOf(second, now, `${now}.5Z`)).length, 1)
})

test('what cannot be understood is said in words', async () => {
  await assert.rejects(importHistory(site.db, request('none.csv', 'time,What\n2026-01-01T00:00:00Z,1\n')), /No tag has the name/)
  await assert.rejects(importHistory(site.db, request('day.csv', 'time,A:A0\n03/04/2026 00:00,1\n')), /day first or month first/)
  await assert.rejects(importHistory(site.db, { ...request('x.csv', ''), path: join(folder, 'not there.csv') }), /cannot be read/)
})
