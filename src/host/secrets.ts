import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { ConfigError } from '#base/errors.ts'

/** A text that never prints: in logs, JSON and templates it reads `***`. */
export class Secret {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  reveal(): string {
    return this.#text
  }
  toString(): string {
    return '***'
  }
  toJSON(): string {
    return '***'
  }
  [inspect.custom](): string {
    return '***'
  }
}

const ALGORITHM = 'aes-256-gcm'
const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * The installation's key, made on first use: 32 random bytes in `<data>/keys/secrets.key`, readable by this account only. Without it
 * sealed secrets are lost, so backups must carry it.
 */
export function openKey(dataFolder: string): Uint8Array {
  const folder = join(dataFolder, 'keys')
  const path = join(folder, 'secrets.key')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!existsSync(path)) {
    const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
    writeFileSync(draft, randomBytes(32), { mode: 0o400 })
    try {
      // the first of several processes wins; a rename would replace the key that another one already uses
      linkSync(draft, path)
    } catch (error) {
      if (!existsSync(path)) throw error
    } finally {
      rmSync(draft, { force: true })
    }
  }
  const key = readFileSync(path)
  if (key.length !== 32) {
    throw new ConfigError('keys/secrets.key', `${path} is damaged: ${key.length} bytes instead of 32.`, {
      remedy: 'Restore it from a backup; else delete it and enter the passwords and tokens of the gateways again.',
    })
  }
  return key
}

/** @returns version, nonce, tag and ciphertext in one (AES-256-GCM, NIST SP 800-38D, fresh 96-bit nonce) */
export function seal(key: Uint8Array, text: string): Uint8Array {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body])
}

/** Secret fields of a form, sealed together; their names may be told. */
export interface SealedFields {
  readonly sealed: Uint8Array | null
  readonly names: readonly string[]
}

/** @param fields by name; none of them empty */
export function sealFields(key: Uint8Array, fields: Readonly<Record<string, string>>): SealedFields {
  const names = Object.keys(fields)
  return { sealed: names.length === 0 ? null : seal(key, JSON.stringify(fields)), names }
}

/** @throws ConfigError as {@link unseal} */
export function unsealFields(key: Uint8Array, sealed: Uint8Array | null): Record<string, string> {
  // sealed by ourselves
  return sealed === null ? {} : (JSON.parse(unseal(key, sealed)) as Record<string, string>)
}

/** @throws ConfigError when the key is another one or the bytes were changed */
export function unseal(key: Uint8Array, sealed: Uint8Array): string {
  try {
    if (sealed[0] !== VERSION) throw new Error(`unknown version ${sealed[0]}`)
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(1, 1 + IV_BYTES))
    decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES))
    const body = decipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES))
    return Buffer.concat([body, decipher.final()]).toString('utf8')
  } catch (error) {
    throw new ConfigError('keys/secrets.key', 'A stored secret cannot be opened with the key of this installation.', {
      cause: error,
      remedy: 'Restore keys/secrets.key of the installation that saved it, or enter the secret again.',
    })
  }
}
