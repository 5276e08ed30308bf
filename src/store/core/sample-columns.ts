import { BugError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { QualitySeverity, severityOf } from '#domain/sample.ts'

/** How a sample's value lies in its columns. */
export const ValueKind = {
  Number: 0,
  /** The device gave none. */
  Null: 1,
  Text: 2,
  /** A whole number beyond 2^53: rounded among the numbers, exact among the texts. */
  Exact: 3,
} as const
export type ValueKind = (typeof ValueKind)[keyof typeof ValueKind]

/** Samples of one tag as columns of equal length, oldest first, each time once. */
export interface SampleColumns {
  readonly times: Float64Array
  /** 0 where the kind is Null or Text. */
  readonly values: Float64Array
  readonly kinds: Uint8Array
  readonly qualities: Uint16Array
  /** By index, where the kind is Text or Exact. */
  readonly texts: ReadonlyMap<number, string>
  /** By index, where the protocol's own status says more than the quality. */
  readonly statusCodes: ReadonlyMap<number, number>
}

/** A row of `measurements` without its tag. */
export interface SampleRow {
  readonly at: Micros
  readonly value: number | null
  readonly quality: number
  readonly valueText: string | null
  readonly statusCode: number | null
}

export function columnsOf(rows: readonly SampleRow[]): SampleColumns {
  const columns = emptyColumns(rows.length)
  const texts = new Map<number, string>()
  const statusCodes = new Map<number, number>()
  for (const [index, row] of rows.entries()) {
    columns.times[index] = row.at
    columns.values[index] = row.value ?? 0
    columns.qualities[index] = row.quality
    columns.kinds[index] = kindOf(row)
    if (row.valueText !== null) texts.set(index, row.valueText)
    if (row.statusCode !== null) statusCodes.set(index, row.statusCode)
  }
  return { ...columns, texts, statusCodes }
}

export function rowAt(columns: SampleColumns, index: number): SampleRow {
  const { times, values, kinds, qualities, texts, statusCodes } = columns
  const [at, value, kind, quality] = [times[index], values[index], kinds[index], qualities[index]]
  if (at === undefined || value === undefined || kind === undefined || quality === undefined) throw new BugError(`no sample ${index}`)
  return {
    at,
    value: kind === ValueKind.Null || kind === ValueKind.Text ? null : value,
    quality,
    valueText: texts.get(index) ?? null,
    statusCode: statusCodes.get(index) ?? null,
  }
}

/** @returns the number that counts in sums and on charts; null for a sample that is Bad or carries no number */
export function numberAt({ values, kinds, qualities }: SampleColumns, index: number): number | null {
  if (!isNumber(kinds[index])) return null
  return severityOf(qualities[index] ?? 0) === QualitySeverity.Bad ? null : (values[index] ?? null)
}

export function isNumber(kind: number | undefined): boolean {
  return kind !== ValueKind.Null && kind !== ValueKind.Text
}

/** The numbers of all samples as {@link numberAt} says them, NaN for null; not to be written to. */
export function numbersOf({ values, kinds, qualities }: SampleColumns): Float64Array {
  let numbers = values
  for (let index = 0; index < values.length; index++) {
    const kind = kinds[index]
    if (isNumber(kind) && severityOf(qualities[index] ?? 0) !== QualitySeverity.Bad) continue
    if (numbers === values) numbers = values.slice()
    numbers[index] = Number.NaN
  }
  return numbers
}

/** Whether both hold the same samples to the bit; NaN counts as one value. */
export function sameColumns(a: SampleColumns, b: SampleColumns): boolean {
  const { length } = a.times
  if (b.times.length !== length || b.texts.size !== a.texts.size || b.statusCodes.size !== a.statusCodes.size) return false
  for (let index = 0; index < length; index++) {
    const kind = a.kinds[index]
    if (a.times[index] !== b.times[index] || kind !== b.kinds[index] || a.qualities[index] !== b.qualities[index]) return false
    if ((kind === ValueKind.Number || kind === ValueKind.Exact) && !Object.is(a.values[index], b.values[index])) return false
  }
  for (const [index, text] of a.texts) if (b.texts.get(index) !== text) return false
  for (const [index, code] of a.statusCodes) if (b.statusCodes.get(index) !== code) return false
  return true
}

function kindOf({ value, valueText }: SampleRow): ValueKind {
  if (valueText !== null) return value === null ? ValueKind.Text : ValueKind.Exact
  return value === null ? ValueKind.Null : ValueKind.Number
}

function emptyColumns(length: number): Pick<SampleColumns, 'times' | 'values' | 'kinds' | 'qualities'> {
  return {
    times: new Float64Array(length),
    values: new Float64Array(length),
    kinds: new Uint8Array(length),
    qualities: new Uint16Array(length),
  }
}

/**
 * Puts columns together in order of time. Of several samples with one time the one of the later columns stays: a replay that corrects
 * comes after what it corrects.
 */
export function mergeColumns(parts: readonly SampleColumns[]): SampleColumns {
  const filled = parts.filter((part) => part.times.length > 0)
  const [only] = filled
  if (filled.length === 1 && only !== undefined) return only
  if (followEachOther(filled)) return concatenated(filled)
  const total = filled.reduce((sum, part) => sum + part.times.length, 0)
  const columns = emptyColumns(total)
  const texts = new Map<number, string>()
  const statusCodes = new Map<number, number>()
  const next = filled.map(() => 0)
  let length = 0
  for (;;) {
    const from = laterOfEarliest(filled, next)
    const part = filled[from]
    if (part === undefined) break
    const at = next[from] ?? 0
    const time = part.times[at] ?? 0
    columns.times[length] = time
    columns.values[length] = part.values[at] ?? 0
    columns.kinds[length] = part.kinds[at] ?? 0
    columns.qualities[length] = part.qualities[at] ?? 0
    const text = part.texts.get(at)
    if (text !== undefined) texts.set(length, text)
    const code = part.statusCodes.get(at)
    if (code !== undefined) statusCodes.set(length, code)
    length += 1
    for (const [index, one] of filled.entries()) {
      const place = next[index] ?? 0
      if (one.times[place] === time) next[index] = place + 1
    }
  }
  return {
    times: columns.times.subarray(0, length),
    values: columns.values.subarray(0, length),
    kinds: columns.kinds.subarray(0, length),
    qualities: columns.qualities.subarray(0, length),
    texts,
    statusCodes,
  }
}

function followEachOther(parts: readonly SampleColumns[]): boolean {
  return parts.every((part, index) => index === 0 || (parts[index - 1]?.times.at(-1) ?? 0) < (part.times[0] ?? 0))
}

function concatenated(parts: readonly SampleColumns[]): SampleColumns {
  const columns = emptyColumns(parts.reduce((sum, part) => sum + part.times.length, 0))
  const texts = new Map<number, string>()
  const statusCodes = new Map<number, number>()
  let length = 0
  for (const part of parts) {
    columns.times.set(part.times, length)
    columns.values.set(part.values, length)
    columns.kinds.set(part.kinds, length)
    columns.qualities.set(part.qualities, length)
    for (const [index, text] of part.texts) texts.set(length + index, text)
    for (const [index, code] of part.statusCodes) statusCodes.set(length + index, code)
    length += part.times.length
  }
  return { ...columns, texts, statusCodes }
}

/** @returns the place of the part whose next sample is the earliest; of equals the last; -1 when all are through */
function laterOfEarliest(parts: readonly SampleColumns[], next: readonly number[]): number {
  let best = -1
  let earliest = Infinity
  for (const [index, part] of parts.entries()) {
    const time = part.times[next[index] ?? 0]
    if (time !== undefined && time <= earliest) {
      earliest = time
      best = index
    }
  }
  return best
}

/** The samples in [from, to). */
export function sliceColumns(columns: SampleColumns, from: Micros, to: Micros): SampleColumns {
  const { times } = columns
  const start = placeOf(times, from)
  const end = Math.max(start, placeOf(times, to))
  if (start === 0 && end === times.length) return columns
  const moved = <T>(map: ReadonlyMap<number, T>): Map<number, T> =>
    new Map([...map].flatMap(([index, value]) => (index >= start && index < end ? [[index - start, value] as const] : [])))
  return {
    times: times.subarray(start, end),
    values: columns.values.subarray(start, end),
    kinds: columns.kinds.subarray(start, end),
    qualities: columns.qualities.subarray(start, end),
    texts: moved(columns.texts),
    statusCodes: moved(columns.statusCodes),
  }
}

/** @returns the place of the first time at or after */
export function placeOf(times: Float64Array, at: Micros): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}
