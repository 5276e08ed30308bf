import { plainFunction } from './functions.ts'
import type { Formula, Node } from './tree.ts'

/** What a formula is evaluated against: one number and one severity a slot. */
export interface Inputs {
  /** NaN: no value. */
  readonly values: Float64Array
  /** OPC UA severities, 0 Good to 2 Bad. */
  readonly severities: Uint8Array
  /** The worst severity of the slots that were read; set it to 0 before. */
  worst: number
}

/** @returns NaN for "no value" */
export type Evaluate = (inputs: Inputs) => number

export function inputsFor({ slots }: Formula): Inputs {
  return { values: new Float64Array(slots.length).fill(Number.NaN), severities: new Uint8Array(slots.length).fill(2), worst: 0 }
}

/**
 * Closures over numbered slots, one a node: no text is evaluated, nothing is looked up by name, and the cost of one evaluation
 * is bounded by the number of nodes.
 *
 * No value: any operand without one makes the result none; so do x/0, the logarithm of 0 and what overflows. A condition without a
 * value makes `if` none. `and` and `or` are decided by one side where that is enough: 0 and none is 0, 1 or none is 1.
 */
export function compileFormula({ root }: Formula): Evaluate {
  return compile(root)
}

function compile(node: Node): Evaluate {
  switch (node.type) {
    case 'number': {
      const { value } = node
      return () => value
    }
    case 'reference': {
      const { slot } = node
      return (inputs) => {
        const severity = inputs.severities[slot] ?? 2
        if (severity > inputs.worst) inputs.worst = severity
        return inputs.values[slot] ?? Number.NaN
      }
    }
    case 'unary':
      return compileUnary(node.sign, compile(node.of))
    case 'binary':
      return compileBinary(node)
    case 'call':
      return compileCall(node.name, node.args.map(compile))
  }
}

function compileUnary(sign: '-' | 'not', of: Evaluate): Evaluate {
  if (sign === '-') return (inputs) => -of(inputs)
  return (inputs) => {
    const value = of(inputs)
    return Number.isNaN(value) ? value : value === 0 ? 1 : 0
  }
}

function compileBinary({ sign, left, right }: Extract<Node, { type: 'binary' }>): Evaluate {
  const a = compile(left)
  const b = compile(right)
  switch (sign) {
    case '+':
      return (inputs) => finite(a(inputs) + b(inputs))
    case '-':
      return (inputs) => finite(a(inputs) - b(inputs))
    case '*':
      return (inputs) => finite(a(inputs) * b(inputs))
    case '/':
      return (inputs) => finite(a(inputs) / b(inputs))
    case '%':
      return (inputs) => a(inputs) % b(inputs)
    case '^':
      // NaN ** 0 is 1 in JavaScript
      return (inputs) => both(a(inputs), b(inputs), (base, exponent) => finite(base ** exponent))
    case '<':
      return (inputs) => both(a(inputs), b(inputs), (x, y) => (x < y ? 1 : 0))
    case '<=':
      return (inputs) => both(a(inputs), b(inputs), (x, y) => (x <= y ? 1 : 0))
    case '>':
      return (inputs) => both(a(inputs), b(inputs), (x, y) => (x > y ? 1 : 0))
    case '>=':
      return (inputs) => both(a(inputs), b(inputs), (x, y) => (x >= y ? 1 : 0))
    case '=':
      return (inputs) => both(a(inputs), b(inputs), (x, y) => (x === y ? 1 : 0))
    case '!=':
      return (inputs) => both(a(inputs), b(inputs), (x, y) => (x === y ? 0 : 1))
    case 'and':
      return (inputs) => {
        const x = a(inputs)
        if (x === 0) return 0
        const y = b(inputs)
        if (y === 0) return 0
        return Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : 1
      }
    case 'or':
      return (inputs) => {
        const x = a(inputs)
        if (x !== 0 && !Number.isNaN(x)) return 1
        const y = b(inputs)
        if (y !== 0 && !Number.isNaN(y)) return 1
        return Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : 0
      }
  }
}

function compileCall(name: string, args: readonly Evaluate[]): Evaluate {
  const [first = none, second = none, third = none] = args
  switch (name) {
    case 'if':
      return (inputs) => {
        const condition = first(inputs)
        return Number.isNaN(condition) ? condition : condition === 0 ? third(inputs) : second(inputs)
      }
    case 'coalesce':
      return (inputs) => {
        for (const arg of args) {
          const value = arg(inputs)
          if (!Number.isNaN(value)) return value
        }
        return Number.NaN
      }
    case 'isgood':
      return (inputs) => {
        const before = inputs.worst
        inputs.worst = 0
        const good = !Number.isNaN(first(inputs)) && inputs.worst === 0
        // to ask for the quality is not to rely on the value
        inputs.worst = before
        return good ? 1 : 0
      }
    case 'count':
      return (inputs) => {
        const before = inputs.worst
        let known = 0
        for (const arg of args) if (!Number.isNaN(arg(inputs))) known++
        inputs.worst = before
        return known
      }
  }
  const run = plainFunction(name)
  if (run === undefined) return none
  return (inputs) => {
    const values: number[] = []
    for (const arg of args) {
      const value = arg(inputs)
      if (Number.isNaN(value)) return value
      values.push(value)
    }
    return finite(run(values))
  }
}

function none(): number {
  return Number.NaN
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}

function both(x: number, y: number, of: (x: number, y: number) => number): number {
  return Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : of(x, y)
}
