import { TextCache } from './text-cache.ts'

/** Protocol Buffers' wire types. */
export const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const

const utf8 = new TextDecoder()
const names = new TextCache()

/**
 * A cursor over a Protocol Buffers message. Bytes that make no sense set `failed` and end the message; nothing is ever thrown and
 * nothing outside the bytes is read. Embedded messages are read in place: narrow `end`, read, restore it.
 */
export class WireReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  position = 0
  end: number
  failed = false
  /** Of the field that {@link next} found. */
  field = 0
  wireType = 0

  constructor(bytes: Uint8Array) {
    // a plain view: a Buffer's slice() would be no copy, and one kind of array is read faster than two
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.end = bytes.length
  }

  /** Reads the next field's number and wire type. @returns false at the end of the message */
  next(): boolean {
    if (this.position >= this.end) return false
    const key = this.uint32()
    this.field = key >>> 3
    this.wireType = key & 7
    if (this.field === 0) return this.fail()
    return !this.failed
  }

  /** Passes over the value of a field that nobody knows. */
  skip(): void {
    switch (this.wireType) {
      case WireType.Varint:
        this.uint32()
        return
      case WireType.Fixed64:
        this.#advance(8)
        return
      case WireType.Bytes:
        this.#advance(this.uint32())
        return
      case WireType.Fixed32:
        this.#advance(4)
        return
      default:
        this.fail()
    }
  }

  /** A varint's low 32 bits, unsigned; the bits above are read and dropped, as the format demands. */
  uint32(): number {
    const bytes = this.#bytes
    // most numbers are keys, types and lengths of one byte
    const first = this.position < this.end ? (bytes[this.position] ?? 0) : 0x80
    if (first < 0x80) {
      this.position++
      return first
    }
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= this.end) break
      const byte = bytes[this.position++] ?? 0
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    this.fail()
    return 0
  }

  /** A varint of 64 bits, unsigned: a number where that is exact, else a bigint. */
  uint64(): number | bigint {
    const bytes = this.#bytes
    const start = this.position
    const end = Math.min(this.end, start + 7)
    let at = start
    // in two halves of 28 bits, since integers of 32 bits are several times faster than others
    let low = 0
    for (let shift = 0; shift < 28 && at < end; shift += 7) {
      const byte = bytes[at++] ?? 0
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.position = at
        return low
      }
    }
    let high = 0
    for (let shift = 0; at < end; shift += 7) {
      const byte = bytes[at++] ?? 0
      high |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.position = at
        return high * 0x1000_0000 + low
      }
    }
    return this.#long(start)
  }

  bool(): boolean {
    return this.uint64() !== 0
  }

  float(): number {
    const at = this.position
    return this.#advance(4) ? this.#view.getFloat32(at, true) : 0
  }

  double(): number {
    const at = this.position
    return this.#advance(8) ? this.#view.getFloat64(at, true) : 0
  }

  string(): string {
    const length = this.uint32()
    const from = this.position
    return this.#advance(length) ? utf8.decode(this.#bytes.subarray(from, from + length)) : ''
  }

  /** A string that comes again and again: the name of a metric. */
  name(): string {
    const length = this.uint32()
    const from = this.position
    return this.#advance(length) ? names.read(this.#bytes, from, from + length) : ''
  }

  /** A copy, since the message's own bytes belong to the network. */
  bytes(): Uint8Array {
    const length = this.uint32()
    const from = this.position
    return this.#advance(length) ? this.#bytes.slice(from, from + length) : new Uint8Array(0)
  }

  /** Enters an embedded message. @returns the end to restore with {@link leave} */
  enter(): number {
    const outer = this.end
    const length = this.uint32()
    if (length > outer - this.position) this.fail()
    else this.end = this.position + length
    return outer
  }

  leave(outer: number): void {
    this.position = this.end
    this.end = outer
    if (this.failed) this.position = outer
  }

  fail(): false {
    this.failed = true
    this.position = this.end
    return false
  }

  #advance(length: number): boolean {
    if (length > this.end - this.position) return this.fail()
    this.position += length
    return true
  }

  /** A varint of more than 7 bytes, or one that is cut off. */
  #long(start: number): number | bigint {
    let value = 0n
    for (let at = start; at < Math.min(this.end, start + 10); at++) {
      const byte = this.#bytes[at] ?? 0
      value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start))
      if (byte >= 0x80) continue
      this.position = at + 1
      const exact = BigInt.asUintN(64, value)
      return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact
    }
    this.fail()
    return 0
  }
}
