// Idle memory of the whole program and how long a start takes. Run: node bench/footprint.ts [--seconds 60]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startInstallation, until } from '../test/support/installation.ts'
import { allRunning, treeOf } from '../test/support/process-tree.ts'
import { machine, option, pssKilobytes } from './machine.ts'

const seconds = option('seconds', 60)
const folder = mkdtempSync(join(tmpdir(), 'synctide-footprint-'))
chmodSync(folder, 0o755)
process.stdout.write(`${machine()}\n`)
try {
  for (const start of ['first', 'second']) {
    const began = performance.now()
    await using installation = await startInstallation({ folder, demo: true })
    const running = new Map((await allRunning(folder)).map(({ name, pid }) => [pid, name]))
    await until('a value of the demo plant', async () => {
      const reply = (await (await fetch(`${installation.url}/api/health`)).json()) as { newestDeliveryAgeSeconds: number | null }
      return (reply.newestDeliveryAgeSeconds ?? Infinity) <= 2 ? true : undefined
    })
    const values = performance.now() - began
    process.stdout.write(
      `${start} start: address after ${(installation.startedAfter / 1000).toFixed(1)} s, live values after ${(values / 1000).toFixed(1)} s\n`,
    )
    if (start === 'second') {
      await delay(seconds * 1000)
      printMemory(treeOf(installation.supervisor.pid ?? 0), running, installation.supervisor.pid ?? 0)
    }
    process.stdout.write(`${start} stop: ${((await installation.stop()) / 1000).toFixed(1)} s\n`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Shared pages count for each process by its share (PSS), so that the sum is what the machine really gives. */
function printMemory(tree: readonly number[], names: ReadonlyMap<number, string>, supervisor: number): void {
  const sums = new Map<string, number>()
  for (const pid of tree) {
    const name = pid === supervisor ? 'supervisor' : (names.get(pid) ?? 'postgresql')
    sums.set(name, (sums.get(name) ?? 0) + pssKilobytes(pid))
  }
  for (const [name, kilobytes] of sums) process.stdout.write(`  ${name.padEnd(16)} ${Math.round(kilobytes / 1024)} MiB\n`)
  const total = [...sums.values()].reduce((sum, one) => sum + one, 0)
  process.stdout.write(
    `idle after ${seconds} s with the demo plant: ${Math.round(total / 1024)} MiB (sum of PSS, ${tree.length} processes)\n`,
  )
}
