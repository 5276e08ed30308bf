import { FormulaProblem } from './problem.ts'

export type Token = { readonly at: number } & (
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'duration'; readonly seconds: number }
  | { readonly type: 'reference'; readonly device: string; readonly tag: string }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'sign'; readonly sign: string }
  | { readonly type: 'end' }
)

export const MAX_LENGTH = 4096

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])
/** Longer ones first; what people type or paste becomes one spelling. */
const SIGNS: readonly (readonly [string, string])[] = [
  ['<=', '<='],
  ['>=', '>='],
  ['!=', '!='],
  ['<>', '!='],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
  ...Array.from('+-*/%^<>=(),', (sign) => [sign, sign] as const),
  ['−', '-'],
  ['×', '*'],
  ['·', '*'],
  ['÷', '/'],
]
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const BLANKS = /\s+/y

/**
 * Cuts the text of a formula into tokens, the last of type `end`.
 * @throws FormulaProblem
 */
export function lex(text: string): Token[] {
  if (text.length > MAX_LENGTH) throw new FormulaProblem('mostCharacters', MAX_LENGTH, { most: MAX_LENGTH })
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  while (at < text.length) {
    const blanks = match(BLANKS)
    if (blanks !== undefined) {
      at += blanks.length
      continue
    }
    if (text.startsWith('${', at)) {
      const token = reference(text, at)
      tokens.push(token)
      at = text.indexOf('}', at) + 1
      continue
    }
    const digits = match(NUMBER)
    if (digits !== undefined) {
      const start = at
      at += digits.length
      const unit = match(NAME)
      tokens.push(number(digits, unit, start))
      at += unit?.length ?? 0
      continue
    }
    const name = match(NAME)
    if (name !== undefined) {
      tokens.push({ type: 'name', name: name.toLowerCase(), at })
      at += name.length
      continue
    }
    const sign = SIGNS.find(([written]) => text.startsWith(written, at))
    if (sign === undefined) throw new FormulaProblem('noMeaning', at, { sign: String.fromCodePoint(text.codePointAt(at) ?? 0) })
    tokens.push({ type: 'sign', sign: sign[1], at })
    at += sign[0].length
  }
  tokens.push({ type: 'end', at })
  return tokens
}

/** From `${` to the next `}`; the device ends at the first colon, anything else may stand in the name of the tag. */
function reference(text: string, at: number): Token {
  const end = text.indexOf('}', at)
  const colon = text.indexOf(':', at)
  if (end === -1) throw new FormulaProblem('referenceOpen', at)
  if (colon === -1 || colon > end) throw new FormulaProblem('referenceParts', at)
  const device = text.slice(at + 2, colon).trim()
  const tag = text.slice(colon + 1, end).trim()
  if (device === '' || tag === '') throw new FormulaProblem('referenceParts', at)
  return { type: 'reference', device, tag, at }
}

function number(digits: string, unit: string | undefined, at: number): Token {
  const value = Number(digits)
  if (!Number.isFinite(value)) throw new FormulaProblem('numberLarge', at)
  if (unit === undefined) return { type: 'number', value, at }
  const seconds = UNIT_SECONDS.get(unit.toLowerCase())
  if (seconds === undefined) throw new FormulaProblem('numberUnit', at, { text: `${digits}${unit}` })
  return { type: 'duration', seconds: value * seconds, at }
}
