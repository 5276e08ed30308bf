import { BugError } from '#base/errors.ts'
import { EPOCH_2000 } from './copy-samples.ts'
import type { SampleRow } from './sample-columns.ts'

/** Signature, flags, no header extension. */
const HEAD_BYTES = 19
const decoder = new TextDecoder()

export interface CopiedSample extends SampleRow {
  readonly tagId: number
}

/** The columns that {@link CopiedSamples} expects, in its order. */
export const COPIED_COLUMNS = 'tag_id, time_stamp, value, quality, value_text, status_code'

/** Reads `copy (select COPIED_COLUMNS …) to stdout binary` as it arrives, cut anywhere. */
export class CopiedSamples {
  readonly #onSample: (sample: CopiedSample) => void
  #rest: Uint8Array = new Uint8Array(0)
  #begun = false

  constructor(onSample: (sample: CopiedSample) => void) {
    this.#onSample = onSample
  }

  /** @throws BugError when the server sends something else */
  take(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    if (!this.#begun) {
      if (bytes.length < HEAD_BYTES) return void (this.#rest = bytes.slice())
      this.#begun = true
      at = HEAD_BYTES
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (;;) {
      const end = endOfRow(view, at)
      if (end === undefined) break
      if (end > at + 2) this.#onSample(readRow(bytes, view, at))
      at = end
    }
    this.#rest = bytes.slice(at)
  }
}

/** @returns where the row at `at` ends, or undefined when it is not all there */
function endOfRow(view: DataView, at: number): number | undefined {
  if (at + 2 > view.byteLength) return undefined
  const fields = view.getInt16(at)
  // the trailer
  if (fields === -1) return at + 2
  if (fields !== 6) throw new BugError(`a copied row has ${fields} columns`)
  let place = at + 2
  for (let field = 0; field < fields; field++) {
    if (place + 4 > view.byteLength) return undefined
    place += 4 + Math.max(0, view.getInt32(place))
  }
  return place > view.byteLength ? undefined : place
}

function readRow(bytes: Uint8Array, view: DataView, at: number): CopiedSample {
  let place = at + 2
  const next = (): number | undefined => {
    const length = view.getInt32(place)
    const start = place + 4
    place = start + Math.max(0, length)
    return length === -1 ? undefined : start
  }
  const [tagId, time, value, quality] = [next(), next(), next(), next()]
  const textLength = view.getInt32(place)
  const text = next()
  const status = next()
  if (tagId === undefined || time === undefined || quality === undefined) throw new BugError('a copied row lacks what it must have')
  return {
    tagId: view.getInt32(tagId),
    at: view.getInt32(time) * 0x1_0000_0000 + view.getUint32(time + 4) + EPOCH_2000,
    value: value === undefined ? null : view.getFloat64(value),
    quality: view.getInt16(quality),
    valueText: text === undefined ? null : decoder.decode(bytes.subarray(text, text + textLength)),
    statusCode: status === undefined ? null : view.getInt32(status),
  }
}
