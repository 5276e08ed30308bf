import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Status } from './status.ts'
import { ArrayType, BuiltInType, convertVariant, type RawVariant } from './value.ts'

const scalar = (dataType: number, value: unknown): RawVariant => ({ dataType, arrayType: ArrayType.Scalar, value })

test('integers of 64 bits are exact, whatever their sign', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (whole) => {
      const bits = BigInt.asUintN(64, whole)
      const halves = [Number(bits >> 32n), Number(bits & 0xffff_ffffn)]
      for (const high of [halves[0] ?? 0, (halves[0] ?? 0) | 0]) {
        const signed = convertVariant(scalar(BuiltInType.Int64, [high, halves[1]]), null).value
        const unsigned = convertVariant(scalar(BuiltInType.UInt64, [high, halves[1]]), null).value
        assert.ok(typeof signed === 'bigint' || typeof signed === 'number')
        assert.ok(typeof unsigned === 'bigint' || typeof unsigned === 'number')
        assert.equal(BigInt(signed), whole)
        assert.equal(BigInt(unsigned), bits)
        // a bigint only where a number would not do
        assert.equal(typeof unsigned, bits <= BigInt(Number.MAX_SAFE_INTEGER) ? 'number' : 'bigint')
      }
    }),
  )
})

test('what each built-in type becomes', () => {
  const cases: readonly (readonly [number, unknown, unknown])[] = [
    [BuiltInType.Boolean, false, false],
    [BuiltInType.SByte, -1, -1],
    [BuiltInType.Float, 0.5, 0.5],
    [BuiltInType.String, '', ''],
    [BuiltInType.DateTime, new Date(0), '1970-01-01T00:00:00.000Z'],
    [BuiltInType.ByteString, Buffer.from([1, 255]), '01ff'],
    [BuiltInType.LocalizedText, { text: 'Läuft', locale: 'de' }, 'Läuft'],
    [BuiltInType.QualifiedName, { name: 'Mode', namespaceIndex: 1 }, 'Mode'],
    [BuiltInType.StatusCode, { value: 0x80340000 }, 0x80340000],
    [BuiltInType.Variant, scalar(BuiltInType.Int32, 7), 7],
  ]
  for (const [dataType, raw, expected] of cases)
    assert.deepEqual(convertVariant(scalar(dataType, raw), null), { value: expected, status: 0 })
})

test('what is no single value says so', () => {
  const mismatch = [
    scalar(BuiltInType.ExtensionObject, {}),
    scalar(BuiltInType.DataValue, {}),
    scalar(BuiltInType.ByteString, Buffer.alloc(5000)),
    scalar(BuiltInType.Double, '7'),
    { dataType: BuiltInType.Int32, arrayType: ArrayType.Array, value: new Int32Array(3) },
  ]
  for (const one of mismatch) assert.equal(convertVariant(one, null).status, Status.BadTypeMismatch)
  assert.equal(convertVariant(scalar(BuiltInType.Int32, 1), [0]).status, Status.BadTypeMismatch)
  assert.equal(convertVariant(scalar(BuiltInType.Null, null), null).status, Status.BadNoData)
  assert.equal(convertVariant(scalar(BuiltInType.Double, Number.NaN), null).status, Status.BadOutOfRange)
})

test('elements of arrays and matrices, each by its index', () => {
  fc.assert(
    fc.property(fc.nat({ max: 6 }), fc.nat({ max: 6 }), fc.nat({ max: 6 }), fc.nat({ max: 6 }), (rows, columns, row, column) => {
      const value = Int32Array.from({ length: rows * columns }, (_, index) => index)
      const matrix = { dataType: BuiltInType.Int32, arrayType: ArrayType.Matrix, value, dimensions: [rows, columns] }
      const inside = row < rows && column < columns
      assert.equal(convertVariant(matrix, [row, column]).value, inside ? row * columns + column : null)
      if (!inside) assert.equal(convertVariant(matrix, [row, column]).status, Status.BadIndexRangeNoData)
    }),
  )
  const array = {
    dataType: BuiltInType.Int64,
    arrayType: ArrayType.Array,
    value: [
      [0, 5],
      [0xffff_ffff, 0xffff_ffff],
    ],
  }
  assert.deepEqual(
    [0, 1, 2].map((index) => convertVariant(array, [index]).value),
    [5, -1, null],
  )
})

test('nothing that a server may send throws', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 40 }),
      fc.nat({ max: 3 }),
      fc.anything(),
      fc.option(fc.array(fc.nat({ max: 4 }), { minLength: 1 })),
      (dataType, arrayType, value, element) => {
        const { value: converted, status } = convertVariant({ dataType, arrayType, value }, element)
        assert.ok(status === 0 || converted === null)
        assert.ok(converted === null || ['number', 'bigint', 'boolean', 'string'].includes(typeof converted))
      },
    ),
  )
})
