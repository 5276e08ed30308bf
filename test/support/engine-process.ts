import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The real process; killed at dispose when it is not yet. */
export function spawnEngine(url: string): AsyncDisposable & { kill(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-alarm-'))
  const child = spawn(process.execPath, [join(root, 'src/main/alarm.ts')], {
    env: { ...process.env, SYNCTIDE_DATA: folder, SYNCTIDE_DATABASE_URL: url },
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  return { kill, [Symbol.asyncDispose]: kill }
}
