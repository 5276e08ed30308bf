import { isWindowFunction } from '../window.ts'
import { arityOf } from './functions.ts'
import { lex, type Token } from './lex.ts'
import { FormulaProblem } from './problem.ts'
import type { Binary, Formula, Node, Reference, Slot } from './tree.ts'

const MAX_NODES = 512
const MAX_DEPTH = 64
const MAX_REFERENCES = 64
const MAX_WINDOW_SECONDS = 31 * 86_400

/** How tightly each operator binds its left side; `^` binds to the right. Unary minus stands between `*` and `^`: −2^2 is −4. */
const POWER: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ['=', 3],
  ['!=', 3],
  ['<', 4],
  ['<=', 4],
  ['>', 4],
  ['>=', 4],
  ['+', 5],
  ['-', 5],
  ['*', 6],
  ['/', 6],
  ['%', 6],
  ['^', 8],
])
const UNARY = 7

const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
  ['pi', Math.PI],
])

/**
 * Reads a formula. Whatever the text, the work is bounded by its length: at most 4,096 characters, 512 nodes, 64 levels,
 * 64 references, windows of up to 31 days.
 * @throws FormulaProblem with the place in the text
 */
export function parseFormula(text: string): Formula {
  return new Parser(lex(text)).parse()
}

/** A cursor over the tokens. */
class Parser {
  readonly #tokens: readonly Token[]
  readonly #references: Reference[] = []
  readonly #slots: Slot[] = []
  readonly #slotByKey = new Map<string, number>()
  #next = 0
  #nodes = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  parse(): Formula {
    const root = this.#expression(0, 1)
    const rest = this.#peek()
    if (rest.type !== 'end') throw new FormulaProblem('noOperator', rest.at, { next: told(rest) })
    return { references: this.#references, slots: this.#slots, root }
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { type: 'end', at: 0 }
  }

  #take(): Token {
    const token = this.#peek()
    this.#next++
    return token
  }

  #count(node: Node, at: number): Node {
    if (++this.#nodes > MAX_NODES) throw new FormulaProblem('mostParts', at, { most: MAX_NODES })
    return node
  }

  #expression(least: number, depth: number): Node {
    if (depth > MAX_DEPTH) throw new FormulaProblem('mostDeep', this.#peek().at, { most: MAX_DEPTH })
    let left = this.#prefix(depth)
    for (;;) {
      const token = this.#peek()
      const sign = token.type === 'sign' ? token.sign : token.type === 'name' ? token.name : ''
      const power = POWER.get(sign)
      if (power === undefined || power < least) return left
      this.#next++
      // to the right: 2^3^2 is 2^(3^2), and 2^-1 is allowed
      const right = sign === '^' ? this.#expression(UNARY, depth + 1) : this.#expression(power + 1, depth + 1)
      left = this.#count({ type: 'binary', sign: sign as Binary, left, right }, token.at)
    }
  }

  #prefix(depth: number): Node {
    const token = this.#take()
    switch (token.type) {
      case 'number':
        return this.#count({ type: 'number', value: token.value }, token.at)
      case 'reference':
        return this.#count({ type: 'reference', slot: this.#slot(token, null) }, token.at)
      case 'name':
        if (token.name === 'not') {
          return this.#count({ type: 'unary', sign: 'not', of: this.#expression(3, depth + 1) }, token.at)
        }
        return this.#named(token.name, token.at, depth)
      case 'sign':
        if (token.sign === '-') return this.#count({ type: 'unary', sign: '-', of: this.#expression(UNARY, depth + 1) }, token.at)
        if (token.sign === '+') return this.#expression(UNARY, depth + 1)
        if (token.sign === '(') {
          const inner = this.#expression(0, depth + 1)
          this.#close(token.at)
          return inner
        }
        throw new FormulaProblem('noValue', token.at, { sign: token.sign })
      case 'duration':
        throw new FormulaProblem('timeAlone', token.at)
      case 'end':
        throw new FormulaProblem('openEnd', token.at)
    }
  }

  #close(openedAt: number): void {
    const token = this.#take()
    if (token.type !== 'sign' || token.sign !== ')') throw new FormulaProblem('bracket', openedAt)
  }

  #named(name: string, at: number, depth: number): Node {
    const constant = CONSTANTS.get(name)
    if (constant !== undefined) return this.#count({ type: 'number', value: constant }, at)
    const next = this.#peek()
    const opened = next.type === 'sign' && next.sign === '('
    if (isWindowFunction(name)) {
      if (!opened) throw new FormulaProblem('windowForm', at, { name })
      this.#next++
      return this.#window(name, at)
    }
    const arity = arityOf(name)
    if (arity === undefined) {
      throw new FormulaProblem('noFunction', at, { name })
    }
    if (!opened) throw new FormulaProblem('noArguments', at, { name })
    this.#next++
    const args = this.#arguments(next.at, depth)
    if (args.length < arity.least || args.length > arity.most) {
      const wanted = arity.least === arity.most ? `${arity.least}` : `${arity.least}–${arity.most}`
      throw new FormulaProblem('arguments', at, { name, wanted, given: args.length })
    }
    return this.#count({ type: 'call', name, args }, at)
  }

  #arguments(openedAt: number, depth: number): Node[] {
    const args: Node[] = []
    const first = this.#peek()
    if (first.type === 'sign' && first.sign === ')') {
      this.#next++
      return args
    }
    for (;;) {
      args.push(this.#expression(0, depth + 1))
      const token = this.#take()
      if (token.type === 'sign' && token.sign === ',') continue
      if (token.type === 'sign' && token.sign === ')') return args
      throw new FormulaProblem('bracket', openedAt)
    }
  }

  /** `name(${Device:Tag}, 15m)` or with the least share of it that must be known, `name(${Device:Tag}, 15m, 0.9)`. */
  #window(name: NonNullable<Slot['window']>['name'], at: number): Node {
    const reference = this.#take()
    if (reference.type !== 'reference') throw new FormulaProblem('windowTag', reference.at, { name })
    this.#comma(name)
    const span = this.#take()
    if (span.type !== 'duration') throw new FormulaProblem('windowSpan', span.at)
    if (span.seconds < 1 || span.seconds > MAX_WINDOW_SECONDS) throw new FormulaProblem('windowLong', span.at)
    let minCover = 0.5
    const next = this.#peek()
    if (next.type === 'sign' && next.sign === ',') {
      this.#next++
      const share = this.#take()
      if (share.type !== 'number' || share.value > 1) throw new FormulaProblem('windowShare', share.at)
      minCover = share.value
    }
    this.#close(at)
    return this.#count({ type: 'reference', slot: this.#slot(reference, { name, seconds: span.seconds, minCover }) }, at)
  }

  #comma(name: string): void {
    const token = this.#take()
    if (token.type !== 'sign' || token.sign !== ',') throw new FormulaProblem('windowTime', token.at, { name })
  }

  #slot(token: Extract<Token, { type: 'reference' }>, window: Slot['window']): number {
    const key = `${token.device}:${token.tag}`.toLowerCase()
    let reference = this.#references.findIndex((one) => `${one.device}:${one.tag}`.toLowerCase() === key)
    if (reference === -1) {
      if (this.#references.length === MAX_REFERENCES) throw new FormulaProblem('mostTags', token.at, { most: MAX_REFERENCES })
      reference = this.#references.push({ device: token.device, tag: token.tag }) - 1
    }
    const slotKey = `${reference} ${window === null ? '' : `${window.name} ${window.seconds} ${window.minCover}`}`
    const known = this.#slotByKey.get(slotKey)
    if (known !== undefined) return known
    const slot = this.#slots.push({ reference, window }) - 1
    this.#slotByKey.set(slotKey, slot)
    return slot
  }
}

function told(token: Token): string {
  switch (token.type) {
    case 'number':
      return String(token.value)
    case 'duration':
      return `${token.seconds} s`
    case 'reference':
      return `\${${token.device}:${token.tag}}`
    case 'name':
      return token.name
    case 'sign':
      return `"${token.sign}"`
    case 'end':
      return 'the end'
  }
}
