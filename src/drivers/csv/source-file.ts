import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Millis } from '#base/time.ts'
import { TextPieces, byteOrderMark, type Encoding } from './core/encoding.ts'
import { Splitter, type Row } from './core/splitter.ts'

export const BLOCK = 262_144

/** A place in a file at which reading can be taken up again. */
export interface Mark {
  readonly offset: number
  /** Of the bytes before. */
  readonly sha256: string
  /** Number of the line that begins here. */
  readonly line: number
}

/** The last mark, and the line behind it that has no end. */
export interface Rest extends Mark {
  readonly text: string
  readonly bytes: number
  /** Of the line alone. */
  readonly sha256Rest: string
}

/** The beginning of a file. */
export interface Head {
  /** Complete lines without the byte order mark. */
  readonly text: string
  readonly encoding: Encoding
  /** Length of the byte order mark. */
  readonly markBytes: number
  /** The file holds no more. */
  readonly complete: boolean
}

/** Passes on what a call of the file system gives, and may tell that it takes long. */
export type Waits = <T>(call: Promise<T>) => Promise<T>

/** One file of a watched folder, opened for reading; links are refused. */
export class SourceFile implements AsyncDisposable {
  readonly name: string
  readonly mtime: Millis
  /** As the file system says. */
  readonly size: number
  /** Without NULs at the end: a file copied over a network has its full length before its content. */
  readonly filled: number
  readonly #handle: FileHandle
  readonly #waits: Waits

  private constructor(name: string, handle: FileHandle, size: number, mtime: Millis, filled: number, waits: Waits) {
    this.name = name
    this.#handle = handle
    this.#waits = waits
    this.size = size
    this.mtime = mtime
    this.filled = filled
  }

  /** @throws Error of the file system */
  static async open(folder: string, name: string, waits: Waits = async (call) => await call): Promise<SourceFile> {
    // O_NOFOLLOW is 0 on Windows, where lstat has said that it is a file
    const handle = await waits(open(join(folder, name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)))
    try {
      const { size, mtimeMs } = await waits(handle.stat())
      return new SourceFile(name, handle, size, mtimeMs, await waits(filledOf(handle, size)), waits)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }

  /** @returns the bytes from `at`, fewer at the end of the file */
  async read(at: number, length: number, into = Buffer.allocUnsafe(length)): Promise<Buffer> {
    const { bytesRead } = await this.#waits(this.#handle.read(into, 0, length, at))
    return into.subarray(0, bytesRead)
  }

  /**
   * Hashes the file from its beginning and asks at each of the places whether this content is known.
   * @param places ascending, none beyond `filled`
   * @returns the last known one with the running hash of everything before it
   */
  async longestKnown<Known>(
    places: readonly number[],
    known: (place: number, sha256: string) => Known | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly known: Known; readonly hash: Hash } | undefined> {
    let longest: { known: Known; hash: Hash } | undefined
    const hash = createHash('sha256')
    const into = Buffer.allocUnsafe(BLOCK)
    let at = 0
    for (const place of places) {
      while (at < place) {
        signal.throwIfAborted()
        const bytes = await this.read(at, Math.min(BLOCK, place - at), into)
        if (bytes.length === 0) return longest
        hash.update(bytes)
        at += bytes.length
      }
      const found = known(place, hash.copy().digest('hex'))
      if (found !== undefined) longest = { known: found, hash: hash.copy() }
    }
    return longest
  }

  /**
   * The first complete lines.
   * @param withLast whether the last line of a short file counts though it has no end
   */
  async head(fixed: Encoding | null, withLast: boolean): Promise<Head> {
    const bytes = await this.read(0, Math.min(BLOCK, this.filled))
    const complete = bytes.length === this.filled
    return { ...readHead(bytes, fixed, complete && withLast), complete }
  }

  /**
   * Reads rows block by block and stops after each for the caller, who may keep the mark.
   * @param hash of everything before `from`; it is moved on
   * @returns the unterminated last line
   * @throws TypeError for bytes that are no UTF-8 where that is the encoding
   */
  async *rows(
    how: { readonly encoding: Encoding; readonly delimiter: string; readonly until?: number },
    from: { readonly offset: number; readonly line: number; readonly hash: Hash | null },
    signal: AbortSignal,
    onRow: (row: Row) => void,
  ): AsyncGenerator<Mark, Rest> {
    const splitter = new Splitter(how.delimiter, from.line)
    const pieces = new TextPieces(how.encoding)
    const { hash } = from
    let { offset } = from
    let rest = ''
    let raw: Buffer = Buffer.alloc(0)
    const mark = (): Mark => ({ offset, sha256: hash === null ? '' : hash.copy().digest('hex'), line: splitter.nextLine })
    const until = how.until ?? this.filled
    for (let at = offset; at < until;) {
      signal.throwIfAborted()
      const block = await this.read(at, Math.min(BLOCK, until - at))
      if (block.length === 0) break
      at += block.length
      const text = rest + pieces.decode(block, at >= until)
      const used = splitter.split(text, false, onRow)
      const bytes = pieces.bytesOf(text.slice(0, used))
      raw = raw.length === 0 ? block : Buffer.concat([raw, block])
      hash?.update(raw.subarray(0, bytes))
      raw = raw.subarray(bytes)
      rest = text.slice(used)
      offset += bytes
      if (!splitter.skipping) yield mark()
    }
    return { ...mark(), text: splitter.skipping ? '' : rest, bytes: raw.length, sha256Rest: createHash('sha256').update(raw).digest('hex') }
  }
}

/** @param whole nothing follows these bytes */
export function readHead(bytes: Uint8Array, fixed: Encoding | null, whole: boolean): Head {
  const mark = byteOrderMark(bytes)
  const content = bytes.subarray(mark?.length ?? 0)
  const wanted = fixed ?? mark?.encoding
  const read = (encoding: Encoding): string => {
    const text = new TextPieces(encoding).decode(content, whole)
    if (whole) return text
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'))
    return text.slice(0, end + 1)
  }
  const result = (encoding: Encoding) => ({ text: read(encoding), encoding, markBytes: mark?.length ?? 0, complete: whole })
  if (wanted !== undefined && wanted !== 'utf-8') return result(wanted)
  try {
    return result('utf-8')
  } catch {
    return result('windows-1252')
  }
}

async function filledOf(handle: FileHandle, size: number): Promise<number> {
  const into = Buffer.allocUnsafe(BLOCK)
  for (let end = size; end > 0; end -= BLOCK) {
    const length = Math.min(BLOCK, end)
    const { bytesRead } = await handle.read(into, 0, length, end - length)
    let at = bytesRead
    while (at > 0 && into[at - 1] === 0) at--
    // half of a character of two bytes may be NUL
    if (at > 0) return Math.min(size, end - length + at + (at < bytesRead && (end - length + at) % 2 === 1 ? 1 : 0))
  }
  return 0
}
