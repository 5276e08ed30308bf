import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { get } from 'sparkplug-payload'
import { type OutgoingMetric, writePayload } from './sparkplug-encode.ts'
import { cellValue, isDataSet, isTemplate, metricValue, parseCell } from './metric-value.ts'
import { DataType, type Metric, readPayload } from './sparkplug-payload.ts'

const peer = get('spBv1.0')
assert.ok(peer)

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s+/g, ''), 'hex'))

// Every integer type at both ends, and what else metrics hold; the names are those of the peer's encoder.
const cases: readonly (readonly [string, number, string, unknown])[] = [
  ['int8', DataType.Int8, 'Int8', -128],
  ['int16', DataType.Int16, 'Int16', -32768],
  ['int32', DataType.Int32, 'Int32', -2147483648],
  ['uint8', DataType.UInt8, 'UInt8', 255],
  ['uint16', DataType.UInt16, 'UInt16', 65535],
  ['uint32', DataType.UInt32, 'UInt32', 4294967295],
  ['int64', DataType.Int64, 'Int64', 9007199254740991],
  ['uint64', DataType.UInt64, 'UInt64', 9007199254740991],
  ['float', DataType.Float, 'Float', 1.5],
  ['double', DataType.Double, 'Double', Math.PI],
  ['boolean', DataType.Boolean, 'Boolean', true],
  ['string', DataType.String, 'String', 'Pumpe läuft · 泵'],
  ['datetime', DataType.DateTime, 'DateTime', 1767225600123],
  ['text', DataType.Text, 'Text', 'x'.repeat(300)],
  ['uuid', DataType.UUID, 'UUID', '2f1e0b7a-0000-4000-8000-000000000001'],
]

test('what sparkplug-payload encodes is read, type by type', () => {
  const bytes = peer.encodePayload({
    timestamp: 1767225600000,
    seq: 255,
    // the peer's own types name each kind apart
    metrics: cases.map(([name, , type, value]) => ({ name, type, value, timestamp: 1767225600001 })) as never,
  })
  const payload = readPayload(bytes)
  assert.equal(payload?.seq, 255)
  assert.equal(payload.timestamp, 1767225600000)
  for (const [index, [name, dataType, , value]] of cases.entries()) {
    const metric: Metric | undefined = payload.metrics[index]
    assert.ok(metric)
    assert.equal(metric.name, name)
    assert.equal(metric.dataType, dataType)
    assert.deepEqual(metricValue(metric, dataType), { value, quality: 0 }, name)
  }
})

test('what we encode, sparkplug-payload reads', () => {
  // it expects UInt32 in the field of 64 bits (tahu#218), where the specification and we do not put it
  const common = cases.filter(([name]) => name !== 'uint32')
  const metrics = common.map(([name, dataType, , value]) => ({ name, dataType, value: value as never, alias: 7 }))
  const read = peer.decodePayload(writePayload({ timestamp: 5, seq: 3, metrics }))
  const plain = (value: unknown): unknown => (typeof value === 'object' && value !== null ? Number(value) : value)
  assert.deepEqual(
    read.metrics?.map((metric: { name?: string | null; value?: unknown }) => [metric.name, plain(metric.value)]),
    common.map(([name, , , value]) => [name, value]),
  )
  assert.equal(plain(read.seq), 3)
})

test('integers keep their sign and are exact beyond 2^53, in whichever field they came', () => {
  const value = (metric: OutgoingMetric, dataType: number) => {
    const read = readPayload(writePayload({ metrics: [metric] }))?.metrics[0]
    assert.ok(read)
    return metricValue(read, dataType).value
  }
  assert.equal(value({ dataType: DataType.Int64, value: -5 }, DataType.Int64), -5)
  assert.equal(value({ dataType: DataType.Int64, value: -9223372036854775808n }, DataType.Int64), -9223372036854775808n)
  assert.equal(value({ dataType: DataType.UInt64, value: 18446744073709551615n }, DataType.UInt64), 18446744073709551615n)
  // tahu#218: uint32 in the long field; others send int32 sign-extended to 64 bits
  assert.equal(value({ dataType: DataType.UInt64, value: 4294967295 }, DataType.UInt32), 4294967295)
  assert.equal(value({ dataType: DataType.Int64, value: -7 }, DataType.Int32), -7)
  assert.equal(value({ dataType: DataType.Int64, value: -7 }, DataType.Int8), -7)
})

test('a round trip of anything keeps it', () => {
  const scalar = fc.oneof(
    fc.record({ dataType: fc.constant(DataType.Int32), value: fc.integer() }),
    fc.record({ dataType: fc.constant(DataType.UInt32), value: fc.nat(4294967295) }),
    fc.record({ dataType: fc.constant(DataType.Int64), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
    fc.record({ dataType: fc.constant(DataType.Double), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ dataType: fc.constant(DataType.Boolean), value: fc.boolean() }),
    fc.record({
      dataType: fc.constant(DataType.String),
      value: fc.string({ unit: 'binary', maxLength: 80 }).map((text) => Buffer.from(text, 'utf8').toString('utf8')),
    }),
  )
  const metric = fc.record({
    alias: fc.nat(),
    name: fc.string({ maxLength: 60 }),
    timestamp: fc.nat(),
    scalar,
    isHistorical: fc.boolean(),
    isTransient: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(metric, { maxLength: 20 }), fc.nat(255), fc.nat(), (metrics, seq, timestamp) => {
      const payload = readPayload(writePayload({ timestamp, seq, metrics: metrics.map(({ scalar, ...rest }) => ({ ...rest, ...scalar })) }))
      assert.deepEqual([payload?.seq, payload?.timestamp], [seq, timestamp])
      assert.equal(payload?.metrics.length, metrics.length)
      for (const [index, wanted] of metrics.entries()) {
        const metric: Metric | undefined = payload?.metrics[index]
        assert.ok(metric)
        for (const field of ['alias', 'name', 'timestamp', 'isHistorical', 'isTransient'] as const)
          assert.equal(metric[field], wanted[field])
        const { value } = metricValue(metric, metric.dataType)
        assert.equal(typeof wanted.scalar.value === 'bigint' && typeof value === 'number' ? BigInt(value) : value, wanted.scalar.value)
      }
    }),
    { numRuns: 200 },
  )
})

test('data sets, templates, properties and null', () => {
  const payload = readPayload(
    writePayload({
      metrics: [
        {
          name: 'set',
          dataType: DataType.DataSet,
          value: {
            columns: [
              { name: 'n', dataType: DataType.Int64 },
              { name: 'ok', dataType: DataType.Boolean },
            ],
            rows: [
              [-1, true],
              [2, false],
            ],
          },
        },
        { name: 'template', dataType: DataType.Template, value: [{ name: 'speed', dataType: DataType.Int16, value: -3 }] },
        { name: 'stale', dataType: DataType.Int32, value: 4, properties: { Quality: 500, engUnit: 'bar' } },
        { name: 'bad', dataType: DataType.Int32, value: 4, properties: { Quality: 0 } },
        { name: 'none', dataType: DataType.Int32, value: null },
      ],
    }),
  )
  const [set, template, stale, bad, none] = payload?.metrics ?? []
  const cell = parseCell('set/n[0]')
  assert.ok(set && template && stale && bad && none && cell)
  assert.ok(isDataSet(set.value))
  assert.equal(cellValue(set.value, cell)?.value, -1)
  assert.equal(cellValue(set.value, { ...cell, row: 2 }), undefined)
  assert.ok(isTemplate(template.value))
  assert.equal(metricValue(template.value.metrics[0] ?? none, DataType.Int16).value, -3)
  assert.equal(metricValue(template, DataType.Template).value, null)
  assert.deepEqual(
    [stale, bad, none].map((metric) => metricValue(metric, metric.dataType).quality & 3),
    [1, 2, 1],
  )
  assert.equal(stale.properties?.get('engUnit'), 'bar')
})

test('a payload as Tahu writes it: unknown fields, packed numbers and a field of the wrong type are passed over', () => {
  // hand-made after the field numbers of sparkplug_b.proto (Sparkplug 3.0, 6.4.1): timestamp 1, then a metric with the extension field 19
  // (of length 2), a fixed64 in field 30, its name twice (the last counts), a varint where the name should be, and the value 5
  const metric = '0a 01 61 9a01 02 ff ff f101 0102030405060708 0a 01 62 08 07 20 03 50 05'
  const length = hex(metric).length.toString(16)
  const payload = readPayload(hex(`08 01 12 ${length} ${metric} 18 09`))
  assert.deepEqual([payload?.timestamp, payload?.seq, payload?.metrics.length], [1, 9, 1])
  assert.deepEqual([payload?.metrics[0]?.name, payload?.metrics[0]?.value], ['b', 5])
})

test('truncated anywhere it is refused or read without what is missing; mutated 10,000 times it neither throws nor hangs', () => {
  const bytes = writePayload({
    timestamp: 1767225600000,
    seq: 1,
    metrics: [
      ...cases.map(([name, dataType, , value]) => ({ name, dataType, value: value as never, alias: 1 })),
      { name: 'set', value: { columns: [{ name: 'n', dataType: DataType.Int32 }], rows: [[1], [2]] } },
      { name: 'template', value: [{ name: 'inner', dataType: DataType.Int32, value: 1, properties: { unit: 'm' } }] },
    ],
  })
  for (let end = 0; end < bytes.length; end++) readPayload(bytes.subarray(0, end))
  const runs = Number(process.env['SYNCTIDE_FUZZ'] ?? 10_000)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
      const mutant = bytes.slice()
      for (const [at, to] of changes) mutant[at] = to
      const read = readPayload(mutant)
      for (const metric of read?.metrics ?? []) metricValue(metric, metric.dataType)
    }),
    { numRuns: runs },
  )
})

test('templates in templates without end are refused, not followed', () => {
  let inner = writePayload({ metrics: [{ name: 'x', value: 1 }] })
  for (let depth = 0; depth < 100; depth++) {
    const template = Uint8Array.from([0x92, 0x01, ...varint(inner.length), ...inner])
    inner = Uint8Array.from([0x12, ...varint(template.length), ...template])
  }
  assert.equal(readPayload(inner), undefined)
})

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
}
