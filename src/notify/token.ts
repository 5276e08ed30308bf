import { createHash, randomBytes } from 'node:crypto'

/** @returns 128 random bits as 22 letters that fit a link, and the hash that is stored */
export function createToken(): { token: string; hash: Uint8Array } {
  const token = randomBytes(16).toString('base64url')
  return { token, hash: hashToken(token) }
}

export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}
