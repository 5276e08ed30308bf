import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '#base/errors.ts'
import { Zone } from '#calc/zone.ts'
import { QualityFlag, type Value } from '#domain/sample.ts'
import { type Extractor, extract, openPayload, type ReadAs } from './extract.ts'
import { formatJsonPath, parseJsonPath, valuesAt } from './json-path.ts'
import { readTimestamp, type TimeUnit } from './timestamp.ts'

const utc = new Zone('UTC')
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function read(
  payload: string,
  more: { path?: string; time?: string; as?: ReadAs; unit?: TimeUnit; zone?: string } = {},
): readonly (readonly [Value, number, number | null])[] {
  const extractor: Extractor = {
    as: more.as ?? 'auto',
    path: more.path === undefined ? null : parseJsonPath(more.path, 'path'),
    timePath: more.time === undefined ? null : parseJsonPath(more.time, 'time'),
    timeUnit: more.unit ?? 'auto',
    zone: new Zone(more.zone ?? 'UTC'),
  }
  return extract(openPayload(bytes(payload), true), extractor).map(({ value, quality, at }) => [value, quality & 3, at] as const)
}

test('a whole payload: number, boolean, text, or what it is', () => {
  const all: readonly (readonly [string, ReadAs, Value, number])[] = [
    ['23.5', 'auto', 23.5, 0],
    [' -1e3 ', 'number', -1000, 0],
    ['true', 'auto', true, 0],
    ['ON', 'boolean', true, 0],
    ['0', 'boolean', false, 0],
    ['running', 'auto', 'running', 0],
    ['running', 'number', null, 2],
    ['', 'number', null, 2],
    ['NaN', 'number', null, 2],
    ['1e999', 'number', null, 2],
    ['0x10', 'number', null, 2],
    ['12', 'text', '12', 0],
    ['9007199254740993', 'number', 9007199254740993n, 0],
  ]
  for (const [payload, as, value, severity] of all)
    assert.deepEqual(read(payload, { as }), [[value, severity, null]], `${payload} as ${as}`)
})

test('places in JSON: keys, arrays, every element, and nothing where there is no such place', () => {
  const payload = '{"a":{"b c":[1,{"v":2.5},null]},"big":12345678901234567890,"on":false,"list":[{"t":1,"v":10},{"t":2,"v":20}]}'
  assert.deepEqual(read(payload, { path: "a['b c'][0]" }), [[1, 0, null]])
  assert.deepEqual(read(payload, { path: '$.a["b c"][1].v' }), [[2.5, 0, null]])
  assert.deepEqual(read(payload, { path: "a['b c'][-1]" }), [[null, 1, null]], 'null is no value')
  assert.deepEqual(read(payload, { path: 'a' }), [[null, 2, null]], 'an object is no value')
  assert.deepEqual(read(payload, { path: 'on' }), [[false, 0, null]])
  assert.deepEqual(read(payload, { path: 'big' }), [[12345678901234567890n, 0, null]])
  assert.deepEqual(read(payload, { path: 'missing.deep[3]' }), [])
  assert.deepEqual(read(payload, { path: 'constructor' }), [], 'nothing of the prototype')
  assert.deepEqual(read(payload, { path: 'list[*].v', time: 'list[*].t', unit: 's' }), [
    [10, 0, 1_000_000],
    [20, 0, 2_000_000],
  ])
  assert.deepEqual(read('not json', { path: 'a' }), [[null, 2, null]])
})

test('paths that cannot be read name their place; what is written is read back', () => {
  for (const bad of ['a[', 'a..b', 'a[x]', 'a b', 'a[1', '[*', 'a.']) {
    assert.throws(
      () => parseJsonPath(bad, 'path'),
      (error) => error instanceof ConfigError && error.field === 'path',
      bad,
    )
  }
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('key' as const),
      key: fc.string({ minLength: 1 }).filter((key) => !(key.includes("'") && key.includes('"'))),
    }),
    fc.record({ kind: fc.constant('at' as const), index: fc.integer({ min: -99, max: 99 }) }),
    fc.record({ kind: fc.constant('each' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (path) =>
      assert.equal(JSON.stringify(parseJsonPath(formatJsonPath(path), 'path')), JSON.stringify(path)),
    ),
  )
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(step, { maxLength: 4 }), (value, path) =>
      assert.ok(valuesAt(value, path).every((one) => one !== undefined)),
    ),
  )
})

test('time stamps by unit, size, offset and zone', () => {
  const at = Date.UTC(2026, 0, 15, 12, 30, 15) * 1000
  const all: readonly (readonly [unknown, TimeUnit, number | undefined])[] = [
    [at / 1e6, 'auto', at],
    [at / 1e3, 'auto', at],
    [at, 'auto', at],
    [at * 1000, 'auto', at],
    [String(at / 1e6), 's', at],
    [at / 1e6 + 0.25, 's', at + 250_000],
    ['2026-01-15T12:30:15Z', 'auto', at],
    ['2026-01-15 12:30:15.5', 'auto', at + 500_000],
    ['2026-01-15T12:30:15.123456789+00', 'iso', at + 123_456],
    ['2026-01-15T14:30:15+02:00', 'auto', at],
    ['2026-01-15T10:00:15-0230', 'auto', at],
    ['2026-02-31T00:00:00Z', 'auto', undefined],
    ['2026-01-15T25:00:00Z', 'auto', undefined],
    ['yesterday', 'auto', undefined],
    ['', 'auto', undefined],
    [null, 'auto', undefined],
    [-5, 's', undefined],
    [12, 'iso', undefined],
  ]
  for (const [raw, unit, wanted] of all) assert.equal(readTimestamp(raw, unit, utc)?.at, wanted, `${String(raw)} as ${unit}`)
  // Lisbon puts its clocks back on the 25th of October 2026: half past one happens twice
  const lisbon = read('{"v":1,"t":"2026-10-25T01:30:00"}', { path: 'v', time: 't', zone: 'Europe/Lisbon' })
  assert.equal(lisbon[0]?.[2], Date.UTC(2026, 9, 25, 0, 30) * 1000)
  const twice = extract(openPayload(bytes('{"v":1,"t":"2026-10-25T01:30:00"}'), true), {
    as: 'auto',
    path: parseJsonPath('v', 'path'),
    timePath: parseJsonPath('t', 'time'),
    timeUnit: 'auto',
    zone: new Zone('Europe/Lisbon'),
  })
  assert.equal((twice[0]?.quality ?? 0) & QualityFlag.Ambiguous, QualityFlag.Ambiguous)
})

test('any bytes: no throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
      const opened = openPayload(payload, true)
      const path = parseJsonPath('a[*].b', 'path')
      extract(opened, { as: 'auto', path, timePath: path, timeUnit: 'auto', zone: utc })
      extract(opened, { as: 'number', path: null, timePath: null, timeUnit: 'auto', zone: utc })
    }),
  )
})
