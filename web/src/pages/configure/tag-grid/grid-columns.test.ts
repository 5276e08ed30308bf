import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import type { Tag } from '../../../api/replies.ts'
import { en } from '../../../i18n/en.ts'
import { translator } from '../../../i18n/translate.ts'
import { type CellWords, cellsOf, gridColumns, readRow } from './grid-columns.ts'

const tagSchema = z.toJSONSchema(
  z.strictObject({
    dataType: z.enum(['float', 'uint16']).optional(),
    byteSwap: z.boolean().optional(),
    length: z.int().optional(),
    functionCode: z.union([z.literal(3), z.literal(4)]).optional(),
  }),
)
const columns = gridColumns(tagSchema, translator(en, 'en'), (english) => english)
const words: CellWords = { yes: 'Sim', no: 'Não', decimal: ',' }

test('any tag comes back from its cells', () => {
  const figure = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))
  const word = fc.constantFrom('', 'Off', 'm³/h')
  const tags = fc.record(
    {
      name: fc.constantFrom('Flow', 'a b'),
      address: fc.constantFrom('00001', 'HR5.3'),
      settings: fc.oneof(
        fc.constant({}),
        fc.record(
          {
            dataType: fc.constantFrom('float', 'uint16'),
            byteSwap: fc.boolean(),
            functionCode: fc.constantFrom(3, 4),
            other: fc.jsonValue({ maxDepth: 1 }),
          },
          { noNullPrototype: true },
        ),
      ),
      kind: fc.constantFrom('analog', 'digital'),
      unit: word,
      decimals: fc.nat(9),
      scale: figure,
      offset: figure,
      deadband: figure,
      stateText: fc.constantFrom(null, ['Off', 'On'], ['', 'On']),
      enabled: fc.boolean(),
    },
    { noNullPrototype: true },
  ) as unknown as fc.Arbitrary<Tag>
  fc.assert(
    fc.property(tags, (tag) => {
      const { tag: back, wrong } = readRow(cellsOf(tag, columns, words), columns, words, tag)
      assert.deepEqual(wrong, [])
      const { unit, ...rest } = tag
      assert.deepEqual(back, unit === '' ? rest : tag)
    }),
  )
})

test('what means nothing is told by its column', () => {
  const cells = columns.map(
    ({ key }) =>
      ({ name: 'A', address: '1', scale: '1.234,5', enabled: 'perhaps', kind: 'Analogue', 'settings.dataType': 'FLOAT' })[key] ?? '',
  )
  const { tag, wrong } = readRow(cells, columns, words, null)
  assert.deepEqual(
    wrong.map((one) => one.key),
    ['kind', 'scale', 'enabled'],
  )
  assert.deepEqual(tag, { name: 'A', address: '1', stateText: null, settings: { dataType: 'float' } })
})
