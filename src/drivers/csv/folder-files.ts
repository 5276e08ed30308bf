import { lstat, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { asError, ConfigError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import { unreachable } from './place.ts'
import { Scanner } from './scanner.ts'

export interface ListedFile {
  readonly name: string
  readonly size: number
  readonly mtime: Millis
}

/**
 * The files of a folder that the patterns fit, newest first, for tests and browsing.
 * @throws DriverError when it cannot be listed
 */
export async function listFiles(folder: string, patterns: string, clock: Clock): Promise<ListedFile[]> {
  try {
    const found = await new Scanner(patterns, clock).scan(folder)
    return found.map(({ name, size, mtime }) => ({ name, size, mtime })).reverse()
  } catch (error) {
    throw unreachable(folder, asError(error))
  }
}

/** How many files are there that the patterns do not fit, with one of them. */
export async function otherFiles(
  folder: string,
  patterns: string,
  clock: Clock,
): Promise<{ readonly count: number; readonly example: string }> {
  const scanner = new Scanner(patterns, clock)
  const others = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile() && !scanner.isWanted(entry.name))
  return { count: others.length, example: others[0]?.name ?? '' }
}

/** @throws ConfigError naming `file` for anything but the name of a file in this folder */
export async function namedFile(folder: string, name: string): Promise<ListedFile> {
  const plain = basename(name) === name && name !== '.' && name !== '..' && !name.includes('\\')
  const facts = plain ? await lstat(join(folder, name)).catch(() => undefined) : undefined
  if (facts?.isFile() !== true)
    throw new ConfigError('file', `There is no file ${name} in the folder`, { remedy: 'Choose one of the folder.' })
  return { name, size: facts.size, mtime: facts.mtimeMs }
}
