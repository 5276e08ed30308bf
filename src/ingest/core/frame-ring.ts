import type { Micros } from '#base/time.ts'

/** A frame as it went over the wire. */
export interface LoggedFrame {
  /** Counts from 1 since the process started. */
  readonly seq: number
  readonly at: Micros
  readonly direction: 'sent' | 'received'
  /** Of the whole frame. */
  readonly length: number
  /** Its first {@link FRAME_BYTES} bytes. */
  readonly bytes: Uint8Array
}

export const FRAME_BYTES = 512
export const FRAMES_KEPT = 500
const FIRST_ROOM = 4096
const MOST_ROOM = FRAME_BYTES * FRAMES_KEPT

/**
 * The last 500 frames of a conversation, each cut at 512 bytes. They stand one after the other in one block of bytes that grows only
 * as far as these frames need, so that three hundred small Modbus devices cost little and nothing is allocated per frame.
 */
export class FrameRing {
  readonly #at = new Float64Array(FRAMES_KEPT)
  readonly #length = new Uint32Array(FRAMES_KEPT)
  /** Where a frame begins in the endless row of all bytes ever written. */
  readonly #start = new Float64Array(FRAMES_KEPT)
  readonly #sent = new Uint8Array(FRAMES_KEPT)
  #block = new Uint8Array(0)
  #written = 0
  #seq = 0

  /** How many frames are at hand. */
  get kept(): number {
    return Math.min(this.#seq, FRAMES_KEPT)
  }

  push(direction: LoggedFrame['direction'], bytes: Uint8Array, at: Micros): void {
    const stored = Math.min(bytes.length, FRAME_BYTES)
    const slot = this.#seq % FRAMES_KEPT
    // the frame that is overwritten needs its bytes no more
    const oldestNeeded = this.#seq < FRAMES_KEPT ? 0 : this.#startOf(this.#seq - FRAMES_KEPT + 1)
    if (this.#written + stored - oldestNeeded > this.#block.length) this.#grow(this.#written + stored - oldestNeeded, oldestNeeded)
    this.#at[slot] = at
    this.#length[slot] = bytes.length
    this.#start[slot] = this.#written
    this.#sent[slot] = direction === 'sent' ? 1 : 0
    if (stored > 0) copyRound(bytes, stored, this.#block, this.#written)
    this.#written += stored
    this.#seq += 1
  }

  /** Frames after `seq`, oldest first. */
  after(seq: number, limit: number): LoggedFrame[] {
    const first = Math.max(seq, this.#seq - this.kept)
    const last = Math.min(this.#seq, first + limit)
    return Array.from({ length: Math.max(0, last - first) }, (_, index) => this.#frame(first + index))
  }

  /** How many frames after `seq` are gone already. */
  missedAfter(seq: number): number {
    return Math.max(0, this.#seq - this.kept - seq)
  }

  #frame(index: number): LoggedFrame {
    const slot = index % FRAMES_KEPT
    const length = this.#length[slot] ?? 0
    const bytes = new Uint8Array(Math.min(length, FRAME_BYTES))
    const start = this.#start[slot] ?? 0
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = this.#block[(start + at) % this.#block.length] ?? 0
    return { seq: index + 1, at: this.#at[slot] ?? 0, direction: this.#sent[slot] === 1 ? 'sent' : 'received', length, bytes }
  }

  #startOf(index: number): number {
    return this.#start[index % FRAMES_KEPT] ?? 0
  }

  #grow(needed: number, from: number): void {
    let room = Math.max(FIRST_ROOM, this.#block.length)
    while (room < needed) room *= 2
    const grown = new Uint8Array(Math.min(room, MOST_ROOM))
    for (let at = from; at < this.#written; at += 1) grown[at % grown.length] = this.#block[at % this.#block.length] ?? 0
    this.#block = grown
  }
}

/** Writes at a place of the endless row, which goes round and round in the block. */
function copyRound(from: Uint8Array, count: number, block: Uint8Array, place: number): void {
  const at = place % block.length
  const fits = Math.min(count, block.length - at)
  block.set(fits === from.length ? from : from.subarray(0, fits), at)
  if (fits < count) block.set(from.subarray(fits, count), 0)
}
