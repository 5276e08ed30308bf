import { InvalidRequest, NotFound } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { RowReader, type WantedColumn } from '#drivers/csv/core/row-reader.ts'
import { QualityFlag } from '#domain/sample.ts'
import { writeBulk } from '#store/bulk.ts'
import { SampleGatherer } from '#store/core/sample-gatherer.ts'
import type { Database } from '#store/database.ts'
import { listDevices } from '#store/devices.ts'
import { readSettings } from '#store/settings.ts'
import { listTags } from '#store/tags.ts'
import { type HistoryFile, type Place, openHistoryFile } from './history-file.ts'
import { matchTags } from './match-tags.ts'

export interface HistoryImport {
  readonly path: string
  /** Whose tags are meant by names without a device. */
  readonly deviceCode: string | null
  /** Of the CSV driver, for what cannot be found out. */
  readonly settings: Readonly<Record<string, unknown>>
  /** That of the site when null; for times that do not say theirs. */
  readonly timeZone: string | null
  /** Nothing is written. */
  readonly dryRun: boolean
  /** Where an import of this very file was cut short; see `onKept`. */
  readonly from: ImportPlace | null
  readonly now: Micros
  readonly signal: AbortSignal
  /** Everything before the place is stored. */
  readonly onKept?: (place: ImportPlace, report: ImportReport) => void
}

export interface ImportPlace extends Place {
  readonly rows: number
  readonly bad: number
}

export interface BadLine {
  readonly line: number
  readonly reason: string
}

export interface ImportReport {
  readonly rows: number
  readonly bad: number
  /** Of them, the first ones. */
  readonly badLines: readonly BadLine[]
  readonly samples: number
  readonly tags: number
  /** Columns or names that no tag has. */
  readonly unknown: readonly string[]
  readonly oldest: Micros | null
  readonly newest: Micros | null
  readonly bytes: number
}

/** Held in memory before they are written, while as many are being written: about 200 MB. */
const AT_ONCE = 3_000_000
const BAD_LINES_TOLD = 100

/**
 * Brings a file of history in, straight into blocks. Values are flagged as history: they correct what is stored, and never become the current
 * value. Done twice it changes nothing, so that one that was cut short may be begun again, or taken up where it was.
 * @throws ConfigError, InvalidRequest for a file that cannot be understood; NotFound for a device that does not exist
 */
export async function importHistory(db: Database, request: HistoryImport): Promise<ImportReport> {
  const { signal } = request
  const timeZone = request.timeZone ?? (await readSettings(db)).site.timeZone
  await using file = await openHistoryFile(request.path, request.settings, timeZone, signal)
  const devices = await listDevices(db, 'all')
  const device = devices.find((one) => one.code.toLowerCase() === request.deviceCode?.toLowerCase()) ?? null
  if (request.deviceCode !== null && device === null) throw new NotFound(`There is no device ${request.deviceCode}.`)
  const { wanted, unknown } = matchTags(file.names, devices, await listTags(db, 'all'), device)
  if (wanted.length === 0) {
    throw new InvalidRequest(`No tag has the name of a column: ${file.names.slice(0, 5).join(', ')}.`, {
      remedy: 'Name columns DEVICE:TAG, such as PS-01:Flow, or say whose tags they are with --device PS-01.',
    })
  }
  return await new Importing(db, request, file, wanted, unknown).run()
}

class Importing {
  readonly #db: Database
  readonly #request: HistoryImport
  readonly #file: HistoryFile
  readonly #unknown: readonly string[]
  readonly #reader: RowReader
  readonly #gatherer = new SampleGatherer()
  readonly #badLines: BadLine[] = []
  readonly #tags = new Set<number>()
  #rows: number
  #bad: number
  #samples = 0
  #oldest: Micros = Infinity
  #newest: Micros = -Infinity
  /** What was gathered before is written while the file is read on. */
  #writing: Promise<unknown> = Promise.resolve()

  constructor(db: Database, request: HistoryImport, file: HistoryFile, wanted: readonly WantedColumn[], unknown: readonly string[]) {
    this.#db = db
    this.#request = request
    this.#file = file
    this.#unknown = unknown
    this.#reader = new RowReader(file.layout, file.zone, wanted, request.now)
    this.#rows = request.from?.rows ?? 0
    this.#bad = request.from?.bad ?? 0
  }

  async run(): Promise<ImportReport> {
    const { from, signal } = this.#request
    let last: Place = from ?? { offset: 0, line: 1 }
    await this.#file.read(
      last,
      signal,
      (row) => {
        this.#rows++
        const reason = this.#reader.read(row, (tagId, at, value, quality) => this.#take(tagId, at, value, quality))
        if (reason === null) return
        this.#bad++
        if (this.#badLines.length < BAD_LINES_TOLD) this.#badLines.push({ line: row.line, reason })
      },
      async (place) => {
        last = place
        if (this.#gatherer.held >= AT_ONCE) await this.#keep(place)
      },
    )
    await this.#keep(last)
    await this.#writing
    return this.#report()
  }

  #take(tagId: number, at: Micros, value: Parameters<SampleGatherer['add']>[2], quality: number): void {
    this.#samples++
    this.#tags.add(tagId)
    if (at < this.#oldest) this.#oldest = at
    if (at > this.#newest) this.#newest = at
    if (!this.#request.dryRun) this.#gatherer.add(tagId, at, value, quality | QualityFlag.Historical)
  }

  async #keep(place: Place): Promise<void> {
    const { dryRun, now, onKept } = this.#request
    const reached = { ...place, rows: this.#rows, bad: this.#bad }
    const report = this.#report()
    const windows = this.#gatherer.take(now)
    await this.#writing
    this.#writing = (dryRun ? Promise.resolve() : writeBulk(this.#db, windows, now)).then(() => onKept?.(reached, report))
    // it is awaited before the next one, and in the end
    this.#writing.catch(() => undefined)
  }

  #report(): ImportReport {
    return {
      rows: this.#rows,
      bad: this.#bad,
      badLines: [...this.#badLines],
      samples: this.#samples,
      tags: this.#tags.size,
      unknown: this.#unknown,
      oldest: Number.isFinite(this.#oldest) ? this.#oldest : null,
      newest: Number.isFinite(this.#newest) ? this.#newest : null,
      bytes: this.#file.size,
    }
  }
}
