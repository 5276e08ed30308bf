import { createHash, type Hash } from 'node:crypto'
import type { Ledger, LedgerRow } from './ledger.ts'
import type { SourceFile } from './source-file.ts'

/** Where reading goes on. */
export interface Start {
  readonly offset: number
  readonly line: number
  /** Of everything before. */
  readonly hash: Hash
  /** What is known of the content before. */
  readonly before: LedgerRow | null
  /** The ledger row to go on with; null for a new one. */
  readonly key: string | null
}

/** Looks for the longest prefix of the file that the ledger knows. @throws Error of the file system */
export async function findStart(file: SourceFile, ledger: Ledger, signal: AbortSignal): Promise<Start> {
  const byPlace = new Map<number, Map<string, string>>()
  for (const [key, row] of ledger.rows()) {
    if (row.offset > file.filled) continue
    const rows = byPlace.get(row.offset) ?? new Map<string, string>()
    byPlace.set(row.offset, rows.set(row.sha256, key))
  }
  const places = [...byPlace.keys()].sort((a, b) => a - b)
  const found = await file.longestKnown(places, (place, sha256) => byPlace.get(place)?.get(sha256), signal)
  const before = found === undefined ? undefined : ledger.row(found.known)
  if (found === undefined || before === undefined) return { offset: 0, line: 1, hash: createHash('sha256'), before: null, key: null }
  const start = { offset: before.offset, line: before.line, hash: found.hash, before, key: found.known }
  const { tail } = before
  if (tail === null || file.filled < before.offset + tail.bytes) return start
  const bytes = await file.read(before.offset, tail.bytes + 2)
  const kept = bytes.subarray(0, tail.bytes)
  const next = bytes.subarray(tail.bytes)
  // a last line that went on after we read it is read again, complete
  const ended = next.length === 0 || next.includes(10) || next.includes(13)
  if (!ended || createHash('sha256').update(kept).digest('hex') !== tail.sha256) return start
  return { ...start, offset: before.offset + tail.bytes, line: before.line + tail.lines - 1, hash: found.hash.update(kept) }
}

/** Whether every byte of the file was read before. */
export async function isKnown(file: SourceFile, ledger: Ledger, signal: AbortSignal): Promise<boolean> {
  const start = await findStart(file, ledger, signal)
  return start.before !== null && start.offset === file.size
}
