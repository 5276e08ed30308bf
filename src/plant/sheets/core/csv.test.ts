import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseCsv, readNumber, readYesNo, unguarded, writeCsv, type CsvLook } from './csv.ts'

const looks = fc.constantFrom<CsvLook>(
  { delimiter: ',', decimal: '.' },
  { delimiter: ';', decimal: ',' },
  { delimiter: '\t', decimal: ',' },
)

test('RFC 4180: quotes, delimiters and line ends inside quotes', () => {
  assert.deepEqual(parseCsv('a,"b ""c"", d","e\r\nf"\r\ng,h,\r\n'), [
    ['a', 'b "c", d', 'e\r\nf'],
    ['g', 'h', ''],
  ])
})

test('the delimiter is found in the first line, or told by it', () => {
  assert.deepEqual(parseCsv('name;"a,b,c,d";x\n1;2;3'), [
    ['name', 'a,b,c,d', 'x'],
    ['1', '2', '3'],
  ])
  assert.deepEqual(parseCsv('name\taddress, old\nA\tB'), [
    ['name', 'address, old'],
    ['A', 'B'],
  ])
  assert.deepEqual(parseCsv('sep=;\r\na;b'), [['a', 'b']])
  assert.deepEqual(parseCsv(''), [])
})

test('what is broken is read as far as it goes, with the row numbers of the file', () => {
  assert.deepEqual(parseCsv('a,b\n\n1,"x'), [['a', 'b'], [], ['1', 'x']])
  assert.deepEqual(parseCsv('"a"b,c'), [['ab', 'c']])
})

test('no text is run as a formula, and none comes back changed', () => {
  for (const text of ['=1+1', '+351', '-5 to 10', '@cmd', "'=x", "''@x", '\t=x', '\uff1dSUM(A1)', "it's", "'quoted'"]) {
    const [, [written = ''] = []] = parseCsv(
      writeCsv(
        [
          ['a', 'b'],
          [text, null],
        ],
        { delimiter: ';', decimal: ',' },
      ),
    )
    assert.doesNotMatch(written, /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/)
    assert.equal(unguarded(written), text)
  }
  assert.equal(writeCsv([[-0.5]], { delimiter: ';', decimal: ',' }), '\uFEFF-0,5\r\n')
})

test('any rows of text come back as they went, in every look', () => {
  const cell = fc.string({ unit: fc.constantFrom(...Array.from('aé"\',;\t\r\n =+-@. €')), maxLength: 6 })
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 })
  fc.assert(
    fc.property(rows, looks, (table, look) => {
      const heading = ['first', 'second', 'third']
      assert.deepEqual(
        parseCsv(writeCsv([heading, ...table], look))
          .slice(1)
          .map((row) => row.map(unguarded)),
        table,
      )
    }),
  )
})

test('any number comes back to the last bit, with point or comma', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), looks, (value, look) => {
      const [, [text = ''] = []] = parseCsv(
        writeCsv(
          [
            ['n', 'm'],
            [value, null],
          ],
          look,
        ),
      )
      assert.ok(readNumber(text) === value)
    }),
  )
})

test('thousands separators are never guessed at', () => {
  assert.equal(readNumber('1,5'), 1.5)
  assert.equal(readNumber(' -.5 '), -0.5)
  assert.equal(readNumber('\u22127'), -7)
  for (const text of ['1.234,5', '1,234.5', '1 234', '', '-', '12 bar', '0x10', 'NaN', '1,2,3'])
    assert.equal(readNumber(text), undefined, text)
})

test('yes and no as spreadsheets of our languages write them', () => {
  assert.deepEqual(['TRUE', 'Verdadeiro', 'sí', '1'].map(readYesNo), [true, true, true, true])
  assert.deepEqual(['FALSO', 'não', 'no', '0'].map(readYesNo), [false, false, false, false])
  assert.equal(readYesNo('maybe'), undefined)
})
