import type { NodeId } from './node.ts'

/** Takes the built-in types of the binary encoding (OPC 10000-6, 5.2) out of a message. */
export class BinaryReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#skip(1))
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#skip(2))
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#skip(4))
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#skip(8))
  }

  boolean(): boolean {
    return this.uint8() !== 0
  }

  /** A text or bytes; null where there is none. */
  byteString(): Buffer | null {
    const length = this.#bytes.readInt32LE(this.#skip(4))
    if (length < 0) return null
    const from = this.#skip(length)
    return this.#bytes.subarray(from, from + length)
  }

  string(): string | null {
    return this.byteString()?.toString('utf8') ?? null
  }

  nodeId(): NodeId {
    switch (this.uint8() & 0x3f) {
      case 0:
        return { namespace: 0, id: this.uint8() }
      case 1:
        return { namespace: this.uint8(), id: this.uint16() }
      case 2:
        return { namespace: this.uint16(), id: this.uint32() }
      case 3:
        return { namespace: this.uint16(), id: this.string() ?? '' }
      case 4:
        return { namespace: this.uint16(), id: `guid ${this.#bytes.toString('hex', this.#skip(16), this.#at)}` }
      default:
        return { namespace: this.uint16(), id: `bytes ${this.byteString()?.toString('hex') ?? ''}` }
    }
  }

  array<Item>(item: () => Item): Item[] {
    const length = this.#bytes.readInt32LE(this.#skip(4))
    return Array.from({ length: Math.max(0, length) }, item)
  }

  /** Something wrapped, of which nothing is wanted here. */
  extensionObject(): void {
    this.nodeId()
    if (this.uint8() !== 0) this.byteString()
  }

  skipDateTime(): void {
    this.#skip(8)
  }

  #skip(length: number): number {
    const from = this.#at
    if (from + length > this.#bytes.length) throw new RangeError('the message is shorter than it says')
    this.#at += length
    return from
  }
}
