import { readFileSync, readdirSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** One line that every figure is printed with. */
export function machine(): string {
  const [cpu] = cpus()
  return `${cpus().length} x ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.version}`
}

/** How busy the machine is just now, which every figure of a shared one is read with. */
export function load(): string {
  return `load ${(loadavg()[0] ?? 0).toFixed(1)}`
}

/** @param share 0.5 for the median */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** @returns the number after `--name`, else the fallback */
export function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? fallback : Number(process.argv[at + 1])
}

/** Memory of a process, of shared pages its share; 0 for one that ended meanwhile: PostgreSQL's workers come and go. */
export function pssKilobytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Milliseconds that the processes of a PostgreSQL have taken of the processor so far. @param postmaster their parent; undefined: it does not run */
export function serverMillis(postmaster: number | undefined): number {
  return readdirSync('/proc').reduce((sum, pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      return parent === postmaster ? sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6 : sum
    } catch {
      // no process, or one that ended meanwhile
      return sum
    }
  }, 0)
}
