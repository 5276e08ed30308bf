import { appendFileSync, copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a file suffers on its way into the folder. */
export const DROP_FAULTS = ['none', 'half', 'renamed', 'copied', 'appended', 'malformed', 'unended'] as const
export type DropFault = (typeof DROP_FAULTS)[number]

export interface DropperOptions {
  readonly folder: string
  /** Milliseconds since 1970 of the first row. */
  readonly from: number
  readonly rowsPerFile: number
  /** Between two rows. */
  readonly stepMillis: number
}

/**
 * A laboratory that exports its analyses as its spreadsheet does: semicolons, decimal commas, day first, CRLF, windows-1252. It writes
 * files whole or in halves, under a passing name, twice, or with a line that is no row, and knows how many sound rows it wrote.
 */
export class CsvDropper {
  readonly #options: DropperOptions
  #files = 0
  #rows = 0
  /** Sound rows so far, each with a time of its own. */
  written = 0
  malformed = 0

  constructor(options: DropperOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true })
  }

  /** Drops one file. @returns finishes what the fault left open; call it when the reader had a look at it */
  drop(fault: DropFault): () => void {
    const { folder, rowsPerFile } = this.#options
    const name = `analysis-${String(++this.#files).padStart(4, '0')}.csv`
    const path = join(folder, name)
    const rows = Array.from({ length: rowsPerFile }, () => this.#row())
    this.written += rows.length
    if (fault === 'malformed') {
      this.malformed++
      rows.splice(Math.floor(rowsPerFile / 2), 0, 'manutenção;;\r\n')
    }
    const content = latin1(`Data;Cloro (mg/l);Turvação (NTU)\r\n${rows.join('')}`)
    const half = Math.floor(content.length / 2)
    switch (fault) {
      case 'half':
        writeFileSync(path, content.subarray(0, half))
        return () => appendFileSync(path, content.subarray(half))
      case 'renamed':
        writeFileSync(`${path}.tmp`, content)
        return () => renameSync(`${path}.tmp`, path)
      case 'copied':
        writeFileSync(path, content)
        return () => copyFileSync(path, join(folder, `copy of ${name}`))
      case 'appended': {
        writeFileSync(path, content)
        const more = this.#row()
        this.written++
        return () => appendFileSync(path, latin1(more))
      }
      case 'unended':
        writeFileSync(path, content.subarray(0, content.length - 2))
        return () => undefined
      case 'none':
      case 'malformed':
        writeFileSync(path, content)
        return () => undefined
    }
  }

  #row(): string {
    const { from, stepMillis } = this.#options
    const at = new Date(from + this.#rows * stepMillis)
    const two = (part: number): string => String(part).padStart(2, '0')
    const day = `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`
    const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
    const hours = this.#rows++ / 60
    const chlorine = (0.6 + 0.2 * Math.sin(hours)).toFixed(3).replace('.', ',')
    const turbidity = (0.4 + 0.1 * Math.cos(hours / 3)).toFixed(2).replace('.', ',')
    return `${day} ${clock};${chlorine};${turbidity}\r\n`
  }
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
