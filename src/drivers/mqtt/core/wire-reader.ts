/** Protocol Buffers' wire types. */
export const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const

const utf8 = new TextDecoder()
const LONGEST_PLAIN = 32

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
    this.#bytes = bytes
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
    let value = 0
    let scale = 1
    const start = this.position
    while (this.position < this.end) {
      const byte = bytes[this.position++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : this.#exact(start)
      if (this.position - start >= 10) break
      scale *= 128
    }
    this.fail()
    return 0
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
    if (!this.#advance(length)) return ''
    const bytes = this.#bytes
    if (length > LONGEST_PLAIN) return utf8.decode(bytes.subarray(from, from + length))
    let text = ''
    for (let at = from; at < from + length; at++) {
      const byte = bytes[at] ?? 0
      if (byte >= 0x80) return utf8.decode(bytes.subarray(from, from + length))
      text += String.fromCharCode(byte)
    }
    return text
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

  #exact(start: number): bigint {
    let value = 0n
    for (let at = start; at < this.position; at++) value |= BigInt((this.#bytes[at] ?? 0) & 0x7f) << BigInt(7 * (at - start))
    return BigInt.asUintN(64, value)
  }
}
