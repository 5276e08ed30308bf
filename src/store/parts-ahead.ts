import { setImmediate as turn } from 'node:timers/promises'
import { BlockPart, type BlockHeader, readParts } from './blocks.ts'
import type { Queryable } from './database.ts'
import { type OutlineStep } from './core/outline-codec.ts'
import { tellsHours } from './pack-block.ts'

/** What is wanted of a block that stands alone: its samples, or an outline that is at least this fine. */
export interface WantedPart {
  readonly header: BlockHeader
  readonly step: OutlineStep | undefined
}

/** The packed bytes of a part. */
export interface PackedPart {
  readonly bytes: Uint8Array
  /** Not only its beginning. */
  readonly isWhole: boolean
}

/** How much is read at a time, by estimate: a year of a fast tag never lies in memory as a whole. */
const PORTION_BYTES = 500_000
/** What takes a millisecond to look at. */
const LONG_BYTES = 20_000
/** Of the beginning of an outline. */
const BEGINNING_BYTES = 2000

/** Reads parts of blocks in the order given, some at a time, the next ones while the caller still looks at these. */
export class PartsAhead {
  readonly #db: Queryable
  readonly #wanted: readonly WantedPart[]
  /** Where the portion that comes next begins. */
  #begin = 0
  #here: (PackedPart | undefined)[] = []
  #coming: Promise<(PackedPart | undefined)[]> | undefined

  constructor(db: Queryable, wanted: readonly WantedPart[]) {
    this.#db = db
    this.#wanted = wanted
  }

  /** @returns the next one; undefined when the block is no longer what its header said */
  async next(): Promise<PackedPart | undefined> {
    const begins = this.#here.length === 0
    if (begins) {
      this.#here = (await (this.#coming ?? this.#read())).toReversed()
      this.#coming = this.#begin < this.#wanted.length ? this.#read() : undefined
      // whoever waits for it is told
      this.#coming?.catch(() => undefined)
    }
    const part = this.#here.pop()
    // else the next question is not even sent while what is here is worked on, its answer not taken, and nobody else served
    if (begins || (part !== undefined && part.bytes.length > LONG_BYTES)) await turn()
    return part
  }

  async #read(): Promise<(PackedPart | undefined)[]> {
    const portion: WantedPart[] = []
    const part = partOf(this.#wanted[this.#begin])
    for (let bytes = 0; bytes < PORTION_BYTES; this.#begin += 1) {
      const next = this.#wanted[this.#begin]
      if (next === undefined || partOf(next) !== part) break
      portion.push(next)
      bytes += estimate(next)
    }
    const read = await readParts(
      this.#db,
      part,
      portion.map((one) => one.header),
    )
    if (part !== BlockPart.OutlineBeginning) return read.map((bytes) => (bytes === undefined ? undefined : { bytes, isWhole: true }))
    // an older program wrote it, or it is longer than most
    const cut = portion.filter((_, index) => read[index] !== undefined && !tellsHours(read[index]))
    const whole = await readParts(
      this.#db,
      BlockPart.Outline,
      cut.map((one) => one.header),
    )
    return portion.map((one, index) => {
      const bytes = read[index]
      if (!cut.includes(one)) return bytes === undefined ? undefined : { bytes, isWhole: false }
      const all = whole[cut.indexOf(one)]
      return all === undefined ? undefined : { bytes: all, isWhole: true }
    })
  }
}

function partOf(wanted: WantedPart | undefined): BlockPart {
  if (wanted?.step === undefined) return BlockPart.Samples
  return wanted.step === 'minute' ? BlockPart.Outline : BlockPart.OutlineBeginning
}

function estimate(wanted: WantedPart): number {
  const part = partOf(wanted)
  if (part === BlockPart.OutlineBeginning) return BEGINNING_BYTES
  return Math.max(BEGINNING_BYTES, part === BlockPart.Samples ? wanted.header.n : wanted.header.n / 5)
}
