import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Tag } from '../../../api/replies.ts'
import { fromClipboard, toClipboard } from './grid-clipboard.ts'
import { pressed, type Answer } from './grid-keys.ts'
import {
  addRows,
  edgeFrom,
  fillDown,
  type GridState,
  isChanged,
  moveTo,
  redo,
  selectedCells,
  startGrid,
  toggleRemoved,
  undo,
  writeBlock,
} from './grid-state.ts'

const tag = (id: number): Tag => ({ id }) as Tag
const grid = (...rows: string[][]): GridState =>
  startGrid(
    rows.map((cells, index) => ({ tag: tag(index + 1), cells })),
    rows[0]?.length ?? 3,
  )
const cells = (state: GridState): string[][] => state.rows.map((row) => [...row.cells])
const select = (state: GridState, top: number, left: number, bottom: number, right: number): GridState =>
  moveTo(moveTo(state, { row: top, column: left }), { row: bottom, column: right }, true)
const key = (state: GridState, name: string, mods: { ctrl?: boolean; shift?: boolean } = {}): Answer =>
  pressed(state, { key: name, ctrl: false, shift: false, alt: false, ...mods }, 10)
const state = (answer: Answer): GridState => {
  assert.ok(answer.kind === 'state')
  return answer.state
}

test('a block that is pasted adds rows, stops at the last column, and is one step back', () => {
  const before = moveTo(grid(['a', 'b', 'c'], ['d', 'e', 'f']), { row: 1, column: 1 })
  const after = writeBlock(before, [
    ['1', '2', '3'],
    ['4', '5', '6'],
  ])
  assert.deepEqual(cells(after), [
    ['a', 'b', 'c'],
    ['d', '1', '2'],
    ['', '4', '5'],
  ])
  assert.deepEqual(after.active, { row: 2, column: 2 })
  assert.deepEqual(after.rows.map(isChanged), [false, true, true])
  assert.deepEqual(cells(undo(after)), cells(before))
  assert.deepEqual(cells(redo(undo(after))), cells(after))
})

test('one cell fills the selection; fill down copies its first row, or the row above', () => {
  const start = grid(['a', 'b'], ['c', 'd'], ['e', 'f'])
  assert.deepEqual(cells(writeBlock(select(start, 0, 0, 1, 1), [['x']])), [
    ['x', 'x'],
    ['x', 'x'],
    ['e', 'f'],
  ])
  assert.deepEqual(cells(fillDown(select(start, 0, 1, 2, 1))), [
    ['a', 'b'],
    ['c', 'b'],
    ['e', 'b'],
  ])
  assert.deepEqual(cells(fillDown(moveTo(start, { row: 3, column: 0 }))).at(-1), ['e', ''], 'also into the empty last row')
})

test('rows that are removed wait for the save; new ones go at once', () => {
  const start = addRows(grid(['a', 'b'], ['c', 'd']), 2)
  assert.deepEqual(start.active, { row: 2, column: 0 })
  const marked = toggleRemoved(select(start, 1, 0, 3, 0))
  assert.deepEqual(
    marked.rows.map((row) => [row.cells[0], row.removed]),
    [
      ['a', false],
      ['c', true],
    ],
  )
  assert.equal(toggleRemoved(marked).rows[1]?.removed, false)
})

test('keys do what they do in a spreadsheet', () => {
  const start = grid(['a', 'b', 'c'], ['d', '', 'f'], ['g', 'h', ''])
  assert.deepEqual(state(key(start, 'ArrowDown')).active, { row: 1, column: 0 })
  assert.deepEqual(state(key(start, 'End', { ctrl: true })).active, { row: 2, column: 2 })
  assert.deepEqual(state(key(start, 'Tab')).active, { row: 0, column: 1 })
  assert.deepEqual(state(key(moveTo(start, { row: 0, column: 2 }), 'Tab')).active, { row: 1, column: 0 })
  assert.equal(key(start, 'Tab', { shift: true }).kind, 'none', 'out of the table at its beginning')
  assert.equal(key(moveTo(start, { row: 3, column: 2 }), 'Tab').kind, 'none', 'and at its end')
  assert.deepEqual(key(start, 'x'), { kind: 'edit', text: 'x' })
  assert.deepEqual(key(start, 'F2'), { kind: 'edit', text: null })
  assert.deepEqual(key(start, 's', { ctrl: true }), { kind: 'save' })
  assert.equal(key(start, 'c', { ctrl: true }).kind, 'none', 'copying is the browser’s')
  const range = state(key(state(key(start, 'ArrowRight', { shift: true })), 'ArrowDown', { shift: true }))
  assert.deepEqual(selectedCells(range), [
    ['a', 'b'],
    ['d', ''],
  ])
  assert.deepEqual(cells(state(key(range, 'Delete')))[0], ['', '', 'c'])
  assert.equal(key(start, 'Escape').kind, 'leave')
  assert.deepEqual(state(key(range, 'Escape')).anchor, range.active)
  assert.equal(state(key(start, 'Delete', { shift: true })).rows[0]?.removed, true)
})

test('Ctrl and an arrow go to where the text ends or begins', () => {
  const start = grid(['a'], ['b'], [''], [''], ['c'])
  assert.deepEqual(edgeFrom(start, { row: 0, column: 0 }, 1, 0), { row: 1, column: 0 })
  assert.deepEqual(edgeFrom(start, { row: 1, column: 0 }, 1, 0), { row: 4, column: 0 })
  assert.deepEqual(edgeFrom(start, { row: 4, column: 0 }, 1, 0), { row: 4, column: 0 })
  assert.deepEqual(edgeFrom(start, { row: 4, column: 0 }, -1, 0), { row: 1, column: 0 })
})

test('any cells come back from the clipboard as they went', () => {
  const cell = fc.string({ unit: fc.constantFrom(...Array.from('aé"\',;\t\r\n =+-€')), maxLength: 6 })
  fc.assert(
    fc.property(fc.nat(4), fc.nat(4), fc.infiniteStream(cell), (height, width, stream) => {
      const block = Array.from({ length: height + 1 }, () => [...stream.take(width + 1)])
      assert.deepEqual(fromClipboard(toClipboard(block)), block)
    }),
  )
  assert.deepEqual(fromClipboard('a\tb\r\n\r\nc\t\r\n'), [['a', 'b'], [''], ['c', '']])
})

test('whatever is done can be undone, step by step, to the beginning', () => {
  const step = fc.oneof(
    fc.record({ row: fc.nat(6), column: fc.nat(2), extend: fc.boolean() }).map((at) => (one: GridState) => moveTo(one, at, at.extend)),
    fc
      .array(fc.array(fc.constantFrom('x', 'y', ''), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
      .map((block) => (one: GridState) => writeBlock(one, block)),
    fc.constantFrom(fillDown, toggleRemoved, (one: GridState) => addRows(one, 2)),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const start = grid(['a', 'b', 'c'], ['d', 'e', 'f'])
      const end = steps.reduce((one, next) => next(one), start)
      assert.ok(end.active.row <= end.rows.length && end.active.column < end.width)
      assert.equal(new Set(end.rows.map((row) => row.key)).size, end.rows.length)
      let back = end
      while (back.past.length > 0) back = undo(back)
      assert.deepEqual(cells(back), cells(start))
      while (back.future.length > 0) back = redo(back)
      assert.deepEqual(cells(back), cells(end))
    }),
  )
})
