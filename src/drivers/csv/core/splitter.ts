/** Longest row, in characters: what is longer is no table but a mistake, and must not fill the memory. */
export const MAX_ROW = 1_048_576
/** Most fields of a row. */
export const MAX_FIELDS = 8192
const FEW_FIELDS = 64

const LF = 10
const CR = 13
const SPACE = 32
const QUOTE = 34
const HASH = 35

/** The row at hand, valid until the next one: fields are cut out only when asked for. */
export interface Row {
  /** The physical line on which it begins, from 1. */
  readonly line: number
  /** Number of fields. */
  readonly count: number
  /** Why it is no row; it then has one field: its first line. */
  readonly problem: string | null
  /** A field without its quotes, not trimmed; empty beyond the last. */
  field(index: number): string
  /** As it stands in the file. */
  raw(): string
}

/**
 * Cuts text into rows and fields as RFC 4180 says: quotes protect delimiters and line breaks, a doubled quote stands for one. Beyond
 * the RFC: any one-character delimiter; LF, CRLF and CR; blank lines and lines that begin with # are passed over. A quote that never
 * closes, or with text after it, spoils its own line only: reading goes on with the next.
 */
export class Splitter implements Row {
  readonly #delimiter: number
  #text = ''
  #from = 0
  #until = 0
  #starts = new Int32Array(FEW_FIELDS)
  #ends = new Int32Array(FEW_FIELDS)
  /** Of each field: 0 plain, 1 quoted, 2 quoted with doubled quotes inside. */
  #quotes = new Uint8Array(FEW_FIELDS)
  #next: number
  /** Within a line that was given up. */
  #skipping = false
  line = 1
  count = 0
  problem: string | null = null

  /**
   * @param delimiter one character
   * @param line the number of the first line
   */
  constructor(delimiter: string, line = 1) {
    this.#delimiter = delimiter.charCodeAt(0)
    this.#next = line
  }

  /** Whether the text handed in so far ends within a line that was given up: no place to take up reading again. */
  get skipping(): boolean {
    return this.#skipping
  }

  /** The line on which the next row begins. */
  get nextLine(): number {
    return this.#next
  }

  /**
   * @param text what the last call left over, and what came since
   * @param final nothing will follow: the last line need not end with a line break
   * @returns how many characters are done with; the caller brings the others again
   */
  split(text: string, final: boolean, onRow: (row: Row) => void): number {
    this.#text = text
    let at = this.#skipping ? this.#skip(0, final) : 0
    while (at < text.length) {
      const first = text.charCodeAt(at)
      if (first === LF || first === CR) {
        const after = this.#afterBreak(at, final)
        if (after === -1) return at
        this.#next++
        at = after
        continue
      }
      if (first === HASH) {
        const after = this.#skip(at, final)
        if (this.#skipping && text.length - at < MAX_ROW) {
          this.#skipping = false
          return at
        }
        at = after
        continue
      }
      const after = this.#row(at, final)
      if (after === -1) return at
      at = after
      onRow(this)
    }
    return at
  }

  field(index: number): string {
    if (index >= this.count) return ''
    const text = this.#text.slice(this.#starts[index], this.#ends[index])
    return this.#quotes[index] === 2 ? text.replaceAll('""', '"') : text
  }

  raw(): string {
    return this.#text.slice(this.#from, this.#until)
  }

  /** @returns where the next row begins, or -1 when this one is not complete yet */
  #row(from: number, final: boolean): number {
    const text = this.#text
    const length = text.length
    const delimiter = this.#delimiter
    let starts = this.#starts
    let ends = this.#ends
    this.line = this.#next
    this.problem = null
    let count = 0
    let at = from
    let breaks = 0
    for (;;) {
      if (count === starts.length) {
        if (count === MAX_FIELDS) return this.#spoil(from, final, `more than ${MAX_FIELDS} fields`)
        this.#widen()
        starts = this.#starts
        ends = this.#ends
      }
      if (at < length && text.charCodeAt(at) === QUOTE) {
        starts[count] = ++at
        let kind = 1
        for (;;) {
          const quote = text.indexOf('"', at)
          if (quote === -1) {
            if (final || length - from > MAX_ROW) return this.#spoil(from, final, 'a quote is opened and never closed')
            return -1
          }
          if (quote + 1 < length && text.charCodeAt(quote + 1) === QUOTE) {
            kind = 2
            at = quote + 2
            continue
          }
          if (quote + 1 === length && !final) return length - from > MAX_ROW ? this.#spoil(from, final, 'the row is too long') : -1
          ends[count] = quote
          at = quote + 1
          break
        }
        breaks += this.#breaksBetween(starts[count] ?? 0, ends[count] ?? 0)
        this.#quotes[count++] = kind
        while (text.charCodeAt(at) === SPACE) at++
        if (at < length) {
          const after = text.charCodeAt(at)
          if (after !== delimiter && after !== LF && after !== CR) return this.#spoil(from, final, 'text stands after a closing quote')
        }
      } else {
        starts[count] = at
        for (; at < length; at++) {
          const code = text.charCodeAt(at)
          if (code === delimiter || code === LF || code === CR) break
        }
        this.#quotes[count] = 0
        ends[count++] = at
      }
      if (at >= length) {
        if (!final) return length - from > MAX_ROW ? this.#spoil(from, final, 'the row is too long') : -1
        break
      }
      if (text.charCodeAt(at) !== delimiter) break
      at++
    }
    if (at - from > MAX_ROW) return this.#spoil(from, final, 'the row is too long')
    const after = at < length ? this.#afterBreak(at, final) : at
    if (after === -1) return -1
    this.count = count
    this.#from = from
    this.#until = at
    this.#next += breaks + 1
    return after
  }

  #widen(): void {
    const double = <Many extends Int32Array | Uint8Array>(before: Many, after: Many): Many => {
      after.set(before)
      return after
    }
    const length = this.#starts.length * 2
    this.#starts = double(this.#starts, new Int32Array(length))
    this.#ends = double(this.#ends, new Int32Array(length))
    this.#quotes = double(this.#quotes, new Uint8Array(length))
  }

  /** Gives up the line that begins here, and only that. */
  #spoil(from: number, final: boolean, problem: string): number {
    let end = from
    const limit = Math.min(this.#text.length, from + MAX_ROW)
    while (end < limit && this.#text.charCodeAt(end) !== LF && this.#text.charCodeAt(end) !== CR) end++
    // a line that is still being read in is judged when it is complete
    if (!final && end - from < MAX_ROW && end + 1 >= this.#text.length) return -1
    this.problem = end - from >= MAX_ROW ? `the line is longer than ${MAX_ROW} characters` : problem
    this.count = 1
    this.#starts[0] = this.#from = from
    this.#ends[0] = this.#until = end
    this.#quotes[0] = 0
    return this.#skip(end, final)
  }

  /** Passes over the rest of a line. @returns where the next begins, or the end of the text with `skipping` set */
  #skip(from: number, final: boolean): number {
    const text = this.#text
    let at = from
    while (at < text.length && text.charCodeAt(at) !== LF && text.charCodeAt(at) !== CR) at++
    const after = at < text.length ? this.#afterBreak(at, final) : -1
    this.#skipping = after === -1 && !final
    if (after === -1) return at
    this.#next++
    return after
  }

  /** @returns where the next line begins; -1 when the LF of a CRLF may still come */
  #afterBreak(at: number, final: boolean): number {
    if (this.#text.charCodeAt(at) === LF) return at + 1
    if (at + 1 < this.#text.length) return this.#text.charCodeAt(at + 1) === LF ? at + 2 : at + 1
    return final ? at + 1 : -1
  }

  #breaksBetween(from: number, until: number): number {
    let breaks = 0
    for (let at = from; at < until; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === LF || (code === CR && this.#text.charCodeAt(at + 1) !== LF)) breaks++
    }
    return breaks
  }
}
