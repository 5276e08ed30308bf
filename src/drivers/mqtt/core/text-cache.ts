const utf8 = new TextDecoder()
/** A power of two. */
const SLOTS = 8192
const LONGEST = 128

interface Slot {
  readonly hash: number
  readonly bytes: Uint8Array
  readonly text: string
}

/**
 * Decodes UTF-8 texts that come again and again, such as the names of metrics, without making a new string each time. Of bounded size: a
 * text displaces another one that fell on the same slot.
 */
export class TextCache {
  readonly #slots: (Slot | undefined)[] = Array.from({ length: SLOTS })

  read(bytes: Uint8Array, from: number, to: number): string {
    if (to - from > LONGEST) return utf8.decode(bytes.subarray(from, to))
    let hash = 0
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0
    const index = (hash ^ (hash >>> 13)) & (SLOTS - 1)
    const known = this.#slots[index]
    if (known !== undefined && known.hash === hash && isSame(known.bytes, bytes, from, to)) return known.text
    const own = bytes.slice(from, to)
    const text = utf8.decode(own)
    this.#slots[index] = { hash, bytes: own, text }
    return text
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[from + at]) return false
  return true
}
