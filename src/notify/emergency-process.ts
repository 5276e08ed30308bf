import { spawn } from 'node:child_process'
import type { Micros } from '#base/time.ts'
import type { Trouble } from './core/system-watch.ts'

/**
 * Tells by a process of its own, so that whatever a gateway does to it does not touch the supervisor.
 * @param entry the file that it runs
 * @returns whether somebody was told, or there is nobody to tell
 */
export async function tellByProcess(
  entry: string,
  environment: Readonly<Record<string, string | undefined>>,
  what: Trouble | 'over',
  since: Micros,
): Promise<boolean> {
  const child = spawn(process.execPath, ['--max-old-space-size=128', entry, what, String(since)], { env: environment, stdio: 'ignore' })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  child.once('exit', (code) => resolve(code === 0))
  child.once('error', () => resolve(false))
  return await promise
}
