import { basename, dirname } from 'node:path'
import { ConfigError, InvalidRequest, asError } from '#base/errors.ts'
import { Zone } from '#calc/zone.ts'
import { parseConfig } from '#drivers/csv/config.ts'
import type { Encoding } from '#drivers/csv/core/encoding.ts'
import { type Layout, valueColumns } from '#drivers/csv/core/layout.ts'
import { type Row, Splitter } from '#drivers/csv/core/splitter.ts'
import { type Head, SourceFile } from '#drivers/csv/source-file.ts'
import { structureOf } from '#drivers/csv/structure-of.ts'

/** A file of history, opened and understood. */
export interface HistoryFile extends AsyncDisposable {
  readonly layout: Layout
  readonly zone: Zone
  readonly size: number
  readonly mtime: number
  /** Names of its columns, or in its tag column. */
  readonly names: readonly string[]
  /**
   * Reads it from a place on, block by block.
   * @param onBlock after each block: where the next one begins; it is waited for
   */
  read(from: Place, signal: AbortSignal, onRow: (row: Row) => void, onBlock: (place: Place) => Promise<void>): Promise<void>
}

/** A place at which reading can be taken up again. */
export interface Place {
  readonly offset: number
  /** Number of the line that begins here. */
  readonly line: number
}

/**
 * Opens a CSV file and finds out how it is written, as the CSV driver does; a first look goes through all of it.
 * @param settings of the CSV driver by name, for what cannot be found out: dateFormat, decimal, delimiter …
 * @throws ConfigError naming the setting that is needed; InvalidRequest for a file that cannot be read
 */
export async function openHistoryFile(
  path: string,
  settings: Readonly<Record<string, unknown>>,
  timeZone: string,
  signal: AbortSignal,
): Promise<HistoryFile> {
  const config = parseConfig({ timeZone, ...settings })
  const zone = new Zone(config.zone)
  const file = await open(path)
  try {
    const head = await file.head(config.fixedEncoding, true)
    const structure = await structureOf(file, head, { config, context: { signal }, ledger: { dateOrder: null } })
    if (structure.kind === 'empty') throw new InvalidRequest('The file is empty.')
    if (structure.kind === 'question') {
      throw new ConfigError('dateFormat', `${structure.problem}.`, { remedy: 'Say it with --dates dmy or --dates mdy.' })
    }
    if (structure.kind === 'unreadable') throw new InvalidRequest(`${structure.problem}.`, { remedy: structure.remedy })
    const { layout } = structure
    const { encoding, names } = await look(file, head, layout, signal)
    const how = { encoding, delimiter: layout.delimiter }
    return {
      layout,
      zone,
      size: file.size,
      mtime: file.mtime,
      names,
      async read(from, aborted, onRow, onBlock) {
        const start = from.offset === 0 ? { offset: head.markBytes, line: 1, hash: null } : { ...from, hash: null }
        const body = (row: Row): void => (row.line > layout.headLines ? onRow(row) : undefined)
        const rows = file.rows(how, start, aborted, body)
        for (;;) {
          const step = await rows.next()
          if (step.done === true) {
            const splitter = new Splitter(how.delimiter, step.value.line)
            splitter.split(step.value.text, true, body)
            return await onBlock({ offset: file.filled, line: splitter.nextLine })
          }
          await onBlock({ offset: step.value.offset, line: step.value.line })
        }
      },
      [Symbol.asyncDispose]: async () => await file[Symbol.asyncDispose](),
    }
  } catch (error) {
    await file[Symbol.asyncDispose]()
    throw error
  }
}

async function open(path: string): Promise<SourceFile> {
  try {
    return await SourceFile.open(dirname(path), basename(path))
  } catch (cause) {
    throw new InvalidRequest(`${path} cannot be read: ${asError(cause).message}`, {
      cause,
      remedy: 'Check the path; a link is not followed.',
    })
  }
}

/** More names than this in a long file are not tags. */
const MOST_NAMES = 20_000

/** The names that a file holds, in the encoding that it turns out to have. */
async function look(
  file: SourceFile,
  head: Head,
  layout: Layout,
  signal: AbortSignal,
): Promise<{ encoding: Encoding; names: readonly string[] }> {
  const within = async (encoding: Encoding): Promise<readonly string[]> => {
    const names = new Set(layout.kind === 'wide' ? valueColumns(layout).map((index) => layout.header[index] ?? '') : [])
    const see = (row: Row): void => {
      if (layout.kind === 'wide' || row.line <= layout.headLines || row.problem !== null || names.size === MOST_NAMES) return
      const name = row.field(layout.tagColumn).trim()
      if (name !== '') names.add(name)
    }
    const rows = file.rows({ encoding, delimiter: layout.delimiter }, { offset: head.markBytes, line: 1, hash: null }, signal, see)
    let step = await rows.next()
    while (step.done !== true) step = await rows.next()
    new Splitter(layout.delimiter, step.value.line).split(step.value.text, true, see)
    return [...names]
  }
  try {
    return { encoding: head.encoding, names: await within(head.encoding) }
  } catch (error) {
    // strict UTF-8 throws TypeError at the first byte that cannot be
    if (!(error instanceof TypeError) || head.encoding !== 'utf-8') throw error
    return { encoding: 'windows-1252', names: await within('windows-1252') }
  }
}
