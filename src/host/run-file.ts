import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, asError } from '#base/errors.ts'

/** Small facts that processes of one data folder leave for each other: where the database is, which port the web page got. */
export type RunFile = 'database' | 'status' | 'api' | 'demo'

export function runFilePath(dataFolder: string, name: RunFile): string {
  return join(dataFolder, 'run', `${name}.json`)
}

/** Replaces the whole file at once, so that a reader never sees half of it; readable by this account only. */
export function writeRunFile(dataFolder: string, name: RunFile, content: Readonly<Record<string, unknown>>): void {
  const path = runFilePath(dataFolder, name)
  mkdirSync(join(dataFolder, 'run'), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, path)
}

/** @throws ConfigError when the file is missing or broken: nothing has been started on this folder */
export function readRunFile(dataFolder: string, name: RunFile): Readonly<Record<string, unknown>> {
  const path = runFilePath(dataFolder, name)
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content as Record<string, unknown>
    throw new Error('it is not an object')
  } catch (error) {
    const missing = Object.getOwnPropertyDescriptor(asError(error), 'code')?.value === 'ENOENT'
    const message = missing ? `Nothing runs on ${dataFolder}.` : `${path} cannot be read: ${asError(error).message}`
    throw new ConfigError('SYNCTIDE_DATA', message, {
      cause: error,
      remedy: 'Start SyncTide on this data folder first, or point SYNCTIDE_DATA at the folder it runs on.',
    })
  }
}
