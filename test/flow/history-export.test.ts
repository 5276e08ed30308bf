import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { QualityFlag } from '#domain/sample.ts'
import { addToBlocks } from '#store/write-blocks.ts'
import { columnsOf } from '#store/core/sample-columns.ts'
import { type ApiSite, apiSite } from '../support/api-site.ts'

const FROM = Date.parse('2026-10-25T00:00:00Z') * 1000
const SECOND = 1_000_000
let site: ApiSite
before(async () => {
  site = await apiSite()
  const row = (second: number, value: number | null, valueText: string | null = null, quality = 0) => ({
    at: FROM + second * SECOND,
    value,
    quality,
    valueText,
    statusCode: null,
  })
  const [a = 0, b = 0] = [site.a.tagIds[0], site.b.tagIds[0]]
  const day = { from: FROM, to: FROM + 86_400 * SECOND }
  await site.db.transaction(async (tx) => {
    const many = Array.from({ length: 50_000 }, (_, index) => row(index, index / 2))
    await addToBlocks(tx, [{ tagId: a, ...day, columns: columnsOf(many) }], 'stored')
    await addToBlocks(
      tx,
      [
        {
          tagId: b,
          ...day,
          columns: columnsOf([
            row(1, null, '=cmd'),
            row(1.5, 7, null, QualityFlag.SummerTime | QualityFlag.TimeInvalid),
            row(2, null, null, 2),
          ]),
        },
      ],
      'stored',
    )
  })
})
after(async () => await site[Symbol.asyncDispose]())

const lines = async (query: string, who?: Record<string, string>, file = 'history'): Promise<string[]> => {
  const session = who ?? (await site.session(await site.user('viewer')))
  const { status, body } = await site.call(`GET /api/${file}.csv?${query}`, session)
  assert.equal(status, 200, JSON.stringify(body))
  return String(body['text']).split('\r\n')
}

test('wide: a row a time, in the zone and the look asked for', async () => {
  const [a, b] = [site.a.tagIds[0], site.b.tagIds[0]]
  const query = `tags=${a},${b}&from=${FROM}&to=${FROM + 3 * SECOND}&timeZone=Europe/Lisbon&dateFormat=dmy&delimiter=semicolon&decimal=comma`
  assert.deepEqual(await lines(query), [
    'time;A:A0 (m);B:B0 (m)',
    '25/10/2026 01:00:00;0;',
    "25/10/2026 01:00:01;0,5;'=cmd",
    '25/10/2026 01:00:01.5;;7',
    '25/10/2026 01:00:02;1;',
    '',
  ])
})

test('long: a row a value with unit, quality and what the source says of its clock; a long period comes whole', async () => {
  const [a, b] = [site.a.tagIds[0], site.b.tagIds[0]]
  const all = await lines(`tags=${b},${a}&from=${FROM}&to=${FROM + 86_400 * SECOND}&layout=long&timeZone=UTC`)
  assert.deepEqual(all.slice(0, 5), [
    'time,tag,value,unit,quality,remarks',
    "2026-10-25T00:00:01+00:00,B:B0,'=cmd,m,Good,",
    '2026-10-25T00:00:01.5+00:00,B:B0,7,m,Good,"clock of the source invalid, summer time (SU)"',
    '2026-10-25T00:00:02+00:00,B:B0,,m,Bad,',
    '2026-10-25T00:00:00+00:00,A:A0,0,m,Good,',
  ])
  assert.equal(all.length, 1 + 3 + 50_000 + 1)
})

test('who is confined to some devices gets nothing of others', async () => {
  const confined = await site.session(await site.user('viewer', [site.a.deviceId]))
  const [a, b] = [site.a.tagIds[0], site.b.tagIds[0]]
  assert.equal((await lines(`tags=${a}&from=${FROM}&to=${FROM + SECOND}`, confined)).length, 3)
  assert.equal((await site.call(`GET /api/history.csv?tags=${a},${b}&from=${FROM}&to=${FROM + SECOND}`, confined)).status, 404)
  assert.equal((await site.call(`GET /api/history.csv?tags=${a}&from=2&to=1`, confined)).status, 400)
  assert.equal((await site.call(`GET /api/history.csv?tags=${a}&from=1&to=2`, {})).status, 401)
})

test('figures: a row a day of the site’s clock and tag, of all that one may see', async () => {
  const [a, b] = [site.a.tagIds[0], site.b.tagIds[0]]
  // a day of 25 hours in Lisbon; the fifty thousand samples begin an hour late and hold on to its end
  const period = `from=${FROM - 3600 * SECOND}&to=${FROM + 86_400 * SECOND}&timeZone=Europe/Lisbon&dateFormat=ymd`
  const of = (tags: string): string => `${tags}${period}&bucket=day`
  const head = 'time,tag,unit,average,minimum,maximum,first,last,sum,rise,samples,known %'
  const [total, last] = [(49_999 * 50_000) / 4, 49_999 / 2]
  const [known, day] = [86_400, 25 * 3600]
  const average = Number(((total - last + last * (known - 49_999)) / known).toPrecision(12))
  const share = Math.round((known / day) * 10_000) / 100
  assert.deepEqual(await lines(of(`tags=${a},${b}&`), undefined, 'figures'), [
    head,
    `2026-10-25 00:00:00,A:A0,m,${average},0,${last},0,${last},${total},${last},50000,${share}`,
    '2026-10-25 00:00:00,B:B0,m,7,7,7,7,7,7,0,1,0',
    '',
  ])
  const confined = await site.session(await site.user('viewer', [site.a.deviceId]))
  const all = await lines(of(''), confined, 'figures')
  assert.equal(all.length, 2 + site.a.tagIds.length)
  assert.ok(all.slice(1, -1).every((line) => line.includes(',A:')))
  assert.equal((await site.call(`GET /api/figures.csv?tags=${b}&${period}`, confined)).status, 404)
  assert.equal((await site.call(`GET /api/figures.csv?${period}&bucket=second`, confined)).status, 400)
})
