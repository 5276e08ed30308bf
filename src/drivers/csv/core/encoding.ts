export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** What a byte order mark says, and how long it is; undefined without one. */
export function byteOrderMark(bytes: Uint8Array): { readonly encoding: Encoding; readonly length: number } | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', length: 3 }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', length: 2 }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', length: 2 }
  return undefined
}

/**
 * Text of any encoding, piece by piece, that knows how many bytes its characters took. A byte that is no UTF-8 throws TypeError; the
 * others read everything.
 */
export class TextPieces {
  readonly encoding: Encoding
  readonly #decoder: TextDecoder

  constructor(encoding: Encoding) {
    this.encoding = encoding
    this.#decoder = new TextDecoder(encoding, { fatal: encoding === 'utf-8', ignoreBOM: true })
  }

  /** @throws TypeError for bytes that are no UTF-8 */
  decode(bytes: Uint8Array, last: boolean): string {
    return this.#decoder.decode(bytes, { stream: !last })
  }

  /** How many bytes the text took in the file. */
  bytesOf(text: string): number {
    if (this.encoding === 'windows-1252') return text.length
    return this.encoding === 'utf-8' ? utf8Length(text) : text.length * 2
  }
}

const encoder = new TextEncoder()
const scratch = new Uint8Array(65_536)

function utf8Length(text: string): number {
  let bytes = 0
  let at = 0
  while (at < text.length) {
    const { read, written } = encoder.encodeInto(at === 0 ? text : text.slice(at), scratch)
    at += read
    bytes += written
    // half of a pair at the very end takes no room in the scratch: it cannot come from valid UTF-8
    if (read === 0) break
  }
  return bytes
}
