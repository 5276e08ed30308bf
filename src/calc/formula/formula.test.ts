import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileFormula } from './compile.ts'
import { FUNCTION_NAMES } from './functions.ts'
import { parseFormula } from './parse.ts'
import { FormulaProblem } from './problem.ts'
import { bracketed } from './tree.ts'

/** @param values by reference, in the order in which the formula names them; undefined is Bad, a pair is Uncertain */
function run(text: string, ...values: readonly (number | undefined)[]): number | null {
  const formula = parseFormula(text)
  const machine = compileFormula(formula)
  formula.slots.forEach(({ reference }, slot) => {
    const value = values[reference]
    machine.values[slot] = value ?? Number.NaN
    machine.severities[slot] = value === undefined ? 2 : 0
  })
  const result = machine.evaluate()
  return Number.isNaN(result) ? null : result
}

test('precedences and spellings', () => {
  const rows: [string, number][] = [
    ['1 + 2 * 3', 7],
    ['-2^2', -4],
    ['2^-1', 0.5],
    ['2^3^2', 512],
    ['(1 + 2) * 3 % 4', 1],
    ['1 < 2 and 2 <= 2', 1],
    ['not 1 = 2', 1],
    ['not 0 and 0', 0],
    ['1 = 1 or 1/0', 1],
    ['3 ≠ 3', 0],
    ['3 <> 4', 1],
    ['6 ÷ 3 × 2 − 1', 3],
    ['1.5e3 + .5', 1500.5],
    ['IF(2 > 1, 10, 1/0)', 10],
    ['round(2.5) + round(-2.5)', 0],
    ['round(1.255, 2)', 1.25],
    ['clamp(12, 0, 10)', 10],
    ['coalesce(1/0, 4)', 4],
    ['count(1, 1/0, 3)', 2],
    ['min(3, 1, 2) + max(3, 1, 2) + avg(1, 3) + sum(1, 2, 3)', 12],
  ]
  for (const [text, expected] of rows) assert.equal(run(text), expected, text)
})

test('what has no value makes no value, except where one side decides', () => {
  for (const text of ['${a:b} + 1', '-${a:b}', '${a:b} > 0', 'not ${a:b}', 'min(1, ${a:b})', 'if(${a:b}, 1, 2)', '${a:b} ^ 0']) {
    assert.equal(run(text, undefined), null, text)
  }
  for (const text of ['1/0', '0/0', '5 % 0', 'sqrt(-1)', 'ln(0)', 'log10(0)', 'exp(1000)', '10^309', '(-8)^0.5', 'round(1, 20)']) {
    assert.equal(run(text), null, text)
  }
  assert.equal(run('0 and ${a:b}', undefined), 0)
  assert.equal(run('${a:b} and 0', undefined), 0)
  assert.equal(run('1 or ${a:b}', undefined), 1)
  assert.equal(run('${a:b} or 1', undefined), 1)
  assert.equal(run('1 and ${a:b}', undefined), null)
  assert.equal(run('coalesce(${a:b}, 7)', undefined), 7)
  assert.equal(run('isgood(${a:b})', undefined), 0)
  assert.equal(run('isgood(${a:b})', 1), 1)
})

test('the quality is the worst of what was read, and only of that', () => {
  const worst = (text: string, severities: readonly number[]): number => {
    const formula = parseFormula(text)
    const machine = compileFormula(formula)
    formula.slots.forEach(({ reference }, slot) => {
      machine.values[slot] = 1
      machine.severities[slot] = severities[reference] ?? 0
    })
    machine.evaluate()
    return machine.worst
  }
  assert.equal(worst('${a:b} + ${a:c}', [0, 1]), 1)
  assert.equal(worst('if(1, ${a:b}, ${a:c})', [0, 1]), 0)
  assert.equal(worst('0 and ${a:b}', [1]), 0)
  assert.equal(worst('isgood(${a:b}) + 1', [1]), 0)
})

test('a reference takes any name; equal ones share a slot', () => {
  const { references, slots } = parseFormula('${PS 01/a:Flow m³/h (total): 2} + ${ps 01/A:flow m³/h (total): 2} + ${X:y}')
  assert.deepEqual(references, [
    { device: 'PS 01/a', tag: 'Flow m³/h (total): 2' },
    { device: 'X', tag: 'y' },
  ])
  assert.equal(slots.length, 2)
})

test('windows name one tag, a time, and how much of it must be known', () => {
  const { slots } = parseFormula('avg_over(${a:b}, 15m) - min_over(${a:b}, 1.5h, 0.9) + avg_over(${a:b}, 900s)')
  assert.deepEqual(slots, [
    { reference: 0, window: { name: 'avg_over', seconds: 900, minCover: 0.5 } },
    { reference: 0, window: { name: 'min_over', seconds: 5400, minCover: 0.9 } },
  ])
})

test('the editor shows how it is read', () => {
  assert.equal(bracketed(parseFormula('-2^2 + ${A:b} * 3 > 1 and not 0')), '((−(2 ^ 2) + (A:b × 3)) > 1) and not 0')
})

test('what is wrong is said with its place', () => {
  const rows: [string, RegExp, number][] = [
    ['', /ends where a value is missing/, 0],
    ['1 +', /ends where/, 3],
    ['(1', /not closed/, 0],
    ['1 2', /operator is missing/, 2],
    ['foo(1)', /no function foo/, 0],
    ['Flow', /\$\{Device:Tag\}/, 0],
    ['${PS}', /names device and tag/, 0],
    ['${PS:Flow', /not closed/, 0],
    ['1 # 2', /"#" has no meaning/, 2],
    ['5x', /neither a number nor a time/, 0],
    ['15m', /only inside a window/, 0],
    ['avg_over(1, 15m)', /looks at one tag/, 9],
    ['avg_over(${a:b}, 15)', /how long/, 17],
    ['avg_over(${a:b}, 32d)', /31 days/, 17],
    ['sqrt(1, 2)', /sqrt is 1, not 2/, 0],
    ['a.constructor', /"\." has no meaning/, 1],
    ['__proto__', /no function/, 0],
    ['constructor(1)', /no function constructor/, 0],
  ]
  for (const [text, message, at] of rows) {
    assert.throws(
      () => parseFormula(text),
      (error) => error instanceof FormulaProblem && message.test(error.message) && error.at === at,
      text,
    )
  }
})

test('hostile texts end with a plain problem', () => {
  const hostile = [
    '('.repeat(4000),
    '-'.repeat(4000),
    'not '.repeat(1000) + '1',
    '1' + '+1'.repeat(2000),
    '2^'.repeat(1300) + '2',
    'min('.repeat(1000),
    `min(${Array.from({ length: 600 }, () => '1').join(',')})`,
    Array.from({ length: 65 }, (_, index) => `\${a:${index}}`).join('+'),
    '1'.repeat(4097),
    '9'.repeat(400),
    'if(1,'.repeat(500),
  ]
  for (const text of hostile) {
    assert.throws(() => parseFormula(text), FormulaProblem, text.slice(0, 30))
  }
})

test('no text throws anything but a problem, and nothing is left on a prototype', () => {
  const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype))
  const piece = fc.constantFrom(
    ...FUNCTION_NAMES,
    ...Array.from('+-*/%^<>=(),. '),
    '${a:b}',
    '1',
    '2.5',
    '15m',
    'and',
    'or',
    'not',
    '__proto__',
    'é',
    '\0',
    '}',
  )
  const property = fc.property(
    fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
    ),
    (text) => {
      try {
        compileFormula(parseFormula(text)).evaluate()
      } catch (error) {
        assert.ok(error instanceof FormulaProblem, String(error))
      }
    },
  )
  fc.assert(property, { numRuns: 5000 })
  assert.equal(JSON.stringify(Object.getOwnPropertyNames(Object.prototype)), before)
})

/** Random arithmetic as text and, beside it, its value by JavaScript itself. */
interface Arithmetic {
  readonly text: string
  readonly value: number
}

const { arithmetic } = fc.letrec<{ arithmetic: Arithmetic }>((tie) => ({
  arithmetic: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.integer({ min: 0, max: 20 }).map((value): Arithmetic => ({ text: String(value), value })),
    fc.tuple(fc.constantFrom('+', '-', '*', '/', '%', '<', '='), tie('arithmetic'), tie('arithmetic')).map(([sign, a, b]): Arithmetic => ({
      text: `(${a.text} ${sign} ${b.text})`,
      value: byHand(sign, a.value, b.value),
    })),
    tie('arithmetic').map((a): Arithmetic => ({ text: `(-${a.text})`, value: -a.value })),
    fc.tuple(tie('arithmetic'), tie('arithmetic')).map(([a, b]): Arithmetic => ({
      text: `max(${a.text}, ${b.text})`,
      value: Math.max(a.value, b.value),
    })),
  ),
}))

function byHand(sign: string, a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN
  const value = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b, '<': a < b ? 1 : 0, '=': a === b ? 1 : 0 }[sign] ?? 0
  return Number.isFinite(value) ? value : Number.NaN
}

test('arithmetic is that of JavaScript, with no value where that leaves the numbers', () => {
  const property = fc.property(arithmetic, ({ text, value }) => {
    if (text.length > 2000) return
    try {
      const result = run(text)
      assert.ok(result === null ? Number.isNaN(value) : result === value || Object.is(result, -value), `${text} = ${result}, not ${value}`)
    } catch (error) {
      assert.ok(error instanceof FormulaProblem)
    }
  })
  fc.assert(property, { numRuns: 3000 })
})
