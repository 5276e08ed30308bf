import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const KEPT = 5

/** Lines into a file that is renamed to `.1`, `.2` … when it is full; five old ones are kept. */
export class LogFile {
  readonly #path: string
  readonly #maxBytes: number
  #bytes: number

  constructor(path: string, maxBytes = 10 * 1024 * 1024) {
    mkdirSync(dirname(path), { recursive: true })
    this.#path = path
    this.#maxBytes = maxBytes
    this.#bytes = existsSync(path) ? statSync(path).size : 0
  }

  /** @param line without its end. A full disk loses log lines, never the program. */
  write(line: string): void {
    const text = `${line}\n`
    try {
      if (this.#bytes + text.length > this.#maxBytes && this.#bytes > 0) this.#rotate()
      appendFileSync(this.#path, text, { mode: 0o600 })
      this.#bytes += Buffer.byteLength(text)
    } catch {
      // nowhere left to tell it
    }
  }

  #rotate(): void {
    rmSync(`${this.#path}.${KEPT}`, { force: true })
    for (let number = KEPT - 1; number >= 1; number--) {
      if (existsSync(`${this.#path}.${number}`)) renameSync(`${this.#path}.${number}`, `${this.#path}.${number + 1}`)
    }
    renameSync(this.#path, `${this.#path}.1`)
    this.#bytes = 0
  }
}
