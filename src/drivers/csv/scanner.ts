import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Millis } from '#base/time.ts'

/** A file as a look at the folder shows it. */
export interface FoundFile {
  readonly name: string
  readonly size: number
  readonly mtime: Millis
  /** Unchanged at two looks a second apart. */
  readonly settled: boolean
  /** How long it has been unchanged, as far as we saw. */
  readonly quiet: Millis
  /** It has been growing for a while and goes on: a log, whose complete lines may be read. */
  readonly growing: boolean
}

interface Watched {
  size: number
  mtime: Millis
  /** When size or time last changed. */
  since: Millis
  looks: number
  lookedAt: Millis
  /** Since when it has grown at each look; null when it does not. */
  growingSince: Millis | null
}

const SETTLED: Millis = 1000
/** Of what is growing, complete lines are read after this time. */
const GROWING: Millis = 10_000
/** A file that has been quiet for long is looked at less often: after a tenth of that time, at the latest after this. */
const SELDOM: Millis = 30_000
const UNFINISHED = /^[.~]|\.(tmp|part|partial|filepart|crdownload|download|swp|lock|bad\.csv)$|~$/i

/**
 * Looks at a folder again and again, by listing it: events of the file system do not come from network folders. Files that are being
 * written, hidden ones, links and whatever is no file are passed over.
 */
export class Scanner {
  readonly #clock: Clock
  readonly #wanted: RegExp
  readonly #watched = new Map<string, Watched>()

  /** @param patterns separated by blanks; * stands for anything */
  constructor(patterns: string, clock: Clock) {
    this.#clock = clock
    this.#wanted = patternOf(patterns)
  }

  isWanted(name: string): boolean {
    return this.#wanted.test(name) && !UNFINISHED.test(name)
  }

  /** All files there are, oldest first. @throws Error of the file system */
  async scan(folder: string): Promise<FoundFile[]> {
    const entries = await readdir(folder, { withFileTypes: true })
    const present = new Set<string>()
    const found: FoundFile[] = []
    for (const entry of entries) {
      // a file system that does not tell types leaves it to lstat
      if (!this.isWanted(entry.name) || entry.isDirectory() || entry.isSymbolicLink()) continue
      present.add(entry.name)
      const file = await this.#lookAt(folder, entry.name)
      if (file !== undefined) found.push(file)
    }
    for (const name of this.#watched.keys()) if (!present.has(name)) this.#watched.delete(name)
    return found.sort((a, b) => a.mtime - b.mtime || (a.name < b.name ? -1 : 1))
  }

  /** The system says that something happened to a file: the next look does not pass it over. */
  nudge(name: string): void {
    const watched = this.#watched.get(name)
    if (watched !== undefined) watched.lookedAt = Number.NEGATIVE_INFINITY
  }

  /** Forgets that a file was seen, so that it is taken for a new one. */
  forget(name: string): void {
    this.#watched.delete(name)
  }

  async #lookAt(folder: string, name: string): Promise<FoundFile | undefined> {
    const now = this.#clock.mono()
    const before = this.#watched.get(name)
    if (before !== undefined && now - before.lookedAt < Math.min(SELDOM, (now - before.since) / 10)) return foundOf(name, before, now)
    const facts = await lstat(join(folder, name)).catch(() => undefined)
    // gone since the listing
    if (facts?.isFile() !== true) return undefined
    const { size, mtimeMs: mtime } = facts
    if (before === undefined) {
      const watched = { size, mtime, since: now, looks: 1, lookedAt: now, growingSince: null }
      this.#watched.set(name, watched)
      return foundOf(name, watched, now)
    }
    before.lookedAt = now
    if (before.size !== size || before.mtime !== mtime) {
      before.growingSince = size > before.size ? (before.growingSince ?? before.since) : null
      Object.assign(before, { size, mtime, since: now, looks: 1 })
    } else {
      before.looks++
      // a log that is written every few seconds still grows
      if (before.growingSince !== null && now - before.since > 3 * GROWING) before.growingSince = null
    }
    return foundOf(name, before, now)
  }
}

function foundOf(name: string, { size, mtime, since, looks, growingSince }: Watched, now: Millis): FoundFile {
  return {
    name,
    size,
    mtime,
    settled: looks >= 2 && now - since >= SETTLED,
    quiet: now - since,
    growing: growingSince !== null && now - growingSince >= GROWING,
  }
}

function patternOf(patterns: string): RegExp {
  const alternatives = patterns
    .split(/\s+/)
    .filter((pattern) => pattern !== '')
    .map((pattern) => pattern.replaceAll(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*'))
  return new RegExp(`^(?:${alternatives.join('|')})$`, 'iu')
}
