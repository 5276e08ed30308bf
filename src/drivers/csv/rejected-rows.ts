import { constants } from 'node:fs'
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { asError } from '#base/errors.ts'
import type { DriverLog } from '../driver.ts'
import type { LedgerRow } from './ledger.ts'

const HEADER = '\uFEFFline,reason,row\r\n'
const LONGEST_RAW = 10_000
const MOST_NAMES = 1000

/**
 * `<name>.bad.csv`: what could not be read of a file, with its line and the reason. What was written after the last mark is cut off when
 * reading is taken up again, so that each row stands there once.
 */
export class RejectedRows implements AsyncDisposable {
  readonly #folder: string
  readonly #source: string
  #name: string | undefined
  #handle: FileHandle | undefined
  #bytes = 0
  #pending: string[] = []
  readonly #log: DriverLog
  #failed = false

  /**
   * @param folder the one for rejected rows, made when needed
   * @param before where an earlier reading stopped
   */
  constructor(folder: string, source: string, before: LedgerRow['badFile'], log: DriverLog) {
    this.#log = log
    this.#folder = folder
    this.#source = source
    this.#name = before?.name
    this.#bytes = before?.bytes ?? 0
  }

  add(line: number, reason: string, raw: string): void {
    this.#pending.push(`${line},${quoted(reason)},${quoted(raw.slice(0, LONGEST_RAW))}\r\n`)
  }

  /**
   * Writes what came since. Where that is not allowed the sound rows count all the same, and the log tells the first of the others.
   * @returns where it stands; null when there never was a bad row
   */
  async flush(): Promise<LedgerRow['badFile']> {
    const [first] = this.#pending
    if (first !== undefined && !this.#failed) await this.#write().catch((error: unknown) => this.#fail(asError(error), first))
    this.#pending = []
    return this.#name === undefined ? null : { name: this.#name, bytes: this.#bytes }
  }

  async #write(): Promise<void> {
    this.#handle ??= await this.#open()
    const bytes = Buffer.from((this.#bytes === 0 ? HEADER : '') + this.#pending.join(''))
    await this.#handle.write(bytes, 0, bytes.length, this.#bytes)
    await this.#handle.datasync()
    this.#bytes += bytes.length
  }

  #fail(error: Error, first: string): void {
    this.#failed = true
    this.#log.warn('csv.rejected_rows_not_written', { file: this.#source, problem: error.message, first: first.trimEnd().slice(0, 500) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close()
  }

  async #open(): Promise<FileHandle> {
    await ownFolder(this.#folder)
    const plain = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)
    if (this.#name !== undefined) {
      const handle = await open(join(this.#folder, this.#name), plain | constants.O_CREAT)
      await handle.truncate(this.#bytes)
      return handle
    }
    for (let number = 1; ; number++) {
      const name = `${this.#source}${number === 1 ? '' : `-${number}`}.bad.csv`
      try {
        const handle = await open(join(this.#folder, name), plain | constants.O_CREAT | constants.O_EXCL)
        this.#name = name
        return handle
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || number >= MOST_NAMES) throw error
      }
    }
  }
}

/** Makes a folder of ours inside a watched one; a link in its place is refused. @throws Error */
export async function ownFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  if (!(await lstat(path)).isDirectory()) throw new Error(`${path} is a link and is not followed`)
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
