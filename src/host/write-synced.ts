import { open } from 'node:fs/promises'

/** Between two syncs: what lies in the cache of the system is never so much that whoever else syncs waits long behind it. */
const PIECE_BYTES = 4 << 20

/**
 * Writes a file from its beginning and has the disk confirm it piece by piece: one sync of a gigabyte in the end stops every commit of a
 * database on the same disk until it is through.
 * @throws Error of the file system; what was written so far stays
 */
export async function writeSynced(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  await using file = await open(path, 'w', 0o600)
  let unsynced = 0
  for await (const bytes of pieces) {
    await file.writeFile(bytes)
    unsynced += bytes.length
    if (unsynced < PIECE_BYTES) continue
    await file.datasync()
    unsynced = 0
  }
  await file.sync()
}
