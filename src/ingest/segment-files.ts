import { open, rm, stat } from 'node:fs/promises'
import { asError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { takeFrame } from './core/spool-record.ts'

/** What is written to; `FileHandle` fits. */
export interface SegmentFile {
  write(bytes: Uint8Array): Promise<{ bytesWritten: number }>
  datasync(): Promise<void>
  close(): Promise<void>
}

/** One file of the spool. */
export interface Segment {
  readonly path: string
  /** No record in it has a smaller number. */
  readonly first: number
  readonly createdAt: Micros
  /** Bytes that are known to be sound. */
  bytes: number
}

export const SUFFIX = '.spool'
export const MAGIC = 0x5053_5953
/** Bytes before the first record. */
export const HEADER = 16

export async function writeAll(file: SegmentFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes.subarray(at))).bytesWritten
}

/** A new file is only safe when its folder is, too. Not every system can do it (Windows): then it needs not. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  if (handle === undefined) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}

export async function readChunk(path: string, offset: number, length: number): Promise<Uint8Array> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    // dropped for lack of room between looking and reading
    if (asError(error).message.startsWith('ENOENT')) return undefined
    throw error
  })
  if (handle === undefined) return new Uint8Array()
  try {
    const bytes = new Uint8Array(length)
    let at = 0
    while (at < length) {
      const { bytesRead } = await handle.read(bytes, at, length - at, offset + at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return bytes.subarray(0, at)
  } finally {
    await handle.close()
  }
}

export async function describe(path: string): Promise<Segment | undefined> {
  const header = await readChunk(path, 0, HEADER)
  const first = Number(path.slice(-16 - SUFFIX.length, -SUFFIX.length))
  if (header.length < HEADER || !Number.isSafeInteger(first)) {
    await rm(path, { force: true })
    return undefined
  }
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  if (view.getUint32(0, true) !== MAGIC) return undefined
  return { path, first, createdAt: view.getFloat64(8, true), bytes: (await stat(path)).size }
}

export async function scan(segment: Segment): Promise<{ last: number | undefined; sound: number }> {
  const bytes = await readChunk(segment.path, 0, segment.bytes)
  let last: number | undefined
  let at = HEADER
  for (let frame = takeFrame(bytes, at); frame !== undefined; frame = takeFrame(bytes, at)) {
    last = frame.number
    at = frame.end
  }
  return { last, sound: at }
}
