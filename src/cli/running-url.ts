import { readRunFile } from '#host/run-file.ts'
import { isAlive } from '#host/single-start.ts'

/** How old the supervisor's own file may be before it counts as gone: it is written every 2 s. */
const STALE_MILLIS = 10_000

/**
 * Whether the program runs on a data folder, and the address of its page on this machine once that is up.
 * @throws ConfigError when nothing was ever started there
 */
export function runningUrl(dataFolder: string): { readonly running: boolean; readonly url: string | null } {
  const { at, pid, url } = readRunFile(dataFolder, 'status')
  const fresh = typeof at === 'number' && Date.now() - at < STALE_MILLIS
  const running = fresh && typeof pid === 'number' && isAlive(pid)
  return { running, url: running && typeof url === 'string' ? url : null }
}
