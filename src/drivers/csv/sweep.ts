import { lstat, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Millis } from '#base/time.ts'
import { isKnown } from './find-start.ts'
import type { Ledger } from './ledger.ts'
import type { Scanner } from './scanner.ts'
import { SourceFile } from './source-file.ts'

/**
 * Deletes files that were read to their last byte and are older than `before`; what is not known by its content stays, whatever its name.
 * The ledger rows stay too: the audit is complete, and what comes back is not read again.
 * @param folders a watched one and its processed/; one that is not there has no files
 * @param before milliseconds since 1970, compared with the time of the file
 * @returns the names of what was deleted
 * @throws Error of the file system
 */
export async function sweep(
  folders: readonly string[],
  ledger: Ledger,
  before: Millis,
  scanner: Pick<Scanner, 'isWanted'>,
  signal: AbortSignal,
): Promise<string[]> {
  const deleted: string[] = []
  for (const folder of folders) {
    // a link in place of processed/ leads elsewhere
    if ((await lstat(folder).catch(() => undefined))?.isDirectory() !== true) continue
    for (const name of (await readdir(folder)).filter((one) => scanner.isWanted(one))) {
      const facts = await lstat(join(folder, name)).catch(() => undefined)
      if (facts?.isFile() !== true || facts.mtimeMs >= before || facts.size === 0) continue
      const known = await isKnownFile(folder, name, ledger, signal)
      if (!known) continue
      await unlink(join(folder, name))
      ledger.forgetName(name)
      deleted.push(name)
    }
  }
  return deleted
}

async function isKnownFile(folder: string, name: string, ledger: Ledger, signal: AbortSignal): Promise<boolean> {
  await using file = await SourceFile.open(folder, name)
  return await isKnown(file, ledger, signal)
}
