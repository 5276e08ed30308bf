import { FormulaMachine } from './formula-machine.ts'
import { Op } from './op.ts'
import type { Binary, Formula, Node } from './tree.ts'

/**
 * No text is evaluated, nothing is looked up by name, and the cost of one evaluation is bounded by the number of nodes.
 *
 * No value: any operand without one makes the result none; so do x/0, the logarithm of 0 and what overflows. A condition without a
 * value makes `if` none. `and` and `or` are decided by one side where that is enough: 0 and none is 0, 1 or none is 1.
 */
export function compileFormula({ root, slots }: Formula): FormulaMachine {
  return new Compiler(slots.length).machine(root)
}

const BINARY: Readonly<Record<Exclude<Binary, 'and' | 'or'>, Op>> = {
  '+': Op.add,
  '-': Op.subtract,
  '*': Op.multiply,
  '/': Op.divide,
  '%': Op.modulo,
  '^': Op.power,
  '<': Op.less,
  '<=': Op.atMost,
  '>': Op.greater,
  '>=': Op.atLeast,
  '=': Op.equal,
  '!=': Op.unequal,
}

const UNARY: ReadonlyMap<string, Op> = new Map<string, Op>([
  ['abs', Op.abs],
  ['sqrt', Op.sqrt],
  ['floor', Op.floor],
  ['ceil', Op.ceil],
  ['ln', Op.ln],
  ['log10', Op.log10],
  ['exp', Op.exp],
  ['sign', Op.sign],
])

/** What joins the arguments of a function one by one. */
const JOINED: ReadonlyMap<string, Op> = new Map<string, Op>([
  ['min', Op.least],
  ['max', Op.greatest],
  ['sum', Op.add],
  ['avg', Op.add],
])

class Compiler {
  readonly #slots: number
  /** What each begins with. */
  readonly #registers: number[]
  readonly #code: number[] = []

  constructor(slots: number) {
    this.#slots = slots
    this.#registers = Array<number>(slots).fill(Number.NaN)
  }

  machine(root: Node): FormulaMachine {
    const result = this.#register()
    this.#write(root, result)
    return new FormulaMachine(this.#slots, this.#registers, this.#code, result)
  }

  #register(value = Number.NaN): number {
    return this.#registers.push(value) - 1
  }

  #put(op: Op, a: number, b: number, to: number): void {
    this.#code.push(op, a, b, to)
  }

  /** Writes an instruction that jumps to a place that `#land` tells. */
  #leap(op: Op, a: number, b: number): number {
    return this.#code.push(op, a, b, 0) - 1
  }

  #land(leap: number): void {
    this.#code[leap] = this.#code.length
  }

  /** @returns where the value of a node stands */
  #read(node: Node): number {
    if (node.type === 'reference') return node.slot
    if (isFixed(node))
      return this.#register(node.type === 'number' ? node.value : compileFormula({ root: node, slots: [], references: [] }).evaluate())
    const to = this.#register()
    this.#write(node, to)
    return to
  }

  #write(node: Node, to: number): void {
    switch (node.type) {
      case 'number':
      case 'reference': {
        const from = this.#read(node)
        return this.#put(Op.move, from, from, to)
      }
      case 'unary': {
        const of = this.#read(node.of)
        return this.#put(node.sign === '-' ? Op.negate : Op.not, of, of, to)
      }
      case 'binary': {
        const left = this.#read(node.left)
        if (node.sign !== 'and' && node.sign !== 'or') return this.#put(BINARY[node.sign], left, this.#read(node.right), to)
        const decided = this.#leap(node.sign === 'and' ? Op.endsIfZero : Op.endsIfTrue, left, to)
        this.#put(node.sign === 'and' ? Op.and : Op.or, left, this.#read(node.right), to)
        return this.#land(decided)
      }
      case 'call':
        return this.#call(node.name, node.args, to)
    }
  }

  #call(name: string, args: readonly Node[], to: number): void {
    const [first = NONE, second = NONE, third = NONE] = args
    switch (name) {
      case 'if': {
        const other = this.#leap(Op.branch, this.#read(first), to)
        this.#write(second, to)
        const end = this.#leap(Op.jump, to, to)
        this.#land(other)
        this.#write(third, to)
        return this.#land(end)
      }
      case 'coalesce': {
        const known = args.map((arg) => this.#leap(Op.endsIfKnown, this.#read(arg), to))
        const none = this.#register()
        this.#put(Op.move, none, none, to)
        for (const leap of known) this.#land(leap)
        return
      }
      case 'isgood': {
        const before = this.#register()
        this.#put(Op.hold, before, before, before)
        // to ask for the quality is not to rely on the value
        return this.#put(Op.good, this.#read(first), before, to)
      }
      case 'count': {
        const before = this.#register()
        this.#put(Op.hold, before, before, before)
        const zero = this.#register(0)
        this.#put(Op.move, zero, zero, to)
        for (const arg of args) this.#put(Op.count, this.#read(arg), to, to)
        return this.#put(Op.restore, before, before, before)
      }
    }
    const op = UNARY.get(name)
    if (op !== undefined) {
      const of = this.#read(first)
      return this.#put(op, of, of, to)
    }
    this.#plain(name, args, to)
  }

  /** A function of several numbers: the first one without a value ends it. */
  #plain(name: string, args: readonly Node[], to: number): void {
    const ends: number[] = []
    // of tags and numbers alone: one without a value is Bad already, so that it does no harm to read the others
    const simple = args.every(({ type }) => type === 'reference' || type === 'number')
    const all = args.map((arg, index) => {
      const from = this.#read(arg)
      const mayBeNone = !simple && Number.isNaN(this.#registers[from])
      if (mayBeNone && index < args.length - 1) ends.push(this.#leap(Op.endsIfNone, from, to))
      return from
    })
    const [first = this.#register(), second = this.#register(0), ...others] = all
    const joined = JOINED.get(name)
    if (name === 'clamp') {
      this.#put(Op.greatest, first, second, to)
      for (const most of others) this.#put(Op.least, to, most, to)
    } else if (joined === undefined) this.#put(name === 'pow' ? Op.power : Op.round, first, second, to)
    else {
      if (all.length === 1) this.#put(Op.move, first, first, to)
      else this.#put(joined, first, second, to)
      for (const other of others) this.#put(joined, to, other, to)
      if (name === 'avg') this.#put(Op.divide, to, this.#register(all.length), to)
    }
    for (const end of ends) this.#land(end)
  }
}

const NONE: Node = { type: 'number', value: Number.NaN }

function isFixed(node: Node): boolean {
  switch (node.type) {
    case 'number':
      return true
    case 'reference':
      return false
    case 'unary':
      return isFixed(node.of)
    case 'binary':
      return isFixed(node.left) && isFixed(node.right)
    case 'call':
      return node.args.every(isFixed)
  }
}
