import type { Value } from '#domain/sample.ts'
import { BYTE_ORDERS, decodeRegisters, registersOf, type ByteOrder, type DataType, type Layout } from './decode.ts'
import { valueEvidence, type Evidence, type Reason } from './plausible.ts'

/** Registers from one address on, as unsigned 16-bit words; null is a hole that the device refuses. */
export type Registers = readonly (number | null)[]

/** One way to read what stands at an address. */
export interface Interpretation {
  readonly layout: Layout
  readonly value: Value
  /** The same in the snapshots before, oldest first; the last one is `value`. */
  readonly series: readonly Value[]
  /** 0, cannot be meant, to 100. Orders the readings of one address; no probability. */
  readonly score: number
  readonly reasons: readonly Reason[]
}

interface Candidate {
  readonly layout: Layout
  readonly value: Value
  readonly series: readonly Value[]
  readonly evidence: Evidence
}

const plain: Layout = { dataType: 'uint16', byteOrder: 'ABCD', byteSwap: false, length: 0, encoding: 'utf-8', bit: null }
const SHORT: readonly DataType[] = ['uint16', 'int16', 'bcd16']
const LONG: readonly DataType[] = ['float', 'uint32', 'int32', 'double', 'uint64', 'int64', 'bcd32']
const LAYOUTS: readonly Layout[] = [
  ...[false, true].flatMap((byteSwap) => SHORT.map((dataType): Layout => ({ ...plain, dataType, byteSwap }))),
  ...BYTE_ORDERS.flatMap((byteOrder) => LONG.map((dataType): Layout => ({ ...plain, dataType, byteOrder }))),
]
const SHORTEST_TEXT = 4
const LONGEST_TEXT = 125

/**
 * Reads every register in every data type and byte order, the most plausible first. Evidence is taken from the value itself, from how
 * it moved over the snapshots, and from what the same byte order makes of the other registers.
 * @param history the same span again and again, oldest first; only what stands in the last one is read
 * @returns a list for each register of the last snapshot; empty for a hole
 */
export function interpretBlock(history: readonly Registers[]): readonly (readonly Interpretation[])[] {
  const now = history.at(-1) ?? []
  const snapshots = history.filter((one) => one.length === now.length).map((registers) => ({ registers, bytes: bytesOf(registers) }))
  const candidates = now.map((_, index) => candidatesAt(snapshots, index))
  const votes = countVotes(candidates)
  return candidates.map((list, index) =>
    list
      .map((one) => judge(one, index, votes))
      // a stable sort: what is as plausible as another stays in the order of the layouts, the usual ones first
      .toSorted((a, b) => b.score - a.score),
  )
}

/** @returns bits 0 to 15 of a register, the least significant first */
export function bitsOf(register: number): readonly boolean[] {
  return Array.from({ length: 16 }, (_, bit) => ((register >> bit) & 1) === 1)
}

interface Snapshot {
  readonly registers: Registers
  readonly bytes: Uint8Array
}

function bytesOf(registers: Registers): Uint8Array {
  return Uint8Array.from(registers.flatMap((register) => [(register ?? 0) >> 8, (register ?? 0) & 0xff]))
}

function candidatesAt(snapshots: readonly Snapshot[], index: number): Candidate[] {
  const last = snapshots.at(-1)
  if (last === undefined) return []
  const layouts = [...LAYOUTS, ...textLayouts(last, index)]
  return layouts.flatMap((layout) => {
    if (!isThere(last.registers, index, layout)) return []
    const series = snapshots.flatMap(({ registers, bytes }) =>
      isThere(registers, index, layout) ? [decodeRegisters(bytes, index * 2, layout)] : [],
    )
    const value = series.at(-1) ?? null
    return [{ layout, value, series, evidence: valueEvidence(layout, series) }]
  })
}

function isThere(registers: Registers, index: number, layout: Layout): boolean {
  const end = index + registersOf(layout)
  if (end > registers.length) return false
  for (let at = index; at < end; at++) if (registers[at] === null) return false
  return true
}

/** Readable text that begins here, in either order of bytes. */
function textLayouts({ registers, bytes }: Snapshot, index: number): Layout[] {
  return [false, true].flatMap((byteSwap) => {
    const end = textEnd(registers, bytes, index, byteSwap)
    const begins = index === 0 || textEnd(registers, bytes, index - 1, byteSwap) === (index - 1) * 2
    const length = end - index * 2
    return begins && length >= SHORTEST_TEXT ? [{ ...plain, dataType: 'string' as const, length: length + (length % 2), byteSwap }] : []
  })
}

/** Where the run of readable ASCII ends, as an index of bytes; a NUL ends it too. */
function textEnd(registers: Registers, bytes: Uint8Array, index: number, byteSwap: boolean): number {
  let at = index * 2
  while (at < bytes.length && at < (index + LONGEST_TEXT) * 2 && registers[at >> 1] !== null) {
    const byte = bytes[byteSwap ? at ^ 1 : at] ?? 0
    if (byte < 0x20 || byte > 0x7e) break
    at++
  }
  return at
}

/** How strongly a byte order speaks, apart for even and odd addresses: values of 32 bits seldom begin at both. */
type Votes = ReadonlyMap<string, { readonly sum: number; readonly by: ReadonlyMap<number, number> }>

function voteKey(order: ByteOrder, index: number): string {
  return `${order}${index % 2}`
}

/** Each register votes for the orders that make something of it, with the strength of its best reading. */
function countVotes(candidates: readonly (readonly Candidate[])[]): Votes {
  const votes = new Map<string, { sum: number; by: Map<number, number> }>()
  for (const [index, list] of candidates.entries()) {
    for (const order of BYTE_ORDERS) {
      const strength = Math.max(0, ...list.filter((one) => ordered(one) && one.layout.byteOrder === order).map(strengthOf))
      if (strength === 0) continue
      const key = voteKey(order, index)
      const known = votes.get(key) ?? { sum: 0, by: new Map<number, number>() }
      votes.set(key, known)
      known.sum += strength
      known.by.set(index, strength)
    }
  }
  return votes
}

function ordered({ layout }: Candidate): boolean {
  return registersOf(layout) > 1 && layout.dataType !== 'string'
}

/** Only what chance would hardly bring counts. */
function strengthOf({ evidence }: Candidate): number {
  return Math.max(0, evidence.points - 2)
}

const MOST_SUPPORT = 3

function judge(candidate: Candidate, index: number, votes: Votes): Interpretation {
  const { layout, value, series, evidence } = candidate
  let { points } = evidence
  const reasons = [...evidence.reasons]
  if (ordered(candidate) && Number.isFinite(points) && evidence.points > 0) {
    const others = (order: ByteOrder): number => {
      const known = votes.get(voteKey(order, index))
      return known === undefined ? 0 : known.sum - (known.by.get(index) ?? 0)
    }
    const own = others(layout.byteOrder)
    const all = BYTE_ORDERS.reduce((sum, order) => sum + others(order), 0)
    const support = all === 0 ? 0 : MOST_SUPPORT * (own / all) * Math.min(1, own / 4)
    if (support >= MOST_SUPPORT / 2) reasons.push('neighbours')
    points += support
  }
  return { layout, value, series, score: Number.isFinite(points) ? Math.round(100 / (1 + Math.exp(-0.6 * (points - 2)))) : 0, reasons }
}
