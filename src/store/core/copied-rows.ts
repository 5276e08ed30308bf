/** Signature, flags, length of the header extension (PostgreSQL manual, COPY, Binary Format). */
const HEAD_BYTES = 19

const Part = { Head: 0, Fields: 1, Length: 2, Field: 3, Over: 4 } as const
type Part = (typeof Part)[keyof typeof Part]

/**
 * Counts the rows of a `copy … to stdout binary` and sums them up, whatever their order: the same table copied from elsewhere has the same
 * sum. The bytes may come cut anywhere.
 */
export class CopiedRows {
  #part: Part = Part.Head
  /** Bytes that are still to come of the part, or of a number. */
  #left = HEAD_BYTES
  #number = 0
  #fields = 0
  #first = 0
  #second = 0
  #rows = 0
  #sumFirst = 0
  #sumSecond = 0

  get rows(): number {
    return this.#rows
  }

  /** 16 hexadecimal digits. */
  get sum(): string {
    return [this.#sumFirst, this.#sumSecond].map((one) => one.toString(16).padStart(8, '0')).join('')
  }

  take(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      const here = Math.min(this.#left, bytes.length - at)
      if (this.#part === Part.Field) this.#mix(bytes, at, at + here)
      else if (this.#part !== Part.Head)
        for (let index = at; index < at + here; index++) this.#number = (this.#number << 8) | (bytes[index] ?? 0)
      at += here
      this.#left -= here
      if (this.#left === 0) this.#next()
    }
  }

  #next(): void {
    const number = this.#number
    this.#number = 0
    switch (this.#part) {
      case Part.Head:
        return this.#expect(Part.Fields, 2)
      case Part.Fields:
        // -1 in 16 bits ends it
        if (number === 0xff_ff) return this.#expect(Part.Over, Infinity)
        this.#fields = number
        this.#first = 0x81_1c_9d_c5
        this.#second = number
        return this.#fields === 0 ? this.#endRow() : this.#expect(Part.Length, 4)
      case Part.Length:
        this.#mixNumber(number)
        return number > 0 ? this.#expect(Part.Field, number) : this.#endField()
      case Part.Field:
        return this.#endField()
      case Part.Over:
        return undefined
    }
  }

  #endField(): void {
    this.#fields -= 1
    if (this.#fields === 0) this.#endRow()
    else this.#expect(Part.Length, 4)
  }

  #endRow(): void {
    this.#rows += 1
    this.#sumFirst = (this.#sumFirst + finish(this.#first)) >>> 0
    this.#sumSecond = (this.#sumSecond + finish(this.#second)) >>> 0
    this.#expect(Part.Fields, 2)
  }

  #expect(part: Part, bytes: number): void {
    this.#part = part
    this.#left = bytes
  }

  #mixNumber(number: number): void {
    this.#first = Math.imul(this.#first ^ number, 0x01_00_01_93)
    this.#second = Math.imul((this.#second << 13) ^ (this.#second >>> 19) ^ number, 0x85_eb_ca_6b)
  }

  #mix(bytes: Uint8Array, from: number, to: number): void {
    let [first, second] = [this.#first, this.#second]
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      // FNV-1a beside a second one that turns its bits, so that both must be deceived
      first = Math.imul(first ^ byte, 0x01_00_01_93)
      second = Math.imul(((second << 5) | (second >>> 27)) ^ byte, 0x85_eb_ca_6b)
    }
    this.#first = first
    this.#second = second
  }
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
