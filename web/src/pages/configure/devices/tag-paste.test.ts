import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePaste } from './tag-paste.ts'

test('cells of a spreadsheet without headings come in the usual order', () => {
  const { tags, problems } = parsePaste('Flow\t40001\tfloat\tm³/h\t0,1\n\nLevel\tHR10\n')
  assert.deepEqual(problems, [])
  assert.deepEqual(
    tags.map((tag) => [tag.line, tag.name, tag.address, tag.dataType, tag.unit, tag.scale]),
    [
      [1, 'Flow', '40001', 'float', 'm³/h', 0.1],
      [3, 'Level', 'HR10', '', '', 1],
    ],
  )
})

test('headings decide the order, in any of our languages', () => {
  const { tags } = parsePaste('Endereço;Nome;Unidade;Decimais\n40010;"Caudal; total";m³;1')
  assert.deepEqual([tags[0]?.name, tags[0]?.address, tags[0]?.unit, tags[0]?.decimals], ['Caudal; total', '40010', 'm³', 1])
})

test('lines that are no tag are told, the others taken', () => {
  const { tags, problems } = parsePaste('A,1\nB\nC,3,uint16,,ten\na,4')
  assert.deepEqual(
    tags.map((tag) => tag.name),
    ['A'],
  )
  assert.deepEqual(
    problems.map((problem) => [problem.line, problem.kind]),
    [
      [2, 'address'],
      [3, 'number'],
      [4, 'twice'],
    ],
  )
})
