const MASK = 0x2a
/** Shorter ones would mask half of every frame; a secret this short is none. */
const SHORTEST = 3
const encoder = new TextEncoder()

/**
 * @param bytes of a frame, perhaps cut off at its end
 * @returns a copy in which every secret is stars, one that the cut went through included
 */
export function maskSecrets(bytes: Uint8Array, secrets: readonly string[]): Uint8Array {
  const masked = bytes.slice()
  for (const secret of secrets) {
    const needle = encoder.encode(secret)
    if (needle.length < SHORTEST) continue
    for (let at = 0; at <= masked.length - SHORTEST; at += 1) {
      const length = Math.min(needle.length, masked.length - at)
      if (startsAt(bytes, at, needle, length)) masked.fill(MASK, at, at + length)
    }
  }
  return masked
}

function startsAt(bytes: Uint8Array, at: number, needle: Uint8Array, length: number): boolean {
  for (let index = 0; index < length; index += 1) if (bytes[at + index] !== needle[index]) return false
  return true
}
