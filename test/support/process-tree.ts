import { readFileSync, readdirSync } from 'node:fs'
import { readRunFile } from '#host/run-file.ts'
import { until } from './installation.ts'

/** A line of run/status.json. */
export interface Supervised {
  readonly name: string
  readonly state: string
  readonly pid: number
}

/** @returns the processes as the supervisor tells them */
export function supervised(folder: string): Supervised[] {
  const { processes } = readRunFile(folder, 'status')
  return processes as Supervised[]
}

/** Waits until every process runs. */
export async function allRunning(folder: string): Promise<Supervised[]> {
  return await until('every process to run', () => {
    const all = supervised(folder)
    return all.length > 0 && all.every((one) => one.state === 'running') ? all : undefined
  })
}

/** Waits until the process runs under another number, and returns that. */
export async function replaced(folder: string, before: Supervised, millis?: number): Promise<number> {
  return await until(
    `${before.name} to be replaced`,
    () => {
      const now = supervised(folder).find((one) => one.name === before.name)
      return now !== undefined && now.state === 'running' && now.pid !== before.pid ? now.pid : undefined
    },
    millis,
  )
}

/** @returns the numbers of a process and of all that descend from it */
export function treeOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = statOf(Number(entry))
    // a zombie runs nothing
    if (stat !== undefined && stat.state !== 'Z') parents.set(Number(entry), stat.parent)
  }
  const found = parents.has(root) ? [root] : []
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child)
  return found
}

/** @returns whether a process of this number runs */
export function runs(pid: number): boolean {
  const stat = statOf(pid)
  return stat !== undefined && stat.state !== 'Z'
}

/** @returns the numbers of all PostgreSQL servers among the processes; a backend's name differs from its server's */
export function postmastersIn(pids: readonly number[], folder: string): number[] {
  return pids.filter((pid) => {
    const words = commandOf(pid)
    return words[1] === '-D' && words[2]?.startsWith(folder) === true
  })
}

/** @returns the numbers of all processes started for a data folder: by SYNCTIDE_DATA in their environment, or by their command */
export function processesOn(folder: string): number[] {
  const numbers = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  return numbers.map(Number).filter((pid) => {
    const started = readWords(pid, 'environ').includes(`SYNCTIDE_DATA=${folder}`) || commandOf(pid).some((word) => word.startsWith(folder))
    return started && runs(pid)
  })
}

function commandOf(pid: number): string[] {
  return readWords(pid, 'cmdline')
}

function readWords(pid: number, file: 'cmdline' | 'environ'): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** proc(5): the name in brackets may hold blanks, so fields count from its end. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}
