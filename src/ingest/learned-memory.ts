import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BugError, asError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import type { DriverLog } from '#drivers/driver.ts'
import { decodeMemory } from './core/spool-record.ts'
import type { Spool } from './spool.ts'

/** What a driver learned of one device; see SessionContext.remember. */
export interface DeviceMemory {
  recall(this: void, key: string): unknown
  remember(this: void, key: string, value: unknown): void
  recalled(this: void, prefix: string): readonly string[]
}

/** What was learned, as of one spool record: exactly what the records up to it brought. */
export interface MemorySnapshot {
  readonly spoolRecord: number
  readonly entries: readonly MemoryChange[]
}

const FILE = 'memory.json'
const WRITE_AFTER: Millis = 5000

/**
 * What the drivers of this process learned of their devices. A change travels in the spool record of the samples that were emitted
 * before it, so after a crash both are there or neither.
 */
export class LearnedMemory {
  readonly #devices = new Map<number, Map<string, string>>()
  readonly #onChange: (change: MemoryChange) => void

  /** @param onChange is to bring the change into the next spool record */
  constructor(onChange: (change: MemoryChange) => void) {
    this.#onChange = onChange
  }

  /**
   * As it was when the last process ended: what the database (or, while it is away, the snapshot) has, and what the spool holds
   * beyond it.
   */
  async recover(spool: Spool, { spoolRecord, entries }: MemorySnapshot): Promise<void> {
    for (const entry of entries) this.#apply(entry)
    for (let after = spoolRecord; after < spool.lastNumber;) {
      const frames = await spool.read(after, spool.lastNumber)
      for (const { payload } of frames) for (const change of decodeMemory(payload)) this.#apply(change)
      const last = frames.at(-1)
      if (last === undefined) break
      after = last.number
    }
  }

  of(deviceId: number): DeviceMemory {
    const known = (): Map<string, string> => this.#devices.get(deviceId) ?? new Map<string, string>()
    return {
      recall(key) {
        const text = known().get(key)
        return text === undefined ? undefined : JSON.parse(text)
      },
      remember: (key, value) => this.#remember(deviceId, key, value),
      recalled: (prefix) => [...known().keys()].filter((key) => key.startsWith(prefix)),
    }
  }

  /** Of a device that is no more. */
  drop(deviceId: number): void {
    this.#devices.delete(deviceId)
  }

  #remember(deviceId: number, key: string, value: unknown): void {
    if (key.includes('\0')) throw new BugError('a key of the memory holds a NUL')
    const text = value === undefined ? undefined : JSON.stringify(value)
    if (this.#devices.get(deviceId)?.get(key) === text) return
    const change = { deviceId, key, value: text ?? null }
    this.#apply(change)
    this.#onChange(change)
  }

  #apply({ deviceId, key, value }: MemoryChange): void {
    const device = this.#devices.get(deviceId) ?? new Map<string, string>()
    this.#devices.set(deviceId, device)
    if (value === null) device.delete(key)
    else device.set(key, value)
  }
}

/** What the database has of the memory, kept beside the spool as well, for a start without the database. */
export class CommittedMemory implements AsyncDisposable {
  readonly #entries = new Map<string, MemoryChange>()
  readonly #folder: string
  readonly #log: DriverLog
  #spoolRecord = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(folder: string, log: DriverLog) {
    this.#folder = folder
    this.#log = log
  }

  /** @returns as it was last written; empty when it never was, or the file is broken */
  static async read(folder: string): Promise<MemorySnapshot> {
    try {
      // written by ourselves
      return JSON.parse(await readFile(join(folder, FILE), 'utf8')) as MemorySnapshot
    } catch {
      return { spoolRecord: 0, entries: [] }
    }
  }

  get snapshot(): MemorySnapshot {
    return { spoolRecord: this.#spoolRecord, entries: [...this.#entries.values()] }
  }

  /** What the database has now, whatever was thought before. */
  begin({ spoolRecord, entries }: MemorySnapshot): void {
    this.#entries.clear()
    this.committed(spoolRecord, entries)
  }

  committed(spoolRecord: number, changes: readonly MemoryChange[]): void {
    this.#spoolRecord = spoolRecord
    for (const change of changes) {
      const id = `${change.deviceId} ${change.key}`
      if (change.value === null) this.#entries.delete(id)
      else this.#entries.set(id, change)
    }
    // the spool keeps committed records for minutes, so what the file does not know yet is found there
    if (changes.length > 0) this.#timer ??= setTimeout(() => this.#writeSoon(), WRITE_AFTER)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer !== undefined) this.#writeSoon()
    await this.#writing
  }

  #writeSoon(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing
      .then(async () => await this.#write())
      .catch((error: unknown) => {
        this.#log.warn('driver.memory_not_kept', { reason: asError(error).message })
      })
  }

  async #write(): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    const draft = join(this.#folder, `${FILE}.new`)
    await writeFile(draft, JSON.stringify(this.snapshot), { mode: 0o600, flush: true })
    await rename(draft, join(this.#folder, FILE))
  }
}
