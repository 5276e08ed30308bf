import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_ROW, Splitter } from './splitter.ts'

interface Read {
  readonly line: number
  readonly fields: readonly string[]
  readonly problem: string | null
}

/** Splits a text handed over in pieces, as a file is. */
function split(text: string, delimiter: string, pieces: readonly number[] = []): Read[] {
  const splitter = new Splitter(delimiter)
  const rows: Read[] = []
  let rest = ''
  let at = 0
  for (const end of [...pieces.map((piece) => Math.min(text.length, piece)).sort((a, b) => a - b), text.length]) {
    const whole = rest + text.slice(at, end)
    const used = splitter.split(whole, end === text.length, (row) => {
      rows.push({ line: row.line, fields: Array.from({ length: row.count }, (_, i) => row.field(i)), problem: row.problem })
    })
    rest = whole.slice(used)
    at = end
    if (end === text.length) break
  }
  return rows
}

function write(rows: readonly (readonly string[])[], delimiter: string, lineEnd: string, always: boolean): string {
  const cell = (text: string): string =>
    always || text.includes('"') || text.includes(delimiter) || /[\r\n]/.test(text) || text.startsWith('#') || text.startsWith(' ')
      ? `"${text.replaceAll('"', '""')}"`
      : text
  return rows.map((row) => row.map(cell).join(delimiter)).join(lineEnd)
}

const cells = fc.string({
  unit: fc.constantFrom('a', 'ç', '1', '"', ',', ';', '\t', '|', '\n', '\r', '\r\n', ' ', '#', '€', '𝄞'),
  maxLength: 8,
})
const table = fc.array(fc.array(cells, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 })
const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  always: fc.boolean(),
  terminated: fc.boolean(),
})

test('what a writer wrote is read back, wherever the text is cut into pieces', () => {
  fc.assert(
    fc.property(table, dialect, fc.array(fc.nat(300), { maxLength: 12 }), (rows, { delimiter, lineEnd, always, terminated }, pieces) => {
      const text = write(rows, delimiter, lineEnd, always) + (terminated ? lineEnd : '')
      assert.deepEqual(
        split(text, delimiter, pieces).map(({ fields, problem }) => ({ fields, problem })),
        rows.map((fields) => ({ fields, problem: null })),
      )
    }),
    { numRuns: 1000 },
  )
})

test('every cut of one text gives the same rows', () => {
  const text = 'a,"b\r\nc",d\r\n# x,"\r\n\r\n"1""2",,3\r\n"open, 4\r5,6,"7" \n8,"9"x,1\nlast,,'
  const whole = split(text, ',')
  assert.deepEqual(
    whole.map(({ line, fields, problem }) => [line, fields.length, problem]),
    [
      [1, 3, null],
      [5, 3, null],
      [6, 1, 'text stands after a closing quote'],
      [7, 3, null],
      [8, 1, 'text stands after a closing quote'],
      [9, 3, null],
    ],
  )
  for (let cut = 0; cut <= text.length; cut++) assert.deepEqual(split(text, ',', [cut]), whole, `cut at ${cut}`)
})

test('python reads the same rows', () => {
  const rows = fc.sample(
    fc.array(fc.array(fc.string({ unit: fc.constantFrom('x', '"', ';', '\n', 'ã', ' 1'), maxLength: 6 }), { minLength: 2, maxLength: 4 }), {
      minLength: 1,
      maxLength: 20,
    }),
    40,
  )
  const script = `import csv, io, json, sys
texts = json.load(sys.stdin)
print(json.dumps([[row for row in csv.reader(io.StringIO(text, newline=''), delimiter=';')] for text in texts]))`
  const texts = rows.map((table) => write(table, ';', '\r\n', false))
  const python: unknown = JSON.parse(execFileSync('/usr/bin/python3', ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' }))
  assert.deepEqual(
    texts.map((text) => split(text, ';').map(({ fields }) => fields)),
    python,
  )
})

test('a quote that never closes spoils one line only', () => {
  assert.deepEqual(
    split('1,2\n"3,4\n5,6\n7,8', ',').map(({ line, fields, problem }) => [line, fields.join('|'), problem]),
    [
      [1, '1|2', null],
      [2, '"3,4', 'a quote is opened and never closed'],
      [3, '5|6', null],
      [4, '7|8', null],
    ],
  )
})

test('a line without end costs a bounded memory and leaves the next line alone', () => {
  const splitter = new Splitter(',')
  const rows: (readonly [number, string | null])[] = []
  const piece = 'x'.repeat(100_000)
  let rest = ''
  for (let i = 0; i < 50; i++) {
    const text = rest + piece
    rest = text.slice(splitter.split(text, false, (row) => rows.push([row.line, row.problem])))
    assert.ok(rest.length <= MAX_ROW + piece.length)
  }
  splitter.split(`${rest}\n1,2\n`, true, (row) => rows.push([row.line, row.problem]))
  assert.deepEqual(
    rows.map(([line, problem]) => [line, problem !== null]),
    [
      [1, true],
      [2, false],
    ],
  )
})

test('whatever the bytes, nothing is thrown and every row names a line of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 5 }), (text, pieces) => {
      const lines = text.split(/\r\n|\n|\r/).length
      for (const row of split(text, ';', pieces)) assert.ok(row.line >= 1 && row.line <= lines)
    }),
    { numRuns: 500 },
  )
})
