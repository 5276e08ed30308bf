import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '#base/errors.ts'

/**
 * Makes sure that a data folder is used by one start only. A file left by a start that was killed does not count.
 * @returns gives the folder back
 * @throws ConfigError when another start runs on the folder
 */
export function claimFolder(dataFolder: string): () => void {
  mkdirSync(join(dataFolder, 'run'), { recursive: true, mode: 0o700 })
  const path = join(dataFolder, 'run', 'supervisor.pid')
  const mine = `${process.pid} ${bornAt(process.pid) ?? ''}`
  try {
    writeFileSync(path, mine, { flag: 'wx', mode: 0o600 })
  } catch {
    const [pid = '', born = ''] = readOwner(path)
    if (pid !== '' && isAlive(Number(pid)) && (born === '' || bornAt(Number(pid)) === born)) {
      throw new ConfigError('SYNCTIDE_DATA', `SyncTide already runs on ${dataFolder} (process ${pid}).`, {
        remedy: 'Stop it first, or point SYNCTIDE_DATA at another folder.',
      })
    }
    writeFileSync(path, mine, { mode: 0o600 })
  }
  return () => {
    if (readOwner(path)[0] === String(process.pid)) rmSync(path, { force: true })
  }
}

function readOwner(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trim().split(' ')
  } catch {
    return []
  }
}

/** @returns whether a process of this number exists */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // somebody else's process: alive
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Start of a process in ticks since boot (proc(5), field 22): tells a process from a later one with the same number. */
function bornAt(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
