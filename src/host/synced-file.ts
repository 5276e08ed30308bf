import { type FileHandle, open } from 'node:fs/promises'
import { Writable } from 'node:stream'

/** Between two syncs: what lies in the cache of the system is never so much that whoever else syncs waits long behind it. */
const PIECE_BYTES = 4 << 20

/**
 * A file that is written from its beginning and that the disk has confirmed when the stream is finished, piece by piece on the way: one sync of a
 * gigabyte in the end stops every commit of a database on the same disk until it is through.
 */
export function syncedFile(path: string): Writable {
  let file: FileHandle | undefined
  let unsynced = 0
  const write = async (bytes: Uint8Array): Promise<void> => {
    file ??= await open(path, 'w', 0o600)
    await file.appendFile(bytes)
    unsynced += bytes.length
    if (unsynced < PIECE_BYTES) return
    await file.datasync()
    unsynced = 0
  }
  const finish = async (): Promise<void> => {
    file ??= await open(path, 'w', 0o600)
    await file.sync()
  }
  return new Writable({
    write: (bytes: Uint8Array, _encoding, done) => void write(bytes).then(() => done(), done),
    final: (done) => void finish().then(() => done(), done),
    destroy: (error, done) => {
      const closed = file?.close() ?? Promise.resolve()
      void closed.then(
        () => done(error),
        () => done(error),
      )
    },
  })
}
