import { watch, type FSWatcher } from 'node:fs'
import { lstat, realpath, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { asError, ConfigError, DriverError, SyncTideError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { Zone } from '#calc/zone.ts'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import { answersWithin } from './answers.ts'
import type { CsvConfig, CsvPoint } from './config.ts'
import type { IngestDesk } from './ingest-desk.ts'
import { ingestFile, type Outcome } from './ingest-file.ts'
import { missingColumns } from './late-tags.ts'
import { Ledger, type Seen } from './ledger.ts'
import { openPlace, unanswered, unreachable, type Roots } from './place.ts'
import { ownFolder } from './rejected-rows.ts'
import { Scanner, type FoundFile } from './scanner.ts'
import { SourceFile } from './source-file.ts'
import { sweep } from './sweep.ts'
import { tellsChanges } from './tells-changes.ts'

export const PROCESSED = 'processed'
const REJECTED = 'rejected'
/** Events come in bursts: one look for all of them. */
const NUDGE: Millis = 200
const SWEEP: Millis = 600_000
/** A folder that tells of its changes is looked at all the same now and then. */
const SELDOM: Millis = 30_000
/** Nothing more is expected of a file that has been quiet for so long, at the slowest look that is usual. */
const SETTLED_LONG: Millis = 10_000
const PATIENCE: Millis = 4000
const DAY: Millis = 86_400_000

/** Watches the folder of one device: looks at it every few seconds and reads what is new, one file after the other. */
export class CsvSession implements Session {
  readonly closed: Promise<DriverError | undefined>
  readonly #plan: DevicePlan<CsvConfig, CsvPoint>
  readonly #context: SessionContext
  readonly #path: string
  readonly #roots: Roots
  readonly #ledger: Ledger
  readonly #scanner: Scanner
  readonly #zone: Zone
  /** Refused under other settings, a file is worth another try. */
  readonly #settings: string
  readonly #ended = new AbortController()
  readonly #running: Promise<void>
  #wake: (() => void) | undefined
  #problem: string | null = null
  readonly #answer = answersWithin((silent) => this.#tell(silent ? inWords(unanswered(this.#path)) : null))
  #folder = ''
  #watcher: FSWatcher | undefined
  #nudge: NodeJS.Timeout | undefined
  #sweptAt: Millis = Number.NEGATIVE_INFINITY
  #lookedAt: Millis = Number.NEGATIVE_INFINITY
  /** Whether the system tells of changes; whether something happened since the last look; whether that did something; found all at rest. */
  #tells = false
  #stirred = false
  #busy = false
  #still = false
  /** Files whose last line has no end yet, with how much there was of them. */
  readonly #unended = new Map<string, number>()
  /** Files that hold nothing for any tag that is not known already. */
  readonly #covered = new Set<string>()
  #files = 0
  #lastRead = ''

  /** @param path below the roots, as {@link placeOf} gives it */
  constructor(plan: DevicePlan<CsvConfig, CsvPoint>, context: SessionContext, path: string, roots: Roots) {
    this.#plan = plan
    this.#path = path
    this.#roots = roots
    this.#context = { ...context, signal: AbortSignal.any([context.signal, this.#ended.signal]) }
    this.#ledger = new Ledger(context)
    this.#scanner = new Scanner(plan.config.files, context.clock)
    this.#zone = new Zone(plan.config.zone)
    this.#settings = JSON.stringify([plan.config, plan.points.map(({ tag, point }) => [point.column, tag.kind])])
    const { promise, resolve } = Promise.withResolvers<DriverError | undefined>()
    this.closed = promise
    this.#running = this.#run().then(
      () => resolve(undefined),
      (thrown: unknown) => resolve(asDriverError(thrown)),
    )
  }

  facts(): Readonly<Record<string, string | number | boolean>> {
    return {
      'Folder watched': this.#folder === '' ? this.#path : this.#folder,
      'Files in it': this.#files,
      'Files known by their content': this.#ledger.size,
      'Zone of its times': this.#plan.config.zone,
      'Last file': this.#lastRead,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    this.#wake?.()
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, PATIENCE)
    await Promise.race([this.#running, promise])
    clearTimeout(timer)
    this.#watcher?.close()
    clearTimeout(this.#nudge)
  }

  async #run(): Promise<void> {
    const { signal } = this.#context
    while (!signal.aborted) {
      try {
        if (this.#isDue()) await this.#look()
      } catch (thrown) {
        if (signal.aborted) return
        if (thrown instanceof ConfigError) throw thrown
        this.#watcher?.close()
        this.#watcher = undefined
        this.#folder = ''
        const error = thrown instanceof DriverError ? thrown : unreachable(this.#path, asError(thrown))
        this.#tell(inWords(error))
      }
      await this.#rest()
    }
  }

  /** A folder that tells what happens in it is left alone while it says nothing and nothing in it is unfinished. */
  #isDue(): boolean {
    const now = this.#context.clock.mono()
    return this.#stirred || !this.#still || this.#watcher === undefined || now - this.#lookedAt >= SELDOM
  }

  /** One look at the folder. @throws Error of the file system, ConfigError */
  async #look(): Promise<void> {
    this.#stirred = false
    this.#still = false
    this.#lookedAt = this.#context.clock.mono()
    // as long as the place is what it was, nothing leads out of the roots
    if (this.#folder === '' || (await this.#answer(realpath(this.#folder))) !== this.#folder)
      this.#folder = await this.#answer(openPlace(this.#path, this.#roots))
    await this.#answer(this.#watch())
    const files = await this.#answer(this.#scanner.scan(this.#folder))
    this.#files = files.length
    // without a tag there is nowhere to put a value: what lies here is read when there is one
    if (this.#plan.points.length > 0) {
      for (const file of files) {
        if (this.#context.signal.aborted) return
        if (file.settled || file.growing) await this.#consider(file)
      }
    }
    this.#forgetGone(files)
    await this.#sweep()
    this.#tell(this.#newestTrouble(files))
    this.#still =
      this.#tells &&
      !this.#busy &&
      this.#unended.size === 0 &&
      files.every((file) => file.settled && file.quiet >= Math.max(SETTLED_LONG, 3000 * this.#plan.config.scanSeconds))
    this.#busy = false
  }

  async #consider(found: FoundFile): Promise<void> {
    const { name, size, mtime } = found
    const seen = this.#ledger.seen(name)
    if (seen !== undefined && seen.size === size && seen.mtime === mtime) {
      if (seen.state === 'done' && this.#isCovered(name, seen)) return await this.#putAway(name, seen)
      if (seen.settings === this.#settingsNow()) return
    }
    // the first look at a file that has no end is not worth repeating until it has been quiet
    const takeTail = found.settled && found.quiet >= 2000 * this.#plan.config.scanSeconds
    if (!takeTail && this.#unended.get(name) === size) return
    this.#covered.delete(name)
    this.#busy = true
    try {
      await this.#ingest(found, takeTail)
    } catch (thrown) {
      const error = asError(thrown)
      const code = 'code' in error ? String(error.code) : ''
      // somebody has it open for himself, or it went away: the next look will tell
      if (!['EBUSY', 'ENOENT', 'EACCES', 'EPERM', 'ELOOP'].includes(code)) throw error
      if (code === 'EACCES' || code === 'EPERM') this.#refused(found, inWords(unreachable(join(this.#folder, name), error)))
      else this.#context.log.debug('csv.file_not_readable', { device: this.#plan.device.code, file: name, code })
    }
  }

  async #ingest(found: FoundFile, takeTail: boolean): Promise<void> {
    const { log, clock } = this.#context
    const { device } = this.#plan
    const { name } = found
    const began = clock.mono()
    await using file = await SourceFile.open(this.#folder, name, this.#answer)
    const outcome = await ingestFile(file, this.#desk(), takeTail && file.filled === file.size)
    const { size, mtime } = file
    const fields = { device: device.code, file: name, bytes: size, millis: Math.round(clock.mono() - began) }
    if (outcome.kind === 'refused') {
      this.#refused({ size, mtime, name }, outcome.problem)
      return
    }
    if (!takeTail && ((outcome.kind === 'read' && outcome.rest) || file.filled < size)) this.#unended.set(name, size)
    else this.#unended.delete(name)
    if (outcome.kind === 'known') {
      if (this.#ledger.row(outcome.key)?.name !== name) {
        this.#context.count('files_known_already')
        log.info('csv.file_known', { ...fields, as: this.#ledger.row(outcome.key)?.name })
      }
    } else if (outcome.rows > 0) {
      this.#context.count('files_read')
      this.#context.count('rows_read', outcome.rows)
      this.#context.count('rows_rejected', outcome.bad)
      this.#lastRead = name
      log.info('csv.file_read', { ...fields, rows: outcome.rows, rejected: outcome.bad })
    }
    // what changed while it was read is looked at again
    if (!this.#unended.has(name)) this.#done(name, { size, mtime }, outcome)
  }

  #done(name: string, { size, mtime }: { size: number; mtime: Millis }, outcome: Exclude<Outcome, { kind: 'refused' }>): void {
    this.#ledger.saw(name, { size, mtime, state: 'done', row: outcome.key, problem: null, settings: null })
    this.#ledger.trim()
  }

  #refused({ name, size, mtime }: Pick<FoundFile, 'name' | 'size' | 'mtime'>, problem: string): void {
    this.#context.count('files_refused')
    this.#context.log.warn('csv.file_refused', { device: this.#plan.device.code, file: name, problem })
    this.#ledger.saw(name, { size, mtime, state: 'refused', row: null, problem, settings: this.#settingsNow() })
  }

  /** An order of day and month that was proved since is worth another try, too. */
  #settingsNow(): string {
    return `${this.#ledger.dateOrder ?? ''}${this.#settings}`
  }

  /** What stands in the way of the newest file: what lies before it is history. */
  #newestTrouble(files: readonly FoundFile[]): string | null {
    const newest = files.at(-1)
    const seen = newest === undefined ? undefined : this.#ledger.seen(newest.name)
    if (newest === undefined || seen === undefined || seen.problem === null || seen.size !== newest.size) return null
    return `${newest.name}: ${seen.problem}`
  }

  /** Whether every tag has what this file holds for it; one that was added since has not. */
  #isCovered(name: string, { row: key }: Seen): boolean {
    if (this.#covered.has(name)) return true
    const row = key === null ? undefined : this.#ledger.row(key)
    const covered = row === undefined || (row.late === null && missingColumns(row, this.#desk()).length === 0)
    if (covered) this.#covered.add(name)
    return covered
  }

  async #putAway(name: string, seen: Seen): Promise<void> {
    if (this.#plan.config.afterwards !== 'move' || seen.row === null) return
    this.#busy = true
    try {
      const folder = join(this.#folder, PROCESSED)
      await ownFolder(folder)
      await rename(join(this.#folder, name), join(folder, await freeName(folder, name)))
      this.#scanner.forget(name)
      this.#ledger.forgetName(name)
    } catch (thrown) {
      this.#context.log.warn('csv.file_not_moved', { device: this.#plan.device.code, file: name, problem: asError(thrown).message })
    }
  }

  #forgetGone(files: readonly FoundFile[]): void {
    const present = new Set(files.map((file) => file.name))
    for (const [name] of this.#ledger.names()) if (!present.has(name)) this.#ledger.forgetName(name)
    for (const name of this.#covered) if (!present.has(name)) this.#covered.delete(name)
  }

  async #sweep(): Promise<void> {
    const { config } = this.#plan
    const { clock, log } = this.#context
    if (config.deleteAfterDays === 0 || clock.mono() - this.#sweptAt < SWEEP) return
    this.#sweptAt = clock.mono()
    const before = clock.now() / 1000 - config.deleteAfterDays * DAY
    const deleted = await sweep([this.#folder, join(this.#folder, PROCESSED)], this.#ledger, before, this.#scanner, this.#context.signal)
    if (deleted.length > 0) log.info('csv.files_deleted', { device: this.#plan.device.code, count: deleted.length, first: deleted[0] })
  }

  #desk(): IngestDesk {
    const { config, points } = this.#plan
    return {
      context: this.#context,
      ledger: this.#ledger,
      config,
      zone: this.#zone,
      wanted: points.map(({ tag, point }) => ({ tagId: tag.id, address: point.column, kind: tag.kind })),
      rejectedFolder: join(this.#folder, REJECTED),
    }
  }

  #tell(problem: string | null): void {
    if (problem === this.#problem) return
    this.#problem = problem
    this.#context.absent(problem)
  }

  async #watch(): Promise<void> {
    if (this.#watcher !== undefined) return
    this.#tells = await tellsChanges(this.#folder)
    if (this.#context.signal.aborted) return
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, (_, name) => {
        this.#stirred = true
        if (name !== null) this.#scanner.nudge(name)
        this.#nudge ??= setTimeout(() => {
          this.#nudge = undefined
          this.#wake?.()
        }, NUDGE)
      })
      this.#watcher.on('error', () => {
        this.#watcher?.close()
        this.#watcher = undefined
      })
    } catch {
      // the looks find everything; events only make it sooner
    }
  }

  async #rest(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, this.#plan.config.scanSeconds * 1000)
    this.#wake = resolve
    if (this.#context.signal.aborted) resolve()
    await promise
    clearTimeout(timer)
    this.#wake = undefined
  }
}

async function freeName(folder: string, name: string): Promise<string> {
  const dot = name.lastIndexOf('.')
  const [stem, end] = dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)]
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${stem}-${number}${end}`
    if ((await lstat(join(folder, candidate)).catch(() => undefined)) === undefined) return candidate
  }
}

function inWords(error: SyncTideError): string {
  return error.remedy === undefined ? error.message : `${error.message}. ${error.remedy}`
}

function asDriverError(thrown: unknown): DriverError {
  const error = asError(thrown)
  if (error instanceof DriverError) return error
  const remedy = error instanceof SyncTideError && error.remedy !== undefined ? { remedy: error.remedy } : {}
  return new DriverError('refused', error.message, { cause: error, ...remedy })
}
