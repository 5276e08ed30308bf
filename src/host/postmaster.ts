import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What postmaster.pid of a cluster says. */
export interface RunningPostmaster {
  readonly pid: number
  /** Accepts connections. */
  readonly ready: boolean
}

/** @returns the server named by the cluster's pid file, whether or not it still lives */
export function postmasterOf(cluster: string): RunningPostmaster | undefined {
  let lines: string[]
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  return Number.isInteger(pid) && pid > 1 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined
}

/**
 * Stops whatever server the cluster's pid file names: fast (5 s), then immediate (3 s), then killed. Removes the file only when its
 * process is really gone or the number now belongs to another program. Nothing to do is fine.
 */
export async function stopPostmaster(cluster: string, pgCtl?: string): Promise<void> {
  const server = postmasterOf(cluster)
  if (server !== undefined) {
    if (pgCtl !== undefined) spawnSync(pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-t', '5'], { windowsHide: true })
    const steps = [
      ['SIGINT', 5000],
      ['SIGQUIT', 3000],
      ['SIGKILL', 5000],
    ] as const
    for (const [signal, millis] of steps) {
      if (!isPostgres(server.pid, cluster)) break
      send(server.pid, signal)
      await gone(server.pid, cluster, millis)
    }
    if (isPostgres(server.pid, cluster)) return
  }
  // of a killed server, or unreadable: its process is gone
  rmSync(join(cluster, 'postmaster.pid'), { force: true })
}

async function gone(pid: number, cluster: string, millis: number): Promise<void> {
  const deadline = performance.now() + millis
  while (isPostgres(pid, cluster) && performance.now() < deadline) await sleep(20)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // gone between look and signal
  }
}

/** Numbers are reused: a pid file may name another program by now. */
function isPostgres(pid: number, cluster: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  if (process.platform !== 'linux') return true
  try {
    // a zombie has no command line left and holds nothing
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return command[0]?.includes('postgres') === true && command.some((part) => part === cluster)
  } catch {
    return false
  }
}
