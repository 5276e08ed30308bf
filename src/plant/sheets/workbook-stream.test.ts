import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Zone } from '#calc/zone.ts'
import type { SheetCell } from './core/sheet-xml.ts'
import { readWorkbook } from './workbook.ts'
import { streamWorkbook } from './workbook-stream.ts'

const columns = [
  { title: 'a', width: 10 },
  { title: '=b', width: 20 },
]

async function* pagesOf(rows: readonly (readonly SheetCell[])[], size = 3): AsyncGenerator<readonly (readonly SheetCell[])[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size)
}

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

const awkward = fc.string({
  unit: fc.constantFrom(...Array.from('aZ9é€ \'"=+-@,;\t\n_x0041_&<>\u0001\u{1f6a8}')),
  minLength: 1,
  maxLength: 9,
})
const cell = fc.oneof(
  awkward.filter((text) => text.trim() !== ''),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
)

test('what is written is read back by another reader: text as text, numbers to the last bit, over as many sheets as it takes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 8 }), fc.integer({ min: 2, max: 12 }), async (rows, most) => {
      const bytes = await bytesOf(streamWorkbook('Alarms', columns, pagesOf(rows), most))
      const sheets = await readWorkbook({ name: 'x.xlsx', bytes })
      assert.deepEqual(
        sheets.map(({ title }) => title),
        Array.from({ length: Math.floor(rows.length / (most - 1)) + 1 }, (_, at) => (at === 0 ? 'Alarms' : `Alarms ${at + 1}`)),
      )
      for (const sheet of sheets) assert.deepEqual(sheet.rows[0], ['a', '=b'])
      assert.deepEqual(
        sheets.flatMap((sheet) => sheet.rows.slice(1)),
        rows,
      )
    }),
    { numRuns: 12 },
  )
})

test('an instant stands on the wall clock of its zone, as a date that a spreadsheet counts with', async () => {
  const zone = new Zone('America/Sao_Paulo')
  const at = Date.parse('2026-03-01T01:30:15Z') * 1000
  const [sheet] = await readWorkbook({
    name: 'x.xlsx',
    bytes: await bytesOf(streamWorkbook('A', columns, pagesOf([[{ at, zone }, null]]))),
  })
  assert.deepEqual(sheet?.rows[1]?.[0], new Date('2026-02-28T22:30:15Z'))
})

test('no more is read than is taken, and whoever goes away ends it', async () => {
  let [read, ended] = [0, false]
  const endless = async function* (): AsyncGenerator<readonly (readonly SheetCell[])[]> {
    try {
      for (;;) {
        read += 1000
        yield Array.from({ length: 1000 }, () => [crypto.randomUUID(), crypto.randomUUID()])
      }
    } finally {
      ended = true
    }
  }
  let bytes = 0
  for await (const piece of streamWorkbook('A', columns, endless())) {
    bytes += piece.length
    if (bytes > 1_000_000) break
  }
  assert.ok(read < 100_000, `${read} rows were read for ${bytes} bytes`)
  assert.ok(ended)
})

test('an error of the rows is the error of the file', async () => {
  const broken = async function* (): AsyncGenerator<readonly (readonly SheetCell[])[]> {
    yield [['x', 1]]
    throw new Error('database away')
  }
  await assert.rejects(bytesOf(streamWorkbook('A', columns, broken())), /database away/)
})
