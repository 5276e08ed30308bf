import { WireType } from './wire-reader.ts'

const utf8 = new TextEncoder()

/** Writes a Protocol Buffers message field by field. */
export class WireWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  /** Unsigned; a negative number is written in two's complement of 64 bits. */
  varint(field: number, value: number | bigint): this {
    this.#key(field, WireType.Varint)
    this.#varint(value)
    return this
  }

  float(field: number, value: number): this {
    this.#key(field, WireType.Fixed32)
    this.#grow(4)
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true)
    this.#length += 4
    return this
  }

  double(field: number, value: number): this {
    this.#key(field, WireType.Fixed64)
    this.#grow(8)
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true)
    this.#length += 8
    return this
  }

  /** A string, bytes, or an embedded message that is finished. */
  bytes(field: number, value: string | Uint8Array): this {
    const raw = typeof value === 'string' ? utf8.encode(value) : value
    this.#key(field, WireType.Bytes)
    this.#varint(raw.length)
    this.#grow(raw.length)
    this.#bytes.set(raw, this.#length)
    this.#length += raw.length
    return this
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #key(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType)
  }

  #varint(value: number | bigint): void {
    this.#grow(10)
    if (typeof value === 'bigint' || value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value))
      for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
      this.#bytes[this.#length++] = Number(rest)
      return
    }
    let rest = value
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 0x80
    this.#bytes[this.#length++] = rest
  }

  #grow(by: number): void {
    if (this.#length + by <= this.#bytes.length) return
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + by))
    wider.set(this.#bytes)
    this.#bytes = wider
  }
}
