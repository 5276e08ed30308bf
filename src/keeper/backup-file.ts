import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { BackupRefused, asError } from '#base/errors.ts'
import { type SealedHead, sealStream, unsealStream } from '#host/sealed-stream.ts'
import { writeSynced } from '#host/write-synced.ts'
import type { Database } from '#store/database.ts'
import { type TableProof, dumpDatabase } from '#store/dump.ts'

/** What a backup says of itself, in clear. */
export interface BackupAbout {
  /** Micros. */
  readonly takenAt: number
  readonly program: string
  readonly schemaVersion: number
  readonly site: string
}

/** The blocks are compressed already: more effort gains nothing. */
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/**
 * Writes the whole database into one file and has the disk confirm it.
 * @param options `secretsKey` goes into an encrypted file only
 * @throws Error of the file system or the database; what was written so far stays
 */
export async function writeBackup(
  db: Database,
  path: string,
  about: BackupAbout,
  options: { passphrase: string | null; secretsKey: Uint8Array | null },
): Promise<readonly TableProof[]> {
  const { passphrase, secretsKey } = options
  const compress = createZstdCompress(COMPRESSION)
  const written = pipeline(
    compress,
    sealStream({ ...about }, passphrase),
    async (pieces: AsyncIterable<Uint8Array>) => await writeSynced(path, pieces),
  )
  // it is awaited in the end; until then it may have failed already
  written.catch(() => undefined)
  const key = passphrase === null || secretsKey === null ? null : Buffer.from(secretsKey).toString('base64')
  const write = (bytes: Uint8Array): Promise<void> | void => {
    if (!compress.write(bytes)) return Promise.race([once(compress, 'drain').then(() => undefined), written])
  }
  try {
    const proofs = await dumpDatabase(db, write, key)
    compress.end()
    await written
    return proofs
  } catch (error) {
    compress.destroy(asError(error))
    await written.catch(() => undefined)
    throw error
  }
}

/** The dump in a file, piece by piece. @throws BackupRefused */
export async function* readBackup(path: string, passphrase: string | null): AsyncGenerator<Uint8Array> {
  const plain = createZstdDecompress()
  const running = pipeline(bytesOf(path), unsealStream(passphrase), plain)
  running.catch(() => undefined)
  for await (const chunk of plain) yield chunk as Uint8Array
  await running
}

/** Reads a file to its last byte and checks every piece of it; nothing else is touched. @throws BackupRefused */
export async function checkBackup(path: string, passphrase: string | null): Promise<{ about: BackupAbout; encrypted: boolean }> {
  let head: SealedHead | undefined
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  await pipeline(
    bytesOf(path),
    unsealStream(passphrase, (one) => (head = one)),
    nowhere,
  )
  if (head === undefined) throw new BackupRefused('This file is no backup of SyncTide.')
  // written by writeBackup, and every piece is bound to it
  return { about: head.about as unknown as BackupAbout, encrypted: head.encryption !== null }
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1 << 18 })) yield bytes as Uint8Array
  } catch (cause) {
    throw new BackupRefused(`${path} cannot be read: ${asError(cause).message}`, { cause, remedy: 'Check the path.' })
  }
}
