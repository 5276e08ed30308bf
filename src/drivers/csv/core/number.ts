/** How numbers are written in a file. */
export interface NumberMarks {
  readonly decimal: '.' | ','
  /** Between groups of three digits; a blank stands for the narrow and the fixed ones too. Empty: groups are not allowed. */
  readonly thousands: '' | '.' | ',' | ' ' | "'"
}

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const ZERO = 48
const NINE = 57

/**
 * Reads a number exactly: the nearest double of the decimal written, or a bigint for an integer beyond 2^53.
 * @returns undefined for what is no number in these marks, groups of other than three digits included
 */
export function readNumber(text: string, marks: NumberMarks): number | bigint | undefined {
  const mark = marks.decimal === '.' ? 46 : 44
  const length = text.length
  let at = 0
  let negative = false
  const first = text.charCodeAt(0)
  if (first === 45 || first === 43 || first === 0x2212) {
    negative = first !== 43
    at = 1
  }
  // up to 15 digits and 22 decimals the quotient of two exact doubles is the nearest double
  let mantissa = 0
  let digits = 0
  let decimals = -1
  for (; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code >= ZERO && code <= NINE) {
      mantissa = mantissa * 10 + (code - ZERO)
      digits++
      if (decimals >= 0) decimals++
    } else if (code === mark && decimals === -1) decimals = 0
    else return readSlowly(text, marks)
  }
  if (digits === 0) return undefined
  if (digits > 15 || decimals > 22) return readSlowly(text, marks)
  const value = decimals > 0 ? mantissa / (POWERS[decimals] ?? 1) : mantissa
  return negative ? -value : value
}

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i

function readSlowly(text: string, marks: NumberMarks): number | bigint | undefined {
  let plain = text.replace('\u2212', '-')
  if (marks.thousands !== '') {
    const ungrouped = withoutGroups(plain, marks)
    if (ungrouped === undefined) return undefined
    plain = ungrouped
  }
  if (marks.decimal === ',') {
    if (plain.includes('.')) return undefined
    plain = plain.replace(',', '.')
  }
  if (!PLAIN.test(plain)) return undefined
  const value = Number(plain)
  if (!Number.isFinite(value)) return undefined
  if (Number.isSafeInteger(value) || !/^[+-]?\d+$/.test(plain)) return value
  return BigInt(plain.replace('+', ''))
}

const GROUP_MARKS = { '.': '\\.', ',': ',', ' ': '[ \u00a0\u202f]', "'": "['\u2019]" } as const

function withoutGroups(text: string, { decimal, thousands }: NumberMarks): string | undefined {
  if (thousands === '') return text
  const mark = GROUP_MARKS[thousands]
  const end = decimal === '.' ? '\\.' : ','
  const grouped = new RegExp(`^([+-]?\\d{1,3}(?:${mark}\\d{3})+)(${end}\\d*)?$`).exec(text)
  if (grouped === null) return new RegExp(mark).test(text) ? undefined : text
  return `${(grouped[1] ?? '').replaceAll(new RegExp(mark, 'g'), '')}${grouped[2] ?? ''}`
}

/**
 * What the cells prove about the marks: a decimal mark is not followed by exactly three digits, a thousands mark stands before a
 * decimal one or twice in a number. `proof` is the cell that decided; null when the marks are only the likeliest.
 */
export function detectMarks(cells: Iterable<string>, delimiter: string): { readonly marks: NumberMarks; readonly proof: string | null } {
  let commas = 0
  let points = 0
  let decimal: { mark: '.' | ','; proof: string } | undefined
  let thousands: NumberMarks['thousands'] = ''
  for (const raw of cells) {
    const cell = raw.replace(/^[+-]/, '')
    const grouped = /^\d{1,3}(?:([.,' \u00a0\u202f\u2019])\d{3})+(?:([.,])\d*)?$/.exec(cell)
    const [, group, mark] = grouped ?? []
    if (group !== undefined && mark !== undefined && mark !== group) {
      decimal ??= { mark: mark === ',' ? ',' : '.', proof: raw }
      thousands = groupMark(group)
    } else if (group !== undefined && mark === undefined && (/[^.,]/.test(group) || cell.split(group).length > 2)) {
      thousands = groupMark(group)
      if (group === '.' || group === ',') decimal ??= { mark: group === '.' ? ',' : '.', proof: raw }
    } else if (/^\d*,\d+$/.test(cell)) {
      commas++
      if (!/^[1-9]\d{0,2},\d{3}$/.test(cell)) decimal ??= { mark: ',', proof: raw }
    } else if (/^\d*\.\d+(e[+-]?\d+)?$/i.test(cell)) {
      points++
      if (!/^[1-9]\d{0,2}\.\d{3}$/.test(cell)) decimal ??= { mark: '.', proof: raw }
    }
  }
  const mark = decimal?.mark ?? (commas > points && delimiter !== ',' ? ',' : commas > 0 && points === 0 && delimiter === ',' ? ',' : '.')
  return { marks: { decimal: mark, thousands: thousands === mark ? '' : thousands }, proof: decimal?.proof ?? null }
}

function groupMark(text: string): NumberMarks['thousands'] {
  if (text === '.' || text === ',') return text
  return text === "'" || text === '\u2019' ? "'" : ' '
}
