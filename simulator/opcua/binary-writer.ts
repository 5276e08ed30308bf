import { BuiltInType, type DataValue, type NodeId } from './node.ts'

/** 100 ns between 1601, where the time of OPC UA begins, and 1970. */
const EPOCH = 116_444_736_000_000_000n
/** EUInformation_Encoding_DefaultBinary. */
const EU_INFORMATION = 889

/** Puts the built-in types of the binary encoding (OPC 10000-6, 5.2) into a message. */
export class BinaryWriter {
  #bytes = Buffer.alloc(512)
  #length = 0

  uint8(value: number): this {
    const at = this.#grow(1)
    this.#bytes.writeUInt8(value, at)
    return this
  }

  uint16(value: number): this {
    const at = this.#grow(2)
    this.#bytes.writeUInt16LE(value, at)
    return this
  }

  uint32(value: number): this {
    const at = this.#grow(4)
    this.#bytes.writeUInt32LE(value >>> 0, at)
    return this
  }

  int32(value: number): this {
    const at = this.#grow(4)
    this.#bytes.writeInt32LE(value, at)
    return this
  }

  double(value: number): this {
    const at = this.#grow(8)
    this.#bytes.writeDoubleLE(value, at)
    return this
  }

  boolean(value: boolean): this {
    return this.uint8(value ? 1 : 0)
  }

  /** @param millis since 1970 */
  dateTime(millis: number): this {
    const at = this.#grow(8)
    this.#bytes.writeBigInt64LE(BigInt(Math.round(millis)) * 10_000n + EPOCH, at)
    return this
  }

  byteString(bytes: Uint8Array | null): this {
    if (bytes === null) return this.int32(-1)
    this.int32(bytes.length)
    const at = this.#grow(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }

  string(text: string | null): this {
    return this.byteString(text === null ? null : Buffer.from(text))
  }

  nodeId({ namespace, id }: NodeId): this {
    if (typeof id === 'string') return this.uint8(3).uint16(namespace).string(id)
    return this.uint8(2).uint16(namespace).uint32(id)
  }

  qualifiedName(namespace: number, name: string): this {
    return this.uint16(namespace).string(name)
  }

  localizedText(text: string): this {
    return this.uint8(2).string(text)
  }

  array<Item>(items: readonly Item[], write: (item: Item) => void): this {
    this.int32(items.length)
    for (const item of items) write(item)
    return this
  }

  /** What is encoded already. */
  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }

  /** Arrays of diagnostics and the like that nobody asked for. */
  nothing(): this {
    return this.int32(-1)
  }

  extensionObject(typeId: number, body: Uint8Array): this {
    return this.nodeId({ namespace: 0, id: typeId }).uint8(1).byteString(body)
  }

  emptyExtensionObject(): this {
    return this.uint8(0).uint8(0).uint8(0)
  }

  /** Value, status, source and server time. */
  dataValue(data: DataValue): this {
    this.uint8(0x0f)
    this.#variant(data)
    return this.uint32(data.status).dateTime(data.sourceTime).dateTime(Date.now())
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #variant({ type, value }: DataValue): void {
    if (value === null) this.uint8(0)
    else if (Array.isArray(value)) this.uint8(type | 0x80).array(value as readonly string[], (text) => void this.string(text))
    else if (typeof value === 'object' && 'unit' in value) {
      const body = new BinaryWriter().string('http://www.opcfoundation.org/UA/units/un/cefact').int32(-1)
      this.uint8(type).extensionObject(EU_INFORMATION, body.localizedText(value.unit).localizedText(value.unit).finish())
    } else {
      this.uint8(type)
      this.#scalar(type, value as boolean | number | string)
    }
  }

  #scalar(type: BuiltInType, value: boolean | number | string): void {
    switch (type) {
      case BuiltInType.Boolean:
        this.boolean(value === true)
        break
      case BuiltInType.Int32:
        this.int32(Number(value))
        break
      case BuiltInType.UInt32:
        this.uint32(Number(value))
        break
      case BuiltInType.Double:
        this.double(Number(value))
        break
      case BuiltInType.DateTime:
        this.dateTime(Number(value))
        break
      case BuiltInType.String:
      case BuiltInType.ExtensionObject:
        this.string(String(value))
        break
    }
  }

  #grow(length: number): number {
    const from = this.#length
    this.#length += length
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length))
      this.#bytes.copy(larger, 0, 0, from)
      this.#bytes = larger
    }
    return from
  }
}
