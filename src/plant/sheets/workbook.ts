import { Worker } from 'node:worker_threads'
import writeExcelFile from 'write-excel-file/node'
import { InvalidRequest } from '#base/errors.ts'
import type { RawCell } from './cells.ts'
import { parseCsv, unguarded, writeCsv, type CsvLook } from './core/csv.ts'
import { escapeXlsx } from './core/xlsx-text.ts'
import type { RawSheet } from './tables.ts'
import type { Sheet } from './write-sheets.ts'

/** A file as it came from a browser or a disk. */
export interface UploadedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

const READ_MILLIS = 30_000
const READ_MEGABYTES = 512
const UNPACKED_BYTES = 200 * 1024 * 1024

/** @returns an .xlsx file */
export async function writeWorkbook(sheets: readonly Sheet[]): Promise<Uint8Array> {
  return await writeExcelFile(
    sheets.map(({ name, rows }) => ({
      sheet: name,
      stickyRowsCount: 1,
      columns: (rows[0] ?? []).map((_, index) => ({ width: widthOf(rows, index) })),
      data: rows.map((row, at) =>
        row.map((cell) => {
          if (typeof cell !== 'string') return cell
          // formatted as text, so that a spreadsheet leaves 00001 alone also when somebody edits it
          const text = { value: escapeXlsx(cell), type: String, format: '@' }
          return at === 0 && name !== 'Guide' ? { ...text, fontWeight: 'bold' as const } : text
        }),
      ),
    })),
  ).toBuffer()
}

/** @returns a CSV file in UTF-8 */
export function writeCsvFile(sheet: Sheet, look: CsvLook): Uint8Array {
  return new TextEncoder().encode(writeCsv(sheet.rows, look))
}

/**
 * Reads an .xlsx workbook or a CSV file, told apart by their first bytes.
 * @throws InvalidRequest for a file that is neither, is damaged or is far too large
 */
export async function readWorkbook(file: UploadedFile): Promise<readonly RawSheet[]> {
  const { name, bytes } = file
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    refuseBomb(name, bytes)
    return (await readInWorker(name, bytes)).map(({ sheet, data }) => ({ place: sheet, title: sheet, rows: data }))
  }
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) {
    throw new InvalidRequest(`${name} is in the old format .xls, or protected by a password.`, {
      remedy: 'Save it as .xlsx without a password, or as CSV.',
    })
  }
  const rows = parseCsv(decodeText(name, bytes)).map((row) => row.map(unguarded))
  return [{ place: name, title: '', rows }]
}

interface ReadSheet {
  readonly sheet: string
  readonly data: readonly (readonly RawCell[])[]
}

/** In a thread of its own: a workbook takes its time, and a malicious one takes the thread's memory and not the server's. */
async function readInWorker(name: string, bytes: Uint8Array): Promise<readonly ReadSheet[]> {
  const damaged = (cause: unknown): InvalidRequest =>
    new InvalidRequest(`${name} cannot be read as a workbook.`, {
      cause,
      remedy: 'Open it in a spreadsheet and save it anew as .xlsx, or as CSV.',
    })
  const worker = new Worker(new URL('./read-workbook.ts', import.meta.url), {
    workerData: bytes,
    resourceLimits: { maxOldGenerationSizeMb: READ_MEGABYTES },
  })
  const { promise, resolve, reject } = Promise.withResolvers<readonly ReadSheet[]>()
  const timer = setTimeout(() => reject(damaged(new Error(`not read within ${READ_MILLIS} ms`))), READ_MILLIS)
  worker.once('message', (sheets: readonly ReadSheet[]) => resolve(sheets))
  worker.once('error', (error) => reject(damaged(error)))
  worker.once('exit', () => reject(damaged(new Error('the reader ended'))))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

/** The directory of a ZIP file says how large each part becomes (APPNOTE 4.3.12), and no more is unpacked than it says. */
function refuseBomb(name: string, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const is = (at: number, signature: number): boolean => view.getUint32(at, true) === signature
  let end = bytes.length - 22
  while (end >= 0 && end >= bytes.length - 65_557 && !is(end, 0x06054b50)) end--
  let unpacked = 0
  let at = end < 0 ? bytes.length : view.getUint32(end + 16, true)
  while (at + 46 <= bytes.length && is(at, 0x02014b50)) {
    unpacked += view.getUint32(at + 24, true)
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  if (unpacked <= UNPACKED_BYTES) return
  throw new InvalidRequest(`${name} unpacks to ${Math.round(unpacked / 1024 / 1024)} MB, far more than a plant needs.`, {
    remedy: 'Remove pictures, empty formatted rows and other sheets.',
  })
}

/** What a spreadsheet saves as CSV: UTF-8, UTF-16 with its mark ("Unicode text"), or the Windows code page of western Europe. */
function decodeText(name: string, bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes.includes(0)) {
    throw new InvalidRequest(`${name} is neither a workbook (.xlsx) nor CSV.`, { remedy: 'Export a file to see the form.' })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function widthOf(rows: Sheet['rows'], index: number): number {
  const longest = rows.slice(0, 200).reduce((most, row) => Math.max(most, String(row[index] ?? '').length), 0)
  return Math.min(60, Math.max(8, longest + 2))
}
