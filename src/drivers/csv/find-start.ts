import { createHash, type Hash } from 'node:crypto'
import type { Ledger, LedgerRow } from './ledger.ts'
import type { SourceFile } from './source-file.ts'

/** Where reading goes on, and what is known of the content before. */
export interface Start {
  readonly offset: number
  readonly line: number
  /** Of everything before. */
  readonly hash: Hash
  /** The ledger row of this content; null when nothing of it is known. */
  readonly known: { readonly key: string; readonly row: LedgerRow } | null
  readonly rows: number
  readonly bad: number
  readonly order: LedgerRow['order']
}

/** Looks for the longest prefix of the file that the ledger knows. @throws Error of the file system */
export async function findStart(file: SourceFile, ledger: Ledger, signal: AbortSignal): Promise<Start> {
  const byPlace = new Map<number, Map<string, string[]>>()
  for (const [key, { offset, sha256 }] of ledger.rows()) {
    if (offset > file.filled) continue
    const atPlace = byPlace.get(offset) ?? new Map<string, string[]>()
    byPlace.set(offset, atPlace.set(sha256, [...(atPlace.get(sha256) ?? []), key]))
  }
  const places = [...byPlace.keys()].sort((a, b) => a - b)
  const found = await file.longestKnown(places, (place, sha256) => byPlace.get(place)?.get(sha256), signal)
  const fresh = { offset: 0, line: 1, hash: createHash('sha256'), known: null, rows: 0, bad: 0, order: [] }
  if (found === undefined) return fresh
  // contents that differ in an unended last line alone, such as one reading below a header, share their prefix
  const candidates = found.known.flatMap((key) => {
    const row = ledger.row(key)
    return row === undefined ? [] : [{ key, row }]
  })
  const last = await lastLine(file, candidates)
  if (last !== undefined) {
    const { row, key } = last.known
    const { bytes, lines } = last.tail
    const kept = await file.read(row.offset, bytes)
    const { rows, bad, order } = row
    return { offset: row.offset + bytes, line: row.line + lines - 1, hash: found.hash.update(kept), known: { key, row }, rows, bad, order }
  }
  const own = candidates.find(({ row }) => row.name === file.name) ?? candidates[0]
  if (own === undefined || own.row.offset === 0) return fresh
  const { row } = own
  const { offset, line, order } = row
  return { offset, line, hash: found.hash, known: own, rows: row.rows - (row.tail?.rows ?? 0), bad: row.bad - (row.tail?.bad ?? 0), order }
}

type Known = NonNullable<Start['known']>

/** Which of them has the last line that the file has; one that went on since is read again, complete. */
async function lastLine(
  file: SourceFile,
  candidates: readonly Known[],
): Promise<{ readonly known: Known; readonly tail: NonNullable<LedgerRow['tail']> } | undefined> {
  const hashes = new Map<number, string | null>()
  for (const known of candidates) {
    const { tail, offset } = known.row
    if (tail === null || offset + tail.bytes > file.filled) continue
    if (!hashes.has(tail.bytes)) {
      const bytes = await file.read(offset, tail.bytes + 2)
      const next = bytes.subarray(tail.bytes)
      const ended = next.length === 0 || next.includes(10) || next.includes(13)
      hashes.set(tail.bytes, ended ? createHash('sha256').update(bytes.subarray(0, tail.bytes)).digest('hex') : null)
    }
    if (hashes.get(tail.bytes) === tail.sha256) return { known, tail }
  }
  return undefined
}

/** Whether every byte of the file was read before. */
export async function isKnown(file: SourceFile, ledger: Ledger, signal: AbortSignal): Promise<boolean> {
  const start = await findStart(file, ledger, signal)
  return start.known !== null && start.offset === file.size
}
