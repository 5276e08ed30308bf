import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileFormula } from './compile.ts'
import { arityOf, FUNCTION_NAMES } from './functions.ts'
import { BINARY, type Node } from './tree.ts'

/* What a formula means, node by node and without instructions: whatever is compiled must come to the same value by the same readings. */

interface Readings {
  readonly values: readonly number[]
  readonly severities: readonly number[]
  worst: number
}

const isNone = Number.isNaN
const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN)

function meaning(node: Node, readings: Readings): number {
  switch (node.type) {
    case 'number':
      return node.value
    case 'reference':
      readings.worst = Math.max(readings.worst, readings.severities[node.slot] ?? 2)
      return readings.values[node.slot] ?? Number.NaN
    case 'unary': {
      const value = meaning(node.of, readings)
      return node.sign === '-' ? -value : isNone(value) ? value : Number(value === 0)
    }
    case 'binary': {
      const x = meaning(node.left, readings)
      if (node.sign === 'and' && x === 0) return 0
      if (node.sign === 'or' && x !== 0 && !isNone(x)) return 1
      const y = meaning(node.right, readings)
      if (node.sign === 'and' && y === 0) return 0
      if (node.sign === 'or' && y !== 0 && !isNone(y)) return 1
      return isNone(x) || isNone(y) ? Number.NaN : finite(joined(node.sign, x, y))
    }
    case 'call':
      return called(node.name, node.args, readings)
  }
}

function joined(sign: (typeof BINARY)[number], x: number, y: number): number {
  const all = { '+': x + y, '-': x - y, '*': x * y, '/': x / y, '%': x % y, '^': x ** y, and: 1, or: 0 }
  const truths = { '<': x < y, '<=': x <= y, '>': x > y, '>=': x >= y, '=': x === y, '!=': x !== y }
  return Number({ ...all, ...truths }[sign])
}

function called(name: string, args: readonly Node[], readings: Readings): number {
  const [first, second, third] = args as [Node, Node, Node]
  const before = readings.worst
  switch (name) {
    case 'if': {
      const condition = meaning(first, readings)
      return isNone(condition) ? condition : meaning(condition === 0 ? third : second, readings)
    }
    case 'coalesce': {
      for (const arg of args) {
        const value = meaning(arg, readings)
        if (!isNone(value)) return value
      }
      return Number.NaN
    }
    case 'isgood': {
      readings.worst = 0
      const good = !isNone(meaning(first, readings)) && readings.worst === 0
      readings.worst = before
      return Number(good)
    }
    case 'count': {
      const known = args.filter((arg) => !isNone(meaning(arg, readings))).length
      readings.worst = before
      return known
    }
  }
  const values: number[] = []
  for (const arg of args) {
    const value = meaning(arg, readings)
    if (isNone(value)) return value
    values.push(value)
  }
  return finite(plain(name, values))
}

function plain(name: string, values: readonly number[]): number {
  const [x, y = 0, z = 0] = values as [number, number?, number?]
  const sum = values.reduce((total, one) => total + one, 0)
  const digits = 10 ** y
  const all: Readonly<Record<string, number>> = {
    min: Math.min(...values),
    max: Math.max(...values),
    sum,
    avg: sum / values.length,
    abs: Math.abs(x),
    sqrt: Math.sqrt(x),
    round: Number.isInteger(y) && Math.abs(y) <= 12 ? (Math.sign(x) * Math.round(Math.abs(x) * digits)) / digits : Number.NaN,
    floor: Math.floor(x),
    ceil: Math.ceil(x),
    ln: Math.log(x),
    log10: Math.log10(x),
    exp: Math.exp(x),
    pow: x ** y,
    sign: Math.sign(x),
    clamp: Math.min(Math.max(x, y), z),
  }
  return all[name] ?? Number.NaN
}

const SLOTS = 5
const figure = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  fc.constantFrom(0, 1e308, -1e308, 0.5),
)

const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.record({ type: fc.constant('reference' as const), slot: fc.nat(SLOTS - 1) }),
    fc.record({ type: fc.constant('number' as const), value: figure }),
    fc.record({ type: fc.constant('unary' as const), sign: fc.constantFrom('-' as const, 'not' as const), of: tie('node') }),
    fc.record({ type: fc.constant('binary' as const), sign: fc.constantFrom(...BINARY), left: tie('node'), right: tie('node') }),
    fc.constantFrom(...FUNCTION_NAMES).chain((name) => {
      const { least = 0, most = 0 } = arityOf(name) ?? {}
      const args = fc.array(tie('node'), { minLength: least, maxLength: Math.min(most, 4) })
      return fc.record({ type: fc.constant('call' as const), name: fc.constant(name), args })
    }),
  ),
}))
const reading = fc.oneof(fc.record({ value: figure, severity: fc.constantFrom(0, 0, 1) }), fc.constant({ value: Number.NaN, severity: 2 }))

test('whatever is compiled comes to what its tree means, by the same readings, also when it is evaluated again', () => {
  const slots = Array.from({ length: SLOTS }, (_, reference) => ({ reference, window: null }))
  const rounds = fc.array(fc.array(reading, { minLength: SLOTS, maxLength: SLOTS }), { minLength: 1, maxLength: 3 })
  const property = fc.property(node, rounds, (root, turns) => {
    const machine = compileFormula({ root, slots, references: [] })
    for (const seen of turns) {
      const readings: Readings = { values: seen.map((one) => one.value), severities: seen.map((one) => one.severity), worst: 0 }
      machine.values.set(readings.values)
      machine.severities.set(readings.severities)
      // 0 and −0 are one number to a plant
      assert.equal(machine.evaluate() + 0, meaning(root, readings) + 0)
      assert.equal(machine.worst, readings.worst)
    }
  })
  fc.assert(property, { numRuns: 3000 })
})
