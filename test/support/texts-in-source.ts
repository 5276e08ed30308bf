/** A text literal of a source file; what a template computes is `{}`. */
export interface SourceText {
  readonly text: string
  /** Where it begins in the file. */
  readonly at: number
}

/** What stands before a slash that begins a regular expression. */
const BEFORE_PATTERN = /(?:[(,=:[!&|?{};>]|return)$/

/** @returns the text literals of a file of TypeScript in order; literals added to each other are one. Enough for our sources, no parser. */
export function textsIn(source: string): SourceText[] {
  const found: (SourceText & { end: number })[] = []
  let at = 0
  let before = ''

  const plain = (quote: string): string => {
    let text = ''
    for (at++; source[at] !== quote; at++) text += source[at] === '\\' ? unescaped(source[++at]) : source[at]
    at++
    return text
  }
  const template = (): string => {
    let text = ''
    at++
    while (source[at] !== '`') {
      if (source.startsWith('${', at)) {
        at += 2
        code()
        text += '{}'
        at++
      } else if (source[at] === '\\') {
        text += unescaped(source[at + 1])
        at += 2
      } else text += source[at++]
    }
    at++
    return text
  }
  const pattern = (): void => {
    let inClass = false
    for (at++; source[at] !== '/' || inClass; at++) {
      if (source[at] === '\\') at++
      else if (source[at] === '[') inClass = true
      else if (source[at] === ']') inClass = false
    }
    at++
  }
  /** Until the brace that closes what began before it, or the end. */
  function code(): void {
    let depth = 0
    while (at < source.length) {
      const sign = source[at] ?? ''
      if (source.startsWith('//', at)) at = endOf('\n')
      else if (source.startsWith('/*', at)) at = endOf('*/') + 2
      else if (sign === '/' && BEFORE_PATTERN.test(before)) {
        pattern()
        before = ')'
      } else if (sign === "'" || sign === '"' || sign === '`') {
        const start = at
        const text = sign === '`' ? template() : plain(sign)
        found.push({ text, at: start, end: at })
        before = ')'
      } else {
        if (sign === '}' && depth-- === 0) return
        if (sign === '{') depth++
        const word = /\w/.test(sign) ? (/^\w+/.exec(source.slice(at, at + 100))?.[0] ?? sign) : sign
        if (word.trim() !== '') before = word
        at += word.length
      }
    }
  }
  const endOf = (mark: string): number => {
    const end = source.indexOf(mark, at)
    return end === -1 ? source.length : end
  }
  code()
  return joined(source, found)
}

function unescaped(sign: string | undefined): string {
  return sign === 'n' ? '\n' : (sign ?? '')
}

function joined(source: string, found: readonly (SourceText & { end: number })[]): SourceText[] {
  const all: (SourceText & { end: number })[] = []
  for (const one of found.toSorted((a, b) => a.at - b.at)) {
    const last = all.at(-1)
    if (last !== undefined && last.end <= one.at && /^\s*\+\s*$/.test(source.slice(last.end, one.at)))
      all[all.length - 1] = { text: last.text + one.text, at: last.at, end: one.end }
    else all.push(one)
  }
  return all.map(({ text, at }) => ({ text, at }))
}

/** @returns where the brackets end that open at the first `(` after `start` */
export function closingBracket(source: string, start: number): number {
  let depth = 0
  for (let at = source.indexOf('(', start); at !== -1 && at < source.length; at++) {
    if (source[at] === '(') depth++
    else if (source[at] === ')' && --depth === 0) return at
  }
  return source.length
}
