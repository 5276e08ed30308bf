import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CopiedRows } from './copied-rows.ts'
import { type DumpPart, DumpParts, encodePart } from './dump-codec.ts'

/** As PostgreSQL writes it: signature, flags, no extension, rows of fields, the trailer. */
function copied(rows: readonly (readonly (Buffer | null)[])[]): Buffer {
  const int = (value: number, bytes: 2 | 4): Buffer => {
    const buffer = Buffer.alloc(bytes)
    buffer.writeIntBE(value, 0, bytes)
    return buffer
  }
  const field = (value: Buffer | null): Buffer[] => (value === null ? [int(-1, 4)] : [int(value.length, 4), value])
  return Buffer.concat([
    Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1'),
    ...rows.flatMap((row) => [int(row.length, 2), ...row.flatMap(field)]),
    int(-1, 2),
  ])
}

const rowsOf = fc.array(fc.array(fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))), { maxLength: 4 }), {
  maxLength: 8,
})

function summed(bytes: Buffer, cuts: readonly number[] = []): [number, string] {
  const rows = new CopiedRows()
  let at = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    rows.take(bytes.subarray(at, Math.min(cut, bytes.length)))
    at = Math.min(cut, bytes.length)
  }
  rows.take(bytes.subarray(at))
  return [rows.rows, rows.sum]
}

test('rows are counted and summed the same, however cut and in whatever order', () => {
  fc.assert(
    fc.property(rowsOf, fc.array(fc.nat(400), { maxLength: 6 }), fc.infiniteStream(fc.nat()), (rows, cuts, random) => {
      const expected = summed(copied(rows))
      assert.equal(expected[0], rows.length)
      assert.deepEqual(summed(copied(rows), cuts), expected)
      const shuffled = rows.map((row) => ({ row, at: random.next().value })).sort((a, b) => a.at - b.at)
      assert.deepEqual(summed(copied(shuffled.map((one) => one.row))), expected)
    }),
  )
})

test('another byte, another field, a row more or twice: another sum', () => {
  const some = (text: string): Buffer => Buffer.from(text)
  const base = [
    [some('a'), null],
    [some('b'), some('c')],
  ]
  const sums = [
    base,
    [[some('a'), some('')], base[1] ?? []],
    [[null, some('a')], base[1] ?? []],
    [base[0] ?? [], [some('bc'), some('')]],
    [base[0] ?? [], base[0] ?? [], base[1] ?? []],
    [base[1] ?? [], base[1] ?? []],
    [base[0] ?? []],
  ].map((rows) => summed(copied(rows))[1])
  assert.equal(new Set(sums).size, sums.length)
})

test('a dump is taken apart wherever it is cut', () => {
  const parts: DumpPart[] = [
    { kind: 'table', table: { name: 'devices', columns: ['id', '"offset"'], windows: [1, 2] } },
    { kind: 'rows', bytes: Buffer.from([1, 2, 3]) },
    { kind: 'rows', bytes: Buffer.alloc(0) },
    { kind: 'tableEnd', rows: 3, sum: '00ff' },
    { kind: 'end', end: { sequences: { devices_id_seq: 7 }, key: null } },
  ]
  const bytes = Buffer.concat(parts.map((part) => encodePart(part)))
  for (let cut = 0; cut <= bytes.length; cut++) {
    const taken = new DumpParts()
    assert.deepEqual([...taken.take(bytes.subarray(0, cut)), ...taken.take(bytes.subarray(cut))], parts)
  }
})
