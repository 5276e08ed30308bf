import { BackupRefused } from '#base/errors.ts'

/** What a dump consists of, in order: tables one after the other, each with its rows, then the end. */
export type DumpPart =
  | { readonly kind: 'table'; readonly table: DumpTable }
  /** A piece of `copy … to stdout binary`, cut anywhere. */
  | { readonly kind: 'rows'; readonly bytes: Uint8Array }
  | { readonly kind: 'tableEnd'; readonly rows: number; readonly sum: string }
  | { readonly kind: 'end'; readonly end: DumpEnd }

export interface DumpTable {
  readonly name: string
  readonly columns: readonly string[]
  /** Where the partitions began that its rows lay in; empty for a table that has none. */
  readonly windows: readonly number[]
}

export interface DumpEnd {
  /** Where the numbers of rows go on. */
  readonly sequences: Readonly<Record<string, number>>
  /** The key of the installation in base64; null where the dump is not encrypted, or there is none. */
  readonly key: string | null
}

const KINDS = { table: 0x54, rows: 0x44, tableEnd: 0x45, end: 0x5a } as const
const LARGEST = 1 << 26

/** One part as bytes: its kind, the length of what follows as int32, then JSON, or the rows as they are. */
export function encodePart(part: DumpPart): Uint8Array {
  const body =
    part.kind === 'rows'
      ? part.bytes
      : Buffer.from(
          JSON.stringify(part.kind === 'table' ? part.table : part.kind === 'end' ? part.end : { rows: part.rows, sum: part.sum }),
        )
  const bytes = Buffer.allocUnsafe(5 + body.length)
  bytes[0] = KINDS[part.kind]
  bytes.writeUInt32BE(body.length, 1)
  bytes.set(body, 5)
  return bytes
}

/** Takes a dump apart that arrives in pieces cut anywhere. */
export class DumpParts {
  #rest: Buffer = Buffer.alloc(0)

  /** @throws BackupRefused for what is no dump */
  take(chunk: Uint8Array): DumpPart[] {
    let bytes = this.#rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([this.#rest, chunk])
    const parts: DumpPart[] = []
    while (bytes.length >= 5) {
      const length = bytes.readUInt32BE(1)
      if (length > LARGEST) throw unreadable()
      if (bytes.length < 5 + length) break
      parts.push(partOf(bytes[0] ?? 0, bytes.subarray(5, 5 + length)))
      bytes = bytes.subarray(5 + length)
    }
    this.#rest = bytes
    return parts
  }
}

function partOf(kind: number, body: Buffer): DumpPart {
  if (kind === KINDS.rows) return { kind: 'rows', bytes: body }
  try {
    // written by encodePart, and checked to the last bit before anybody reads it
    const content: unknown = JSON.parse(body.toString('utf8'))
    if (kind === KINDS.table) return { kind: 'table', table: content as DumpTable }
    if (kind === KINDS.tableEnd) return { kind: 'tableEnd', ...(content as { rows: number; sum: string }) }
    if (kind === KINDS.end) return { kind: 'end', end: content as DumpEnd }
  } catch (cause) {
    throw unreadable(cause)
  }
  throw unreadable()
}

function unreadable(cause?: unknown): BackupRefused {
  return new BackupRefused('The content of the backup cannot be read.', { cause, remedy: 'Restore it with the version that made it.' })
}
