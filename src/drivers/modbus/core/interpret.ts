import type { Value } from '#domain/sample.ts'
import { BYTE_ORDERS, decodeRegisters, registersOf, type ByteOrder, type DataType, type Layout } from './decode.ts'
import { valueEvidence, type Evidence, type Reason } from './plausible.ts'

/** Registers from one address on, as unsigned 16-bit words; null is a hole that the device refuses. */
export type Registers = readonly (number | null)[]

/** What stands at an address. */
export interface RegisterReadings {
  /** The most plausible first; none for a hole. */
  readonly readings: readonly Interpretation[]
  /** Index of the register where the value begins that this one most probably belongs to; null where one begins here. */
  readonly partOf: number | null
}

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
 * @returns one for each register of the last snapshot
 */
export function interpretBlock(history: readonly Registers[]): readonly RegisterReadings[] {
  const now = history.at(-1) ?? []
  const snapshots = history.filter((one) => one.length === now.length).map((registers) => ({ registers, bytes: bytesOf(registers) }))
  const candidates = now.map((_, index) => candidatesAt(snapshots, index))
  const votes = countVotes(candidates)
  const judged = candidates.map((list, index) => list.map((one) => judge(one, index, votes)))
  const owners = findOwners(judged, votes)
  return judged.map((list, index) => {
    const owner = owners[index] ?? null
    return {
      readings: list
        .map((one) => interpretationOf(one, index, owners))
        // a stable sort: what is as plausible as another stays in the order of the layouts, the usual ones first
        .toSorted((a, b) => b.score - a.score),
      partOf: owner === index ? null : owner,
    }
  })
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

interface Judged extends Candidate {
  readonly points: number
  readonly reasons: readonly Reason[]
}

function judge(candidate: Candidate, index: number, votes: Votes): Judged {
  const { layout, value, evidence } = candidate
  const { points, reasons } = evidence
  if (!ordered(candidate) || points <= 0) return { ...candidate, points, reasons }
  const others = (order: ByteOrder): number => {
    const known = votes.get(voteKey(order, index))
    return known === undefined ? 0 : known.sum - (known.by.get(index) ?? 0)
  }
  const own = others(layout.byteOrder)
  const all = BYTE_ORDERS.reduce((sum, order) => sum + others(order), 0)
  const support = all === 0 || isSmall(value) ? 0 : MOST_SUPPORT * (own / all) * Math.min(1, own / 4)
  return { ...candidate, points: points + support, reasons: support >= MOST_SUPPORT / 2 ? [...reasons, 'neighbours'] : reasons }
}

/** A whole number that one register could hold says nothing of the order of two. */
function isSmall(value: Value): boolean {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 0xffff
}

const STRONG = 3.5
const OVERLAPPED = 5
const LEAD = 4

/**
 * Which register begins the value that a register belongs to: the strongest readings take their registers, as long as they are free.
 * A byte order that makes sense of the whole block goes first, since [low, high, low, high] read one register too late still gives
 * numbers of the right size.
 */
function findOwners(judged: readonly (readonly Judged[])[], votes: Votes): readonly (number | undefined)[] {
  const most = Math.max(1, ...[...votes.values()].map((one) => one.sum))
  const lead = (one: Judged, index: number): number =>
    ordered(one) ? (LEAD * (votes.get(voteKey(one.layout.byteOrder, index))?.sum ?? 0)) / most : LEAD
  const owners: (number | undefined)[] = judged.map(() => undefined)
  const strong = judged
    .flatMap((list, index) =>
      list.map((one) => ({ index, width: registersOf(one.layout), points: one.points, rank: one.points + lead(one, index) })),
    )
    .filter((one) => one.width > 1 && one.points >= STRONG)
    .toSorted((a, b) => b.rank - a.rank)
  for (const { index, width } of strong) {
    if (owners.slice(index, index + width).some((owner) => owner !== undefined)) continue
    owners.fill(index, index, index + width)
  }
  return owners
}

function interpretationOf(
  { layout, value, series, points, reasons }: Judged,
  index: number,
  owners: readonly (number | undefined)[],
): Interpretation {
  const width = registersOf(layout)
  const foreign = owners.slice(index, index + width).some((owner) => owner !== undefined && owner !== index)
  const odds = foreign ? points - OVERLAPPED : points
  const score = Number.isFinite(odds) ? Math.round(100 / (1 + Math.exp(-0.6 * (odds - 2)))) : 0
  return { layout, value, series, score, reasons: foreign ? [...reasons, 'overlaps'] : reasons }
}
