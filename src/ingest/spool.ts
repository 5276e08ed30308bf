import { mkdir, open, readdir, rm, statfs, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Micros, Millis } from '#base/time.ts'
import { asError } from '#base/errors.ts'
import type { DriverLog } from '#drivers/driver.ts'
import { takeFrame } from './core/spool-record.ts'
import { HEADER, MAGIC, SUFFIX, type Segment, type SegmentFile, describe, readChunk, scan, syncFolder, writeAll } from './segment-files.ts'

export interface SpoolOptions {
  /** Of this source alone: <data>/spool/<source>. */
  readonly folder: string
  readonly clock: Clock
  readonly log: DriverLog
  /** Above this the oldest segment goes, committed or not. */
  readonly maxBytes: number
  /** The same when the disk has less than this left: the database needs it more. */
  readonly minFreeBytes: number
  readonly segmentBytes?: number
  /** Committed segments are kept this long: the database may lose a moment (restored backup, power cut). */
  readonly keepCommittedMillis?: Millis
  readonly openFile?: (path: string) => Promise<SegmentFile>
}

/** Records that had to go before the database had them. */
export interface SpoolGap {
  readonly fromRecord: number
  readonly toRecord: number
  readonly from: Micros
  readonly to: Micros
}

export interface SpooledFrame {
  readonly number: number
  readonly payload: Uint8Array
}

const READ_CHUNK = 4 * 1024 * 1024
const FREE_CHECK: Millis = 5000
const FULL = 0.9
const NO_LONGER_FULL = 0.8

/**
 * The disk between a device and the database: records in append-only segments, each synced before anybody is told. A torn
 * tail is cut when the spool is opened; a file that gave an error is never written again, a new segment takes its place.
 */
export class Spool implements AsyncDisposable {
  readonly #options: Required<SpoolOptions>
  readonly #segments: Segment[]
  readonly #gaps: SpoolGap[] = []
  #current: { segment: Segment; file: SegmentFile } | undefined
  #lastNumber: number
  #committed = 0
  #cursor: { path: string; offset: number; number: number } | undefined
  #freeBytes = Number.POSITIVE_INFINITY
  #freeCheckedAt: Millis = Number.NEGATIVE_INFINITY
  #full = false

  private constructor(options: Required<SpoolOptions>, segments: Segment[], lastNumber: number) {
    this.#options = options
    this.#segments = segments
    this.#lastNumber = lastNumber
  }

  /** @throws when the folder cannot be made or read */
  static async open(options: SpoolOptions): Promise<Spool> {
    const full: Required<SpoolOptions> = {
      segmentBytes: Math.max(64 * 1024, Math.min(8 * 1024 * 1024, Math.floor(options.maxBytes / 8))),
      keepCommittedMillis: 600_000,
      openFile: async (path) => await open(path, 'wx'),
      ...options,
    }
    await mkdir(full.folder, { recursive: true })
    const names = (await readdir(full.folder)).filter((name) => name.endsWith(SUFFIX)).toSorted()
    const segments: Segment[] = []
    for (const name of names) {
      const segment = await describe(join(full.folder, name))
      if (segment !== undefined) segments.push(segment)
    }
    let lastNumber = 0
    for (let newest = segments.at(-1); newest !== undefined; newest = segments.at(-1)) {
      const { last, sound } = await scan(newest)
      if (sound < newest.bytes) {
        full.log.warn('spool.torn_tail', { file: newest.path, cutBytes: newest.bytes - sound })
        await truncate(newest.path, sound)
        newest.bytes = sound
      }
      lastNumber = last ?? newest.first - 1
      if (last !== undefined) break
      // nothing in it: the process died between making the file and its first record
      await rm(newest.path, { force: true })
      segments.pop()
    }
    return new Spool(full, segments, lastNumber)
  }

  /** The newest record, 0 when there never was one. */
  get lastNumber(): number {
    return this.#lastNumber
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0)
  }

  /**
   * What the database does not have yet fills nine tenths of the room, or the disk is used up: sources that wait for our acknowledgement
   * are to wait. Stays so until a fifth of the room is free again.
   */
  get full(): boolean {
    return this.#full
  }

  /** Gaps made since the last call; whoever takes them tells people. */
  takeGaps(): SpoolGap[] {
    return this.#gaps.splice(0)
  }

  /**
   * Appends whole frames and syncs them. After a failure nothing of them counts: append them again, they go to a new file.
   * @param frames oldest first, numbers above all that were appended before
   * @throws the error of the file system
   */
  async append(frames: readonly { readonly number: number; readonly bytes: Uint8Array }[]): Promise<void> {
    const first = frames[0]
    const last = frames.at(-1)
    if (first === undefined || last === undefined) return
    const bytes = frames.length === 1 ? first.bytes : Buffer.concat(frames.map((frame) => frame.bytes))
    await this.#makeRoom(bytes.length)
    try {
      if (this.#current !== undefined && this.#current.segment.bytes >= this.#options.segmentBytes) await this.#closeCurrent()
      this.#current ??= await this.#startSegment(first.number)
      const { file, segment } = this.#current
      await writeAll(file, bytes)
      await file.datasync()
      segment.bytes += bytes.length
      this.#lastNumber = last.number
      this.#judgeFill()
    } catch (error) {
      await this.#abandonCurrent()
      // space may have run out since we last looked
      this.#freeCheckedAt = Number.NEGATIVE_INFINITY
      throw error
    }
  }

  /**
   * Reads on in order.
   * @param after records with greater numbers only
   * @param upTo  and not beyond this one
   * @param maxBytes about this much at a time, at least one record if there is one
   * @throws the error of the file system
   */
  async read(after: number, upTo: number, maxBytes = READ_CHUNK): Promise<SpooledFrame[]> {
    let place = this.#placeAfter(after)
    let chunkBytes = maxBytes
    while (place !== undefined) {
      const { segment, offset } = place
      const wanted = Math.min(chunkBytes, segment.bytes - offset)
      const chunk = wanted > 0 ? await readChunk(segment.path, offset, wanted) : new Uint8Array()
      const frames: SpooledFrame[] = []
      let at = 0
      for (let frame = takeFrame(chunk, at); frame !== undefined; frame = takeFrame(chunk, at)) {
        if (frame.number > upTo) return frames
        at = frame.end
        if (frame.number <= after) continue
        frames.push({ number: frame.number, payload: frame.payload })
        this.#cursor = { path: segment.path, offset: offset + at, number: frame.number }
      }
      if (frames.length > 0) return frames
      if (at > 0) place = { segment, offset: offset + at }
      else if (chunk.length === wanted && offset + wanted < segment.bytes) {
        // one record is longer than the chunk
        chunkBytes *= 2
      } else {
        if (wanted > 0) this.#options.log.warn('spool.unreadable', { file: segment.path, offset, bytes: segment.bytes - offset })
        const next = this.#segments[this.#segments.indexOf(segment) + 1]
        place = next === undefined || !this.#segments.includes(segment) ? this.#restart(segment) : { segment: next, offset: HEADER }
        chunkBytes = maxBytes
      }
    }
    return []
  }

  /** The database has everything up to this record; segments below it may go. */
  async committed(number: number): Promise<void> {
    this.#committed = Math.max(this.#committed, number)
    const keepFrom = this.#options.clock.now() - this.#options.keepCommittedMillis * 1000
    for (;;) {
      const [oldest, next] = this.#segments
      if (oldest === undefined || next === undefined || next.first - 1 > this.#committed || next.createdAt > keepFrom) break
      await this.#removeOldest()
    }
    this.#judgeFill()
  }

  /** Forgets everything, e.g. records meant for another database. */
  async clear(): Promise<void> {
    await this.#closeCurrent()
    while (this.#segments.length > 0) {
      const [segment] = this.#segments.splice(0, 1)
      if (segment !== undefined) await rm(segment.path, { force: true })
    }
    this.#cursor = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeCurrent()
  }

  #placeAfter(after: number): { segment: Segment; offset: number } | undefined {
    const cursor = this.#cursor
    if (cursor?.number === after) {
      const segment = this.#segments.find((each) => each.path === cursor.path)
      if (segment !== undefined) return { segment, offset: cursor.offset }
    }
    const segment = this.#segments.findLast((each) => each.first <= after + 1) ?? this.#segments[0]
    return segment === undefined ? undefined : { segment, offset: HEADER }
  }

  /** A segment that went while we read it: read on in the oldest that is left. */
  #restart(gone: Segment): { segment: Segment; offset: number } | undefined {
    const segment = this.#segments.find((each) => each.first > gone.first)
    return segment === undefined ? undefined : { segment, offset: HEADER }
  }

  async #startSegment(first: number): Promise<{ segment: Segment; file: SegmentFile }> {
    const path = join(this.#options.folder, `${String(first).padStart(16, '0')}${SUFFIX}`)
    const segment: Segment = { path, first, createdAt: this.#options.clock.now(), bytes: HEADER }
    const header = new Uint8Array(HEADER)
    const view = new DataView(header.buffer)
    view.setUint32(0, MAGIC, true)
    view.setUint32(4, 1, true)
    view.setFloat64(8, segment.createdAt, true)
    const file = await this.#options.openFile(path)
    try {
      await writeAll(file, header)
      await syncFolder(this.#options.folder)
    } catch (error) {
      await file.close().catch(() => undefined)
      await rm(path, { force: true })
      throw error
    }
    this.#segments.push(segment)
    return { segment, file }
  }

  async #closeCurrent(): Promise<void> {
    const current = this.#current
    this.#current = undefined
    await current?.file.close()
  }

  /** After an error what the kernel holds of a file is unknown: what was synced stays, the file is never written again. */
  async #abandonCurrent(): Promise<void> {
    const current = this.#current
    this.#current = undefined
    if (current === undefined) return
    const { segment, file } = current
    await file.close().catch((error: unknown) => this.#options.log.debug('spool.close_failed', { reason: asError(error).message }))
    try {
      if (segment.bytes > HEADER) {
        await truncate(segment.path, segment.bytes)
        return
      }
      this.#segments.splice(this.#segments.indexOf(segment), 1)
      await rm(segment.path, { force: true })
    } catch (error) {
      // what follows the sound bytes is skipped by its sum when it is read
      this.#options.log.warn('spool.repair_failed', { file: segment.path, reason: asError(error).message })
    }
  }

  #judgeFill(): void {
    const firstKept = this.#segments.findIndex(
      (_, index) => (this.#segments[index + 1]?.first ?? this.#lastNumber + 1) - 1 > this.#committed,
    )
    const waiting = firstKept === -1 ? [] : this.#segments.slice(firstKept)
    const bytes = waiting.reduce((sum, segment) => sum + segment.bytes, 0)
    const { maxBytes, minFreeBytes } = this.#options
    // a disk that is low only matters once there is nothing left that the database has already
    const diskLow = this.#freeBytes < minFreeBytes && firstKept === 0
    this.#full = diskLow || bytes > maxBytes * (this.#full ? NO_LONGER_FULL : FULL)
  }

  async #makeRoom(bytes: number): Promise<void> {
    await this.#checkFree()
    let freed = 0
    for (;;) {
      const [oldest, next] = this.#segments
      if (oldest === undefined) break
      const tooBig = this.bytes + bytes > this.#options.maxBytes
      const diskLow = this.#freeBytes - bytes < this.#options.minFreeBytes
      // a disk that others have filled: what the database has goes, the rest only as far as we would grow
      const spare = next !== undefined && next.first - 1 <= this.#committed
      if (!tooBig && !(diskLow && (spare || freed < bytes))) break
      if (next === undefined) {
        // the file we write is the only one left: it goes as well, and a new one begins
        if (oldest.bytes === HEADER) break
        await this.#closeCurrent()
      }
      freed += oldest.bytes
      await this.#removeOldest()
    }
    this.#freeBytes -= bytes
  }

  async #checkFree(): Promise<void> {
    const now = this.#options.clock.mono()
    if (now - this.#freeCheckedAt < FREE_CHECK) return
    const disk = await statfs(this.#options.folder)
    this.#freeBytes = disk.bavail * disk.bsize
    this.#freeCheckedAt = now
  }

  async #removeOldest(): Promise<void> {
    const oldest = this.#segments.shift()
    if (oldest === undefined) return
    const next = this.#segments[0]
    const last = next === undefined ? this.#lastNumber : next.first - 1
    if (last > this.#committed) {
      const gap = {
        fromRecord: Math.max(oldest.first, this.#committed + 1),
        toRecord: last,
        from: oldest.createdAt,
        to: next?.createdAt ?? this.#options.clock.now(),
      }
      this.#gaps.push(gap)
      this.#options.log.warn('spool.full', { ...gap, bytes: oldest.bytes })
    }
    await rm(oldest.path, { force: true })
    this.#freeBytes += oldest.bytes
  }
}
