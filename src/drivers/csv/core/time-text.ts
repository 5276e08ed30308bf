import type { Micros } from '#base/time.ts'
import { readNumber, type NumberMarks } from './number.ts'

/** How the times of a file are written. `ymd` is ISO 8601 and whatever else begins with the year. */
export const TIME_FORMATS = ['ymd', 'dmy', 'mdy', 'compact', 'excel', 'epochSeconds', 'epochMillis', 'epochMicros'] as const
export type TimeFormat = (typeof TIME_FORMATS)[number]

const DAY: Micros = 86_400_000_000
const HOUR: Micros = 3_600_000_000
const MINUTE: Micros = 60_000_000
const SECOND: Micros = 1_000_000
/** Serial 0 of Excel's calendar of 1900, counting the 29 February 1900 that never was. */
const EXCEL_EPOCH_DAY = -25_569

/** The first letters of months as loggers in English, Portuguese, Spanish, French, German and Italian write them. */
const MONTHS: readonly (readonly string[])[] = [
  ['jan', 'ene', 'gen', 'jän'],
  ['feb', 'fev', 'fév'],
  ['mar', 'mär', 'mrz'],
  ['apr', 'abr', 'avr'],
  ['may', 'mai', 'mag'],
  ['jun', 'giu', 'juin'],
  ['jul', 'lug', 'juil'],
  ['aug', 'ago', 'aoû', 'aou'],
  ['sep', 'set'],
  ['oct', 'out', 'okt', 'ott'],
  ['nov'],
  ['dec', 'dez', 'dic', 'déc'],
]

/** Reads the times of one column. */
export class TimeReader {
  readonly format: TimeFormat
  readonly #marks: NumberMarks
  #text = ''
  #at = 0
  /** The day read last and how it was written: the rows of a file share it. */
  #dayText = ''
  #dayRead: Micros = 0
  /** Whether the time read last says its zone by itself: the result is then UTC, otherwise local time. */
  absolute = false

  constructor(format: TimeFormat, marks: NumberMarks = { decimal: '.', thousands: '' }) {
    this.format = format
    this.#marks = { ...marks, thousands: '' }
  }

  /** @returns microseconds since 1970 of the clock that the text shows; NaN when it is no such time */
  read(text: string): Micros {
    this.absolute = false
    if (this.format === 'excel') return this.#excel(text)
    if (this.format === 'epochSeconds') return this.#epoch(text, SECOND)
    if (this.format === 'epochMillis') return this.#epoch(text, 1000)
    return this.format === 'epochMicros' ? this.#epoch(text, 1) : this.#calendar(text)
  }

  #epoch(text: string, unit: number): Micros {
    this.absolute = true
    const mark = unit === SECOND ? text.indexOf(this.#marks.decimal) : -1
    if (mark !== -1) return this.#epochWithFraction(text, mark)
    const count = readNumber(text, this.#marks)
    return count === undefined || typeof count === 'bigint' ? Number.NaN : inRange(Math.round(count * unit))
  }

  /** A double of today's seconds would be off by a microsecond: the fraction is read by itself. */
  #epochWithFraction(text: string, mark: number): Micros {
    const seconds = readNumber(text.slice(0, mark), this.#marks)
    this.#text = text
    this.#at = mark
    const fraction = this.#fraction()
    return typeof seconds === 'number' && this.#at === text.length ? inRange(seconds * SECOND + fraction) : Number.NaN
  }

  #excel(text: string): Micros {
    const serial = readNumber(text, this.#marks)
    if (serial === undefined || typeof serial === 'bigint') return Number.NaN
    // a double holds a serial to about a microsecond; Excel itself shows milliseconds
    return inRange(Math.round((serial + EXCEL_EPOCH_DAY) * 86_400_000) * 1000)
  }

  #calendar(text: string): Micros {
    this.#text = text
    this.#at = 0
    const day = this.format === 'compact' ? this.#compactDay() : this.#knownDay()
    if (Number.isNaN(day)) return day
    if (this.#at === text.length) return inRange(day)
    const time = this.format === 'compact' ? this.#compactTime() : this.#timeOfDay()
    if (Number.isNaN(time)) return time
    const offset = this.#offset()
    return this.#at === text.length ? inRange(day + time - offset) : Number.NaN
  }

  #knownDay(): Micros {
    const { length } = this.#dayText
    if (length > 0 && isGap(this.#text.charCodeAt(length)) && this.#text.startsWith(this.#dayText)) {
      this.#at = length
      return this.#dayRead
    }
    const day = this.#day()
    this.#dayText = Number.isNaN(day) ? '' : this.#text.slice(0, this.#at)
    this.#dayRead = day
    return day
  }

  #day(): Micros {
    const { format } = this
    const first = format === 'mdy' ? this.#month() : this.#number(4)
    const digits = this.#digits
    if (Number.isNaN(first) || (format === 'ymd' ? digits !== 4 : digits > 2)) return Number.NaN
    this.#separator()
    const second = format === 'mdy' ? this.#number(2) : this.#month()
    if (Number.isNaN(second)) return Number.NaN
    this.#separator()
    let third = this.#number(4)
    if (Number.isNaN(third)) return Number.NaN
    if (format === 'ymd') return this.#digits > 2 ? Number.NaN : dayOf(first, second, third)
    if (this.#digits === 2) third += 2000
    else if (this.#digits !== 4) return Number.NaN
    return format === 'dmy' ? dayOf(third, second, first) : dayOf(third, first, second)
  }

  #compactDay(): Micros {
    const year = this.#fixed(4)
    const month = this.#fixed(2)
    return dayOf(year, month, this.#fixed(2))
  }

  #compactTime(): Micros {
    const code = this.#text.charCodeAt(this.#at)
    if (code === 84 || code === 116 || code === 32 || code === 45 || code === 95) this.#at++
    const hours = this.#fixed(2)
    const minutes = this.#fixed(2)
    const seconds = isDigit(this.#text.charCodeAt(this.#at)) ? this.#fixed(2) : 0
    const fraction = this.#fraction()
    return clockOf(hours, minutes, seconds) + fraction
  }

  #timeOfDay(): Micros {
    const from = this.#at
    while (this.#at < this.#text.length && isGap(this.#text.charCodeAt(this.#at))) this.#at++
    if (this.#at === from) return Number.NaN
    if (this.#at === this.#text.length) return 0
    let hours = this.#number(2)
    if (!this.#colon()) return Number.NaN
    const minutes = this.#number(2)
    if (this.#digits !== 2) return Number.NaN
    let seconds = 0
    let fraction = 0
    if (this.#colon()) {
      seconds = this.#number(2)
      fraction = this.#fraction()
    }
    const half = this.#half()
    if (half !== 0) {
      if (hours < 1 || hours > 12) return Number.NaN
      hours = (hours % 12) + (half === 2 ? 12 : 0)
    }
    return clockOf(hours, minutes, seconds) + fraction
  }

  /** 1 for AM, 2 for PM, 0 for a day of 24 hours. */
  #half(): number {
    if (this.#at === this.#text.length || isZone(this.#text.charCodeAt(this.#at))) return 0
    const match = /^\s*([ap])\.?\s?m\.?/i.exec(this.#text.slice(this.#at))
    if (match === null) return 0
    this.#at += match[0].length
    return (match[1] ?? '').toLowerCase() === 'p' ? 2 : 1
  }

  /** Z, UTC or ±hh[:mm] behind the time. @returns the offset from UTC; `absolute` says whether there was one */
  #offset(): Micros {
    if (this.#at === this.#text.length) return 0
    if (this.#at === this.#text.length - 1 && this.#text.charCodeAt(this.#at) === 90) {
      this.#at++
      this.absolute = true
      return 0
    }
    const match = /^\s*(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)\s*$/i.exec(this.#text.slice(this.#at))
    if (match === null) return 0
    const [whole, utc, sign, hours = '0', minutes = '0'] = match
    this.#at += whole.length
    this.absolute = true
    if (utc !== undefined) return 0
    const offset = Number(hours) * HOUR + Number(minutes) * MINUTE
    return offset > 18 * HOUR ? Number.NaN : sign === '-' ? -offset : offset
  }

  #fraction(): Micros {
    const mark = this.#text.charCodeAt(this.#at)
    if ((mark !== 46 && mark !== 44) || !isDigit(this.#text.charCodeAt(this.#at + 1))) return 0
    let unit = SECOND
    let micros = 0
    for (this.#at++; isDigit(this.#text.charCodeAt(this.#at)); this.#at++) {
      unit /= 10
      // what is finer than a microsecond is cut off
      if (unit >= 1) micros += (this.#text.charCodeAt(this.#at) - 48) * unit
    }
    return micros
  }

  #digits = 0

  #number(most: number): number {
    let value = 0
    this.#digits = 0
    for (; this.#digits < most; this.#digits++, this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (!isDigit(code)) break
      value = value * 10 + (code - 48)
    }
    return this.#digits === 0 ? Number.NaN : value
  }

  #fixed(digits: number): number {
    const value = this.#number(digits)
    return this.#digits === digits ? value : Number.NaN
  }

  #month(): number {
    if (isDigit(this.#text.charCodeAt(this.#at))) return this.#number(2)
    const word = /^\p{L}+/u.exec(this.#text.slice(this.#at, this.#at + 12))?.[0] ?? ''
    const month = MONTHS.findIndex((names) => names.some((name) => word.toLowerCase().startsWith(name)))
    this.#digits = 2
    this.#at += word.length
    return month === -1 ? Number.NaN : month + 1
  }

  /** One or two of / - . , and blank; what touches without one is no date. */
  #separator(): void {
    const from = this.#at
    while (this.#at - from < 2 && isSeparator(this.#text.charCodeAt(this.#at))) this.#at++
    if (this.#at === from) this.#at = this.#text.length + 1
  }

  #colon(): boolean {
    if (this.#text.charCodeAt(this.#at) !== 58) return false
    this.#at++
    return true
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** Z, + or - right behind a time. */
function isZone(code: number): boolean {
  return code === 90 || code === 43 || code === 45
}

function isSeparator(code: number): boolean {
  return code === 47 || code === 45 || code === 46 || code === 32 || code === 44
}

/** Between a day and its time: blank, fixed blank, T, comma. */
function isGap(code: number): boolean {
  return code === 32 || code === 0xa0 || code === 0x202f || code === 84 || code === 116 || code === 44
}

function clockOf(hours: number, minutes: number, seconds: number): Micros {
  // 24:00 ends a day, :60 is a leap second
  const valid = minutes <= 59 && seconds <= 60 && (hours <= 23 || (hours === 24 && minutes === 0 && seconds === 0))
  return valid ? hours * HOUR + minutes * MINUTE + seconds * SECOND : Number.NaN
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

function dayOf(year: number, month: number, day: number): Micros {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const length = month === 2 && leap ? 29 : LENGTHS[month - 1]
  if (length === undefined || !(day >= 1 && day <= length)) return Number.NaN
  // days from civil (years begin in March, so that the leap day is the last)
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const ofEra = shifted - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return (era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468) * DAY
}

const FIRST: Micros = 0
/** 2200-01-01: whatever is later is no time but a mistake. */
const LAST: Micros = 84_006 * DAY

function inRange(instant: Micros): Micros {
  return instant >= FIRST && instant < LAST ? instant : Number.NaN
}

/** What a column of times can be read as. */
export type TimeFinding =
  | { readonly kind: 'format'; readonly format: TimeFormat; readonly proof: string | null }
  /** Every date can be read day first and month first. */
  | { readonly kind: 'ambiguous'; readonly example: string }

/**
 * @param named whether the column's name or place says that it holds times: plain numbers are believed only then
 * @returns undefined when the cells are no times
 */
export function detectTime(cells: readonly string[], marks: NumberMarks, named: boolean): TimeFinding | undefined {
  const fits = (format: TimeFormat): boolean => share(cells, format, marks) >= 0.8
  if (cells.length === 0) return undefined
  if (fits('ymd')) return { kind: 'format', format: 'ymd', proof: null }
  const day = fits('dmy')
  const month = fits('mdy')
  if (day || month) return orderOf(cells, day, month)
  if (fits('compact') && (named || cells.every((cell) => cell.length >= 12))) return { kind: 'format', format: 'compact', proof: null }
  if (!named) return undefined
  const numbers = cells.map((cell) => Number(readNumber(cell, { ...marks, thousands: '' }) ?? Number.NaN))
  const within = (from: number, until: number): boolean => numbers.filter((n) => n >= from && n < until).length >= 0.8 * numbers.length
  // the years 2000 to 2100
  if (within(946_684_800, 4_102_444_800)) return { kind: 'format', format: 'epochSeconds', proof: null }
  if (within(946_684_800_000, 4_102_444_800_000)) return { kind: 'format', format: 'epochMillis', proof: null }
  if (within(946_684_800_000_000, 4_102_444_800_000_000)) return { kind: 'format', format: 'epochMicros', proof: null }
  return within(36_526, 73_051) ? { kind: 'format', format: 'excel', proof: null } : undefined
}

function share(cells: readonly string[], format: TimeFormat, marks: NumberMarks): number {
  const reader = new TimeReader(format, marks)
  return cells.filter((cell) => !Number.isNaN(reader.read(cell))).length / cells.length
}

function orderOf(cells: readonly string[], day: boolean, month: boolean): TimeFinding {
  const proof = new OrderProof()
  for (const cell of cells) proof.see(cell)
  if (proof.order !== undefined) return { kind: 'format', format: proof.order, proof: proof.cell }
  if (day !== month) return { kind: 'format', format: day ? 'dmy' : 'mdy', proof: null }
  return { kind: 'ambiguous', example: cells[0] ?? '' }
}

/** Looks for the one date that can be read in one order only. */
export class OrderProof {
  readonly #day = new TimeReader('dmy')
  readonly #month = new TimeReader('mdy')
  order: 'dmy' | 'mdy' | undefined
  /** The date that proves it. */
  cell = ''

  see(cell: string): void {
    if (this.order !== undefined) return
    const day = !Number.isNaN(this.#day.read(cell))
    const month = !Number.isNaN(this.#month.read(cell))
    if (day === month) return
    this.order = day ? 'dmy' : 'mdy'
    this.cell = cell
  }
}

/** Whether a text is a time of day alone, such as 14:05 or 2:05:09.5 PM. */
export function isTimeOfDay(text: string): boolean {
  return !Number.isNaN(CLOCK.read(`2000-01-01 ${text}`)) && text.includes(':')
}

const CLOCK = new TimeReader('ymd')
