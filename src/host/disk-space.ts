import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readRunFile, runFilePath } from './run-file.ts'

export interface DiskSpace {
  /** What an ordinary account may still use. */
  readonly freeBytes: number
  readonly totalBytes: number
}

/** The room on the disk that a folder lies on, or will lie on. */
export async function diskSpace(folder: string): Promise<DiskSpace> {
  let there = folder
  while (!existsSync(there)) there = dirname(there)
  const { bavail, bsize, blocks } = await statfs(there)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/** The room where the embedded database lies; null where the database is a server of the site's own. */
export async function databaseDisk(dataFolder: string): Promise<DiskSpace | null> {
  if (!existsSync(runFilePath(dataFolder, 'database'))) return null
  const { folder } = readRunFile(dataFolder, 'database')
  return typeof folder === 'string' ? await diskSpace(folder) : null
}
