import { readFileSync } from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Micros } from '#base/time.ts'
import type { Received } from './link.ts'

/** One that came before the device that wants it. */
export type Parked = Received & { readonly at: Micros }

const MOST = 20_000

/**
 * What a broker kept for devices that have not joined yet. It stands on disk before it is acknowledged, and until what became of it is
 * safe: the broker has forgotten it by then.
 */
export class ParkedMessages {
  readonly #file: string | null
  #messages: Parked[]
  #unwritten: Parked[] = []
  /** Whether the file holds more than {@link #messages}. */
  #outdated = false
  #work: Promise<void> = Promise.resolve()

  /** @param file null: nothing is kept beyond this process */
  constructor(file: string | null) {
    this.#file = file
    this.#messages = file === null ? [] : readParked(file)
  }

  get size(): number {
    return this.#messages.length
  }

  /** @returns false when there are too many */
  park(message: Parked): boolean {
    if (this.#messages.length >= MOST) return false
    this.#messages.push(message)
    this.#unwritten.push(message)
    return true
  }

  /** Hands out what the device that has come wants. @param take whether somebody wants it */
  handOut(take: (message: Parked) => boolean): void {
    const left = this.#messages.filter((message) => !take(message))
    if (left.length < this.#messages.length) this.#outdated = true
    this.#messages = left
  }

  /** Nobody came for them. */
  drop(): void {
    this.handOut(() => true)
  }

  /**
   * Resolves when everything parked is on disk.
   * @param meanwhile resolves when what was handed out so far is safe elsewhere; then the file forgets it
   * @throws the error of the file system
   */
  async accepted(meanwhile: Promise<unknown>): Promise<void> {
    // it is awaited later, when it may have failed already
    meanwhile.catch(() => undefined)
    const left = this.#outdated ? [...this.#messages] : null
    this.#outdated = false
    const mine = this.#work
      .catch(() => undefined)
      .then(async () => {
        try {
          await this.#append()
          await meanwhile
          if (left !== null) await this.#rewrite(left)
        } catch (error) {
          if (left !== null) this.#outdated = true
          throw error
        }
      })
    this.#work = mine
    await mine
  }

  async #append(): Promise<void> {
    const lines = this.#unwritten
    if (lines.length === 0 || this.#file === null) return
    await mkdir(dirname(this.#file), { recursive: true })
    const file = await open(this.#file, 'a', 0o600)
    try {
      await file.write(lines.map(lineOf).join(''))
      await file.datasync()
    } finally {
      await file.close()
    }
    this.#unwritten = this.#unwritten.slice(lines.length)
  }

  async #rewrite(left: readonly Parked[]): Promise<void> {
    if (this.#file === null) return
    if (left.length === 0) return await rm(this.#file, { force: true })
    await writeFile(`${this.#file}.new`, left.map(lineOf).join(''), { mode: 0o600, flush: true })
    await rename(`${this.#file}.new`, this.#file)
  }
}

function lineOf({ topic, payload, qos, at }: Parked): string {
  return `${JSON.stringify({ topic, payload: Buffer.from(payload).toString('base64'), qos, at })}\n`
}

function readParked(file: string): Parked[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((line): Parked[] => {
    try {
      // our own lines; the last one may be torn, and was then not acknowledged
      const { topic, payload, qos, at } = JSON.parse(line) as { topic: string; payload: string; qos: number; at: number }
      return [{ topic, payload: Buffer.from(payload, 'base64'), qos, retained: false, at }]
    } catch {
      return []
    }
  })
}
