import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { NotFound } from '#base/errors.ts'

const TAIL_BYTES = 1_000_000

/**
 * @returns the last lines of the log of a process, oldest first
 * @throws NotFound when there is none
 */
export function readLog(dataFolder: string, name: string, lines: number): string[] {
  const path = join(dataFolder, 'logs', `${name}.log`)
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name) || !existsSync(path)) throw new NotFound(`There is no log of ${name}.`)
  const file = openSync(path, 'r')
  try {
    const { size } = statSync(path)
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES))
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('utf8', 0, read).split('\n').filter(Boolean).slice(-lines)
  } finally {
    closeSync(file)
  }
}
