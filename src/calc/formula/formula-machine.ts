import { INSTRUCTION, Op } from './op.ts'

// constants of this very file are known by heart where they are compared: it makes half of the speed
const {
  move,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  power,
  less,
  atMost,
  greater,
  atLeast,
  equal,
  unequal,
  and,
  or,
  negate,
  not,
  least,
  greatest,
  abs,
  sqrt,
  round,
  floor,
  ceil,
  ln,
  log10,
  exp,
  sign,
  count,
  good,
  hold,
  restore,
  jump,
  branch,
  endsIfNone,
  endsIfZero,
  endsIfTrue,
  endsIfKnown,
} = Op

/**
 * A compiled formula with the memory that it is evaluated in: registers, and instructions of four numbers that say what is done with them. It
 * is as small as can be, since a plant has thousands of formulas and each is met when the others have driven it out of the processor's cache.
 */
export class FormulaMachine {
  /** One number a slot, to be set before: NaN is "no value". Constants and what is worked out lie behind them. */
  readonly values: Float64Array
  /** OPC UA severities, 0 Good to 2 Bad, one a slot; of one without a value it is 2. */
  readonly severities: Uint8Array
  /** The worst severity of the slots that the last evaluation read. */
  worst = 0
  readonly #code: Uint16Array
  readonly #result: number

  /** @param registers what they begin with; the first are the slots */
  constructor(slots: number, registers: readonly number[], code: readonly number[], result: number) {
    this.values = Float64Array.from(registers)
    this.severities = new Uint8Array(registers.length).fill(2, 0, slots)
    this.#code = Uint16Array.from(code)
    this.#result = result
  }

  /** @returns NaN for "no value" */
  evaluate(): number {
    const { values, severities } = this
    const code = this.#code
    let seen = 0
    for (let at = 0; at < code.length; at += INSTRUCTION) {
      const op = code[at] ?? 0
      const a = code[at + 1] ?? 0
      const b = code[at + 2] ?? 0
      const to = code[at + 3] ?? 0
      const x = values[a] ?? Number.NaN
      const y = values[b] ?? Number.NaN
      // what is not a slot is Good; 3 is both Uncertain and Bad
      seen |= (severities[a] ?? 0) | (severities[b] ?? 0)
      let result: number
      switch (op) {
        case move:
          result = x
          break
        case add:
          result = x + y
          break
        case subtract:
          result = x - y
          break
        case multiply:
          result = x * y
          break
        case divide:
          result = x / y
          break
        case modulo:
          result = x % y
          break
        case power:
          // NaN ** 0 is 1 in JavaScript
          result = Number.isNaN(x) ? x : x ** y
          break
        case less:
          result = x < y ? 1 : x >= y ? 0 : Number.NaN
          break
        case atMost:
          result = x <= y ? 1 : x > y ? 0 : Number.NaN
          break
        case greater:
          result = x > y ? 1 : x <= y ? 0 : Number.NaN
          break
        case atLeast:
          result = x >= y ? 1 : x < y ? 0 : Number.NaN
          break
        case equal:
          result = isNone(x, y) ? Number.NaN : x === y ? 1 : 0
          break
        case unequal:
          result = isNone(x, y) ? Number.NaN : x === y ? 0 : 1
          break
        case and:
          result = x === 0 || y === 0 ? 0 : isNone(x, y) ? Number.NaN : 1
          break
        case or:
          result = isTrue(x) || isTrue(y) ? 1 : isNone(x, y) ? Number.NaN : 0
          break
        case negate:
          result = -x
          break
        case not:
          result = Number.isNaN(x) ? x : x === 0 ? 1 : 0
          break
        case least:
          result = Math.min(x, y)
          break
        case greatest:
          result = Math.max(x, y)
          break
        case abs:
          result = Math.abs(x)
          break
        case sqrt:
          result = Math.sqrt(x)
          break
        case round:
          result = roundedTo(x, y)
          break
        case floor:
          result = Math.floor(x)
          break
        case ceil:
          result = Math.ceil(x)
          break
        case ln:
          result = Math.log(x)
          break
        case log10:
          result = Math.log10(x)
          break
        case exp:
          result = Math.exp(x)
          break
        case sign:
          result = Math.sign(x)
          break
        case count:
          result = Number.isNaN(x) ? y : y + 1
          break
        case good:
          result = !Number.isNaN(x) && seen === 0 ? 1 : 0
          seen = y
          break
        case hold:
          result = seen
          seen = 0
          break
        case restore:
          seen = x
          continue
        case jump:
          at = to - INSTRUCTION
          continue
        case branch:
          if (x === 0) at = to - INSTRUCTION
          else if (Number.isNaN(x)) {
            values[b] = x
            at = to - 2 * INSTRUCTION
          }
          continue
        case endsIfNone:
        case endsIfZero:
        case endsIfTrue:
        case endsIfKnown:
          if (ends(op, x)) {
            values[b] = op === endsIfTrue ? 1 : x
            at = to - INSTRUCTION
          }
          continue
        default:
          result = Number.NaN
      }
      // what leaves the numbers has no value
      values[to] = Number.isFinite(result) ? result : Number.NaN
    }
    this.worst = Math.min(seen, 2)
    return values[this.#result] ?? Number.NaN
  }
}

function isNone(x: number, y: number): boolean {
  return Number.isNaN(x) || Number.isNaN(y)
}

function isTrue(value: number): boolean {
  return value !== 0 && !Number.isNaN(value)
}

function ends(op: number, value: number): boolean {
  switch (op) {
    case endsIfNone:
      return Number.isNaN(value)
    case endsIfZero:
      return value === 0
    case endsIfTrue:
      return isTrue(value)
    default:
      return !Number.isNaN(value)
  }
}

/** Half away from zero, as people round; digits are -12 to 12. */
function roundedTo(value: number, digits: number): number {
  if (!Number.isInteger(digits) || Math.abs(digits) > 12) return Number.NaN
  const factor = 10 ** digits
  return (Math.sign(value) * Math.round(Math.abs(value) * factor)) / factor
}
