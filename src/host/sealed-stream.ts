import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { BackupRefused } from '#base/errors.ts'

/** What stands first in the file, in clear, so that it can be told what it is. Authenticated with the rest. */
export interface SealedHead {
  /** Of this container. */
  readonly container: 1
  /** null: not encrypted; its pieces carry checksums, which find damage but no forger. */
  readonly encryption: { readonly kdf: 'scrypt'; readonly n: number; readonly r: number; readonly p: number; readonly salt: string } | null
  /** What the file says of itself. */
  readonly about: Readonly<Record<string, unknown>>
}

const MAGIC = Buffer.from('SYNCTIDE BACKUP\n')
const PIECE_BYTES = 1 << 20
const TAG_BYTES = 16
const HEAD_LIMIT = 1 << 20
/** 64 MB and about a quarter of a second for each guess (RFC 7914, section 2). */
const SCRYPT = { n: 65_536, r: 8, p: 1 } as const

/**
 * Makes a file of what is written into it: a head, then pieces of a megabyte, each encrypted by AES-256-GCM under a key that scrypt makes of the
 * passphrase, or else with a checksum. Number and end of the pieces are authenticated too: none can be left out, moved or cut off.
 * @param passphrase null: not encrypted
 */
export function sealStream(about: SealedHead['about'], passphrase: string | null): Transform {
  const salt = randomBytes(16)
  const encryption = passphrase === null ? null : { kdf: 'scrypt' as const, ...SCRYPT, salt: salt.toString('base64') }
  const head = Buffer.from(JSON.stringify({ container: 1, encryption, about } satisfies SealedHead))
  const pieces = new Pieces(head, passphrase === null ? null : keyOf(passphrase, { ...SCRYPT, salt: salt.toString('base64') }))
  let held: Buffer[] = []
  let heldBytes = 0
  let begun = false
  const begin = (stream: Transform): void => {
    if (begun) return
    begun = true
    const length = Buffer.alloc(4)
    length.writeUInt32BE(head.length)
    stream.push(Buffer.concat([MAGIC, length, head]))
  }
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      begin(this)
      held.push(chunk)
      heldBytes += chunk.length
      // one more than a piece is held back: the last one is told as such
      while (heldBytes > PIECE_BYTES) {
        const all = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held)
        this.push(pieces.close(all.subarray(0, PIECE_BYTES), false))
        held = [all.subarray(PIECE_BYTES)]
        heldBytes -= PIECE_BYTES
      }
      done()
    },
    flush(done: TransformCallback) {
      begin(this)
      this.push(pieces.close(Buffer.concat(held), true))
      done()
    },
  })
}

/**
 * Gives back what {@link sealStream} was given. Fails with BackupRefused when the file is damaged, cut short, of another kind, or the
 * passphrase is wrong; nothing of a piece is handed on before the whole piece was found true.
 * @param onHead called once, before anything else
 */
export function unsealStream(passphrase: string | null, onHead: (head: SealedHead) => void = () => undefined): Transform {
  const waiting: Buffer[] = []
  let waits = 0
  // fewer octets than this make no whole piece
  let wanted = 0
  let rest: Buffer = Buffer.alloc(0)
  let pieces: Pieces | undefined
  let ended = false
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      try {
        waits += chunk.length
        waiting.push(chunk)
        if (waits < wanted) return done()
        rest = Buffer.concat([rest, ...waiting.splice(0)])
        waits = 0
        wanted = 0
        if (pieces === undefined) {
          const taken = takeHead(rest)
          if (taken === undefined) return done()
          onHead(taken.head)
          pieces = new Pieces(taken.bytes, openingKey(taken.head, passphrase))
          rest = rest.subarray(taken.end)
        }
        while (!ended && rest.length >= 5) {
          const length = rest.readUInt32BE(0)
          const last = rest[4] === 1
          if (length > PIECE_BYTES) throw damaged('a piece is longer than it can be')
          const missing = 5 + length + TAG_BYTES - rest.length
          if (missing > 0) {
            wanted = missing
            break
          }
          this.push(pieces.open(rest.subarray(5, 5 + length), rest.subarray(5 + length, 5 + length + TAG_BYTES), last))
          rest = rest.subarray(5 + length + TAG_BYTES)
          ended = last
        }
        if (ended && rest.length > 0) throw damaged('something follows its end')
        done()
      } catch (error) {
        done(error as Error)
      }
    },
    flush(done: TransformCallback) {
      if (pieces === undefined) done(rest.subarray(0, MAGIC.length).equals(MAGIC) ? damaged('it is cut short') : notOurs())
      else done(ended ? null : damaged('it is cut short'))
    },
  })
}

/** Closes and opens the pieces of one file, in order. */
class Pieces {
  readonly #bound: Buffer
  readonly #key: Buffer | null
  #next = 0

  constructor(head: Buffer, key: Buffer | null) {
    this.#bound = createHash('sha256').update(head).digest()
    this.#key = key
  }

  close(plain: Buffer, last: boolean): Buffer {
    const front = Buffer.alloc(5)
    front.writeUInt32BE(plain.length, 0)
    front[4] = last ? 1 : 0
    const place = this.#place(last)
    if (this.#key === null) return Buffer.concat([front, plain, this.#checksum(place, plain)])
    const cipher = createCipheriv('aes-256-gcm', this.#key, place)
    cipher.setAAD(this.#bound)
    const body = cipher.update(plain)
    cipher.final()
    return Buffer.concat([front, body, cipher.getAuthTag()])
  }

  open(body: Buffer, tag: Buffer, last: boolean): Buffer {
    const place = this.#place(last)
    const number = this.#next
    if (this.#key === null) {
      if (!this.#checksum(place, body).equals(tag)) throw damaged(`piece ${number} was changed`)
      return body
    }
    const decipher = createDecipheriv('aes-256-gcm', this.#key, place)
    decipher.setAAD(this.#bound)
    decipher.setAuthTag(tag)
    const plain = decipher.update(body)
    try {
      decipher.final()
    } catch (cause) {
      throw number === 1
        ? new BackupRefused('The backup does not open with this key, or its beginning was changed.', {
            cause,
            remedy: 'Give the key that was set when it was made.',
          })
        : damaged(`piece ${number} was changed`)
    }
    return plain
  }

  /** The key serves one file alone, so that the number of the piece may be the nonce (NIST SP 800-38D, 8.2.1). */
  #place(last: boolean): Buffer {
    const place = Buffer.alloc(12)
    place.writeBigUInt64BE(BigInt(this.#next++), 0)
    place[11] = last ? 1 : 0
    return place
  }

  #checksum(place: Buffer, body: Buffer): Buffer {
    return createHash('sha256').update(this.#bound).update(place).update(body).digest().subarray(0, TAG_BYTES)
  }
}

function takeHead(bytes: Buffer): { head: SealedHead; bytes: Buffer; end: number } | undefined {
  const begin = MAGIC.length
  if (!bytes.subarray(0, begin).equals(MAGIC.subarray(0, bytes.length))) throw notOurs()
  if (bytes.length < begin + 4) return undefined
  const length = bytes.readUInt32BE(begin)
  if (length > HEAD_LIMIT) throw damaged('its head is longer than it can be')
  const end = begin + 4 + length
  if (bytes.length < end) return undefined
  const text = Buffer.from(bytes.subarray(begin + 4, end))
  try {
    // its shape is ours: every piece is bound to these very bytes
    const head = JSON.parse(text.toString('utf8')) as SealedHead
    if (head.container !== 1)
      throw new BackupRefused('The backup was made by a newer version.', { remedy: 'Restore it with that version.' })
    return { head, bytes: text, end }
  } catch (error) {
    throw error instanceof BackupRefused ? error : damaged('its head cannot be read')
  }
}

function openingKey({ encryption }: SealedHead, passphrase: string | null): Buffer | null {
  if (encryption === null) return null
  if (passphrase !== null) {
    const { n, r, p } = encryption
    // a forged head must not make us take all memory
    if (n > 1 << 20 || r > 32 || p > 16) throw damaged('its head asks for too much')
    return keyOf(passphrase, encryption)
  }
  throw new BackupRefused('The backup is encrypted.', { remedy: 'Give its key: --key-file FILE.' })
}

function keyOf(passphrase: string, { n, r, p, salt }: { n: number; r: number; p: number; salt: string }): Buffer {
  const options = { N: n, r, p, maxmem: 256 * n * r }
  return scryptSync(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, options)
}

function damaged(what: string): BackupRefused {
  return new BackupRefused(`The backup is damaged: ${what}.`, {
    remedy: 'Use another backup, or another copy of this one. Nothing was touched.',
  })
}

function notOurs(): BackupRefused {
  return new BackupRefused('This file is no backup of SyncTide.', { remedy: 'Give a file that synctide backup or the nightly run made.' })
}
