import { InvalidRequest, NotFound } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { Zone } from '#calc/zone.ts'
import type { Device, Tag } from '#domain/device.ts'
import { remarksText } from '#domain/quality-remarks.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { CsvLook } from '#plant/sheets/core/csv.ts'
import { type SampleColumns, rowAt } from '#store/core/sample-columns.ts'
import type { Database } from '#store/database.ts'
import { listDevices } from '#store/devices.ts'
import { readHistory } from '#store/measurements.ts'
import { listTags } from '#store/tags.ts'
import { type DateFormat, csvLine, qualityWord, timeText } from './core/history-csv.ts'

export interface HistoryRequest extends CsvLook {
  readonly tagIds: readonly number[]
  readonly from: Micros
  /** Exclusive. */
  readonly to: Micros
  /** wide: a row a time, a column a tag. long: a row a value, tag after tag, with unit, quality and remarks on it. */
  readonly layout: 'wide' | 'long'
  readonly dateFormat: DateFormat
  readonly timeZone: string
}

/** Lines are handed on in pieces of about this many characters. */
const PIECE = 1 << 16

/**
 * Samples as CSV, piece by piece: however long the period, only a few blocks of each tag are in memory, and nothing is read before the one
 * who takes the pieces wants them.
 * @throws InvalidRequest, NotFound for a tag that does not exist in scope; both before the first piece
 */
export async function exportHistory(db: Database, scope: DeviceScope, request: HistoryRequest): Promise<AsyncGenerator<string>> {
  if (!(request.to > request.from)) throw new InvalidRequest('The period ends before it begins.', { field: 'to' })
  const columns = await namedTags(db, scope, request.tagIds)
  const zone = new Zone(request.timeZone)
  const lines = request.layout === 'long' ? longLines(db, scope, columns, request, zone) : wideLines(db, scope, columns, request, zone)
  return inPieces(lines)
}

/** A tag with the device that it is named after. */
export interface NamedTag {
  readonly tag: Tag
  readonly device: Device
}

/**
 * @param tagIds in this order; all that are in scope when undefined
 * @throws NotFound for one that does not exist in scope
 */
export async function namedTags(db: Database, scope: DeviceScope, tagIds: readonly number[] | undefined): Promise<NamedTag[]> {
  const known = new Map((await listTags(db, scope)).map((tag) => [tag.id, tag]))
  const devices = new Map((await listDevices(db, scope)).map((device) => [device.id, device]))
  return (tagIds ?? [...known.keys()]).map((id) => {
    const tag = known.get(id)
    const device = tag === undefined ? undefined : devices.get(tag.deviceId)
    if (tag === undefined || device === undefined) throw new NotFound(`There is no tag ${id}.`)
    return { tag, device }
  })
}

async function* longLines(
  db: Database,
  scope: DeviceScope,
  columns: readonly NamedTag[],
  request: HistoryRequest,
  zone: Zone,
): AsyncGenerator<string> {
  yield csvLine(['time', 'tag', 'value', 'unit', 'quality', 'remarks'], request)
  for (const { tag, device } of columns) {
    for await (const piece of readHistory(db, scope, tag.id, request.from, request.to)) {
      for (let index = 0; index < piece.times.length; index++) {
        const { at, quality } = rowAt(piece, index)
        const time = timeText(at, request.dateFormat, zone)
        yield csvLine(
          [time, `${device.code}:${tag.name}`, cellAt(piece, index), tag.unit, qualityWord(quality), remarksText(quality)],
          request,
        )
      }
    }
  }
}

async function* wideLines(
  db: Database,
  scope: DeviceScope,
  columns: readonly NamedTag[],
  request: HistoryRequest,
  zone: Zone,
): AsyncGenerator<string> {
  const title = ({ tag, device }: NamedTag): string => `${device.code}:${tag.name}${tag.unit === '' ? '' : ` (${tag.unit})`}`
  yield csvLine(['time', ...columns.map(title)], request)
  const readers = columns.map(({ tag }) => new Reader(readHistory(db, scope, tag.id, request.from, request.to)))
  for (const reader of readers) await reader.fill()
  for (;;) {
    const at = Math.min(...readers.map((reader) => reader.at))
    if (at === Infinity) return
    const cells: (string | number | null)[] = [timeText(at, request.dateFormat, zone)]
    for (const reader of readers) {
      if (reader.at !== at) cells.push(null)
      else {
        cells.push(reader.cell)
        if (!reader.advance()) await reader.fill()
      }
    }
    yield csvLine(cells, request)
  }
}

/** The history of one tag, sample by sample. */
class Reader {
  readonly #pieces: AsyncGenerator<SampleColumns>
  #piece: SampleColumns | undefined
  #index = 0

  constructor(pieces: AsyncGenerator<SampleColumns>) {
    this.#pieces = pieces
  }

  /** Of the sample that comes next; infinity when there is none. */
  get at(): Micros {
    return this.#piece?.times[this.#index] ?? Infinity
  }

  get cell(): string | number | null {
    return this.#piece === undefined ? null : cellAt(this.#piece, this.#index)
  }

  /** @returns false when the piece is through: fill it again */
  advance(): boolean {
    this.#index += 1
    return this.#index < (this.#piece?.times.length ?? 0)
  }

  async fill(): Promise<void> {
    const next = await this.#pieces.next()
    this.#piece = next.done === true ? undefined : next.value
    this.#index = 0
  }
}

function cellAt(columns: SampleColumns, index: number): string | number | null {
  const { value, valueText } = rowAt(columns, index)
  // a whole number beyond 2^53 is exact as text, and no formula
  return valueText ?? value
}

/** Lines put together to what is worth sending, after the mark by which spreadsheets know UTF-8. */
export async function* inPieces(lines: AsyncGenerator<string>): AsyncGenerator<string> {
  let held = '\uFEFF'
  for await (const line of lines) {
    held += line
    if (held.length < PIECE) continue
    yield held
    held = ''
  }
  if (held !== '') yield held
}
