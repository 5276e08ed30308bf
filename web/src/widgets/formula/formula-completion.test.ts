import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { completed, completionAt } from './formula-completion.ts'

const NAMES = ['PS-01:Flow', 'PS-01:Pump 1 power', 'RS-01:Inflow', 'PZ-01:Flow']
const FUNCTIONS = ['min', 'max', 'avg', 'avg_over', 'clamp']

function at(text: string): ReturnType<typeof completionAt> {
  const caret = text.indexOf('|')
  return completionAt(text.replace('|', ''), caret, NAMES, FUNCTIONS)
}

test('after ${ the tags that contain what was written, those that begin with it first', () => {
  assert.deepEqual(at('${|')?.options, NAMES)
  assert.deepEqual(at('1 + ${flow|')?.options, ['PS-01:Flow', 'RS-01:Inflow', 'PZ-01:Flow'])
  assert.deepEqual(at('${ps|')?.options, ['PS-01:Flow', 'PS-01:Pump 1 power'])
  assert.equal(at('${nothing such|'), null)
  assert.equal(at('${PS-01:Flow}|'), null)
})

test('two letters of a function are enough; a function that stands there needs none', () => {
  assert.deepEqual(at('av|')?.options, ['avg', 'avg_over'])
  assert.deepEqual(at('avg|')?.options, ['avg_over'])
  assert.equal(at('a|'), null)
  assert.equal(at('2 * |'), null)
})

test('an option replaces what was written, with the bracket that is there already', () => {
  const put = (text: string, option: string): string => {
    const found = at(text)
    assert.ok(found !== null)
    const { text: made, caret } = completed(text.replace('|', ''), found, option)
    return `${made.slice(0, caret)}|${made.slice(caret)}`
  }
  assert.equal(put('2 * ${flo|', 'PS-01:Flow'), '2 * ${PS-01:Flow}|')
  assert.equal(put('${PS|-01:Fl} / 2', 'PZ-01:Flow'), '${PZ-01:Flow}| / 2')
  assert.equal(put('${PS| + ${RS-01:Inflow}', 'PZ-01:Flow'), '${PZ-01:Flow}| + ${RS-01:Inflow}')
  assert.equal(put('1 + ma| ', 'max'), '1 + max(| ')
})

test('whatever is written, wherever the caret stands: what is offered fits in', () => {
  const letters = fc.string({ unit: fc.constantFrom('$', '{', '}', 'P', 'S', 'a', 'v', ':', ' ', '+', '(') })
  fc.assert(
    fc.property(letters, fc.nat(20), (text, place) => {
      const caret = Math.min(place, text.length)
      const found = completionAt(text, caret, NAMES, FUNCTIONS)
      if (found === null) return
      assert.ok(found.from <= caret && found.to >= caret && found.options.length > 0)
      const { text: made, caret: next } = completed(text, found, found.options[0] ?? '')
      assert.ok(made.startsWith(text.slice(0, found.from)) && made.endsWith(text.slice(found.to)) && next <= made.length)
    }),
  )
})
