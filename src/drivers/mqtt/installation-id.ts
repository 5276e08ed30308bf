import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @returns eight letters that name this installation for ever; made on first use and kept in `folder` */
export function installationId(folder: string): string {
  const path = join(folder, 'installation-id')
  try {
    mkdirSync(folder, { recursive: true })
    // the first of several processes wins
    writeFileSync(path, randomBytes(4).toString('hex'), { flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return readFileSync(path, 'utf8').trim()
}
