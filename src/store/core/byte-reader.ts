const decoder = new TextDecoder('utf-8', { fatal: true })

/** Reads what {@link ByteWriter} wrote. Every method throws RangeError past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length
  }

  uint8(): number {
    const value = this.#view.getUint8(this.#at)
    this.#at += 1
    return value
  }

  int32(): number {
    const value = this.#view.getInt32(this.#at)
    this.#at += 4
    return value
  }

  int64(): number {
    const high = this.int32()
    const low = this.int32() >>> 0
    return high * 0x1_0000_0000 + low
  }

  float32(): number {
    const value = this.#view.getFloat32(this.#at)
    this.#at += 4
    return value
  }

  float64(): number {
    const value = this.#view.getFloat64(this.#at)
    this.#at += 8
    return value
  }

  varint(): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.uint8()
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    throw new RangeError('a number is longer than 53 bits')
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  text(): string {
    return decoder.decode(this.bytes(this.varint()))
  }

  /** @returns a view of the next bytes */
  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw new RangeError('something ends after the bytes')
    const view = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return view
  }
}
