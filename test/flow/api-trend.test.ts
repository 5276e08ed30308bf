import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Micros } from '#base/time.ts'
import { sqlTime } from '#store/time.ts'
import { type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

const SECOND = 1_000_000
let site: ApiSite
let viewer: Credentials
let now: Micros = 0
let tagId = 0

before(async () => {
  site = await apiSite({ tagsOfA: 2 })
  viewer = await site.session(await site.user('viewer', [site.a.deviceId]))
  tagId = site.a.tagIds[0] ?? 0
  const [clock] = await site.db.query<{ hour: Micros }>(`select date_trunc('hour', now()) as hour`)
  now = clock?.hour ?? 0
  // the current hour has its partition; a spike of one second in the fourth minute, and a minute of nothing
  await site.db.query(
    `insert into measurements (tag_id, time_stamp, value, quality)
     select $1, $2::timestamptz + s * interval '1 second', case when s between 300 and 359 then null when s = 200 then 99 else s % 10 end,
       case when s between 300 and 359 then 6 else 0 end
     from generate_series(0, 599) s`,
    [tagId, sqlTime(now)],
  )
})
after(async () => await site[Symbol.asyncDispose]())

interface Answer {
  readonly bucket: unknown
  readonly series: readonly {
    tagId: number
    interpolation: string
    held: number | null
    times: number[]
    values: (number | null)[]
    minimum: (number | null)[]
    maximum: (number | null)[]
  }[]
}

async function trend(query: string, who = viewer): Promise<Answer> {
  const { status, body } = await site.call(`GET /api/trend?from=${now}&to=${now + 600 * SECOND}&${query}`, who)
  assert.equal(status, 200, JSON.stringify(body))
  return body as unknown as Answer
}

test('samples come with the value that held when the period began, however long ago it was told', async () => {
  const [, other = 0] = site.a.tagIds
  // as of this moment: nothing holds in the future
  const [told] = await site.db.query<{ at: Micros }>(
    `insert into measurements (tag_id, time_stamp, value, quality) values ($1, clock_timestamp(), 7, 0) returning time_stamp as at`,
    [other],
  )
  const since = told?.at ?? 0
  const at = async (from: number): Promise<unknown> => {
    const [series] = (
      (await site.call(`GET /api/trend?tags=${other}&from=${since + from}&to=${since + SECOND}&bucket=raw`, viewer))
        .body as unknown as Answer
    ).series
    return [series?.held, series?.times.length]
  }
  assert.deepEqual(
    [await at(-10), await at(10)],
    [
      [null, 1],
      [7, 0],
    ],
  )
  assert.equal((await trend(`tags=${tagId}&bucket=1%20minute`)).series[0]?.held, null)
  const samplesOf = async (from: number, more = ''): Promise<unknown> => {
    const { body } = await site.call(`GET /api/tags/${other}/samples?from=${since + from}&to=${since + SECOND}${more}`, viewer)
    return [body['held'], (body['samples'] as unknown[]).length]
  }
  const samples = [await samplesOf(-10, '&held=true'), await samplesOf(10, '&held=true'), await samplesOf(10)]
  assert.deepEqual(samples, [
    [null, 1],
    [7, 0],
    [null, 0],
  ])
})

test('buckets carry the metric asked for, and the extremes, so that no spike is lost', async () => {
  const { bucket, series } = await trend(`tags=${tagId}&bucket=1%20minute&metric=last&timeZone=UTC`)
  assert.deepEqual(bucket, { count: 1, unit: 'minute' })
  assert.deepEqual(
    series[0]?.times,
    Array.from({ length: 10 }, (_, minute) => now + minute * 60 * SECOND),
  )
  assert.deepEqual(series[0]?.values, [9, 9, 9, 9, 9, null, 9, 9, 9, 9])
  assert.deepEqual(series[0]?.maximum, [9, 9, 9, 99, 9, null, 9, 9, 9, 9])
})

test('a metric that is no value, such as a rise, comes without the extremes of the values', async () => {
  for (const metric of ['rise', 'sum', 'difference', 'count']) {
    const { series } = await trend(`tags=${tagId}&bucket=1%20minute&metric=${metric}&timeZone=UTC`)
    assert.equal(series[0]?.values.length, 10)
    assert.deepEqual([series[0]?.minimum, series[0]?.maximum], [[], []], metric)
  }
})

test('what is polled slopes between its samples, a state steps, and of a source that tells its changes alone everything does', async () => {
  const [, polled = 0] = site.a.tagIds
  const from = now - 7200 * SECOND
  await site.db.query(
    `insert into late_samples (tag_id, time_stamp, value, quality)
     select $1, $2::timestamptz + s * interval '40 seconds', s * 40, case when s = 3 then 2 else 0 end from generate_series(0, 5) s`,
    [polled, sqlTime(from)],
  )
  const told = async (set: string): Promise<unknown> => {
    await site.db.query(set)
    const query = `from=${from}&to=${from + 240 * SECOND}&tags=${polled}&bucket=1%20minute&metric=interpolated`
    const { body } = await site.call(`GET /api/trend?${query}`, viewer)
    const [series] = (body as unknown as Answer).series
    return [series?.interpolation, ...(series?.values ?? [])]
  }
  // at two minutes begins what is Bad
  assert.deepEqual(await told(`update tags set kind = 'analog'`), ['sloped', 0, 60, null, 180])
  assert.deepEqual(await told(`update tags set kind = 'digital'`), ['stepped', 0, 40, null, 160])
  assert.deepEqual(await told(`update tags set kind = 'counter'`), ['sloped', 0, 60, null, 180])
  assert.deepEqual(await told(`update devices set protocol = 'opcua'`), ['stepped', 0, 40, null, 160])
  await site.db.query(`update tags set kind = 'analog'`)
})

test('auto gives samples where they fit and buckets where they do not', async () => {
  const fine = await trend(`tags=${tagId}&points=1000`)
  assert.equal(fine.bucket, null)
  assert.equal(fine.series[0]?.times.length, 600)
  assert.deepEqual(fine.series[0]?.values.slice(298, 302), [8, 9, null, null])
  assert.deepEqual((await trend(`tags=${tagId}&points=20`)).bucket, { count: 30, unit: 'second' })
})

test('what is out of scope has no past', async () => {
  const other = site.b.tagIds[0] ?? 0
  const { series } = await trend(`tags=${tagId},${other}&bucket=1%20hour`)
  assert.deepEqual(
    series.map((one) => [one.tagId, one.times.length]),
    [
      [tagId, 1],
      [other, 0],
    ],
  )
  assert.deepEqual((await trend(`tags=${other}&bucket=raw`)).series[0]?.times, [])
})

test('a period, a bucket or a zone that cannot be is refused by its name', async () => {
  const refused = async (query: string): Promise<unknown> =>
    (await site.call(`GET /api/trend?tags=${tagId}&${query}`, viewer)).body['field']
  assert.equal(await refused(`from=${now}&to=${now}`), 'to')
  assert.equal(await refused(`from=0&to=${now}&bucket=1%20second`), 'bucket')
  assert.equal(await refused(`from=${now - 1}&to=${now}&bucket=1%20day&timeZone=Europe/Nowhere`), 'timeZone')
  assert.match(String(await refused(`from=${now}&to=${now + 1}&bucket=soon`)), /bucket/)
})

/** Waits until so many statements of this database hang on a lock. */
async function untilBlocked(count: number): Promise<void> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const hanging = await site.db.query(
      `select from pg_stat_activity where datname = current_database() and state = 'active' and wait_event_type = 'Lock'`,
    )
    if (hanging.length === count) return
    assert.ok(performance.now() < deadline, `${hanging.length} statements hang instead of ${count}`)
    await delay(10)
  }
}

/** Holds a table so that nobody reads or writes it. */
async function lockTable(table: string): Promise<AsyncDisposable> {
  const client = await site.db.connect()
  await client.query(`begin; lock table ${table} in access exclusive mode`)
  return { [Symbol.asyncDispose]: async () => await client.end() }
}

async function ask(key: string, who: Credentials, signal: AbortSignal, body?: object): Promise<string> {
  const [method = '', path = ''] = key.split(' ')
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  const headers = { ...who, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  return await (await fetch(`http://127.0.0.1:${site.port}${path}`, { method, headers, signal, ...init })).text()
}

test('whose tab is closed is read for no longer, in PostgreSQL neither', async () => {
  const engineer = await site.session(await site.user('engineer'))
  const [yTagId = 0] = site.a.tagIds.slice(1)
  const period = { from: now, to: now + 600 * SECOND }
  const past = { from: now - 7200 * SECOND, to: now - 3600 * SECOND }
  const query = `tags=${tagId}&from=${period.from}&to=${period.to}`
  const rule = { tagId, kind: 'threshold', name: 'High', operator: '>', setpoint: 5 }
  const questions: readonly (readonly [string, object?])[] = [
    [`GET /api/trend?${query}&bucket=1%20minute`],
    [`GET /api/trend?${query}&bucket=raw`],
    [`GET /api/history.csv?${query}&layout=long`],
    [`GET /api/history.csv?${query}&layout=wide`],
    [`GET /api/figures.csv?${query}&bucket=hour`],
    ['POST /api/measured-points', { xTagId: tagId, yTagId, ...past }],
    ['POST /api/rules/back-test', { rule, curve: null, ...past }],
  ]
  await using _ = await lockTable('measurement_blocks')
  const closed = new AbortController()
  const asked = questions.map(
    async ([key, body]) => await assert.rejects(ask(key, engineer, closed.signal, body), { name: 'AbortError' }, key),
  )
  // the pool has one more, which looks
  await untilBlocked(questions.length)
  closed.abort()
  await Promise.all(asked)
  await untilBlocked(0)
  assert.equal((await site.call('GET /api/bootstrap', engineer)).status, 200)
})

test('a change is made and put on record, whether or not somebody waits for the answer', async () => {
  const operator = await site.session(await site.user('operator'))
  const closed = new AbortController()
  {
    await using _ = await lockTable('annotations')
    const asked = ask('POST /api/annotations', operator, closed.signal, { tagId, at: now, text: 'Pump changed' })
    const gone = assert.rejects(asked, { name: 'AbortError' })
    await untilBlocked(1)
    closed.abort()
    await gone
  }
  const deadline = performance.now() + 20_000
  while ((await site.db.query(`select from audit where action = 'POST /api/annotations'`)).length === 0) {
    assert.ok(performance.now() < deadline, 'it is not on record')
    await delay(10)
  }
  assert.equal((await site.db.query(`select from annotations where text = 'Pump changed'`)).length, 1)
})
