// Reads of 125 registers (FC3) by our session, decoded into samples, beside pymodbus's client, alternately on the same server:
// node bench/modbus.ts [--seconds 3] [--rounds 3]
// A poll is a device of 1,000 registers: eight reads, one in flight as most devices want it, and eight as `pipeline` allows.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { createDriver } from '#drivers/modbus/driver.ts'
import { systemClock } from '#host/clock.ts'
import { FrameRing } from '#ingest/core/frame-ring.ts'
import { modbusPlan } from '../test/support/modbus-device.ts'
import { recordedContext } from '../test/support/session-context.ts'
import { machine, option, quantile } from './machine.ts'

const seconds = option('seconds', 3)
const rounds = option('rounds', 3)
const REGISTERS = 1000
const READS = 8
const WIDTHS = [1, 8] as const
const run = promisify(execFile)
const tags = Array.from({ length: REGISTERS }, (_, i) => [`HR${i}`] as const)

/** What a figure is made of: reads a second, and microseconds of processor time a read. */
interface Figure {
  readonly rate: number
  readonly cpu: number
}

async function ours(port: number, pipeline: number): Promise<Figure> {
  // frames are kept as the runtime keeps them, for people to look at
  const frames = new FrameRing()
  const context = recordedContext({ frame: (direction, bytes) => frames.push(direction, bytes, 0), count: () => undefined })
  await using session = await createDriver().connect(modbusPlan({ port, pipeline }, tags), context)
  const signal = new AbortController().signal
  for (let i = 0; i < 50; i++) await session.poll?.(systemClock.now(), signal)
  const before = process.cpuUsage()
  const started = performance.now()
  let polls = 0
  while (performance.now() - started < seconds * 1000) {
    const samples = await session.poll?.(systemClock.now(), signal)
    if (samples?.[REGISTERS - 1]?.value !== REGISTERS - 1) throw new Error('a poll returned something else than the memory')
    polls++
  }
  const elapsed = performance.now() - started
  const { user, system } = process.cpuUsage(before)
  return { rate: (polls * READS * 1000) / elapsed, cpu: (user + system) / (polls * READS) }
}

async function pymodbus(port: number): Promise<Figure> {
  const script = new URL('../test/support/pymodbus_client.py', import.meta.url).pathname
  const { stdout } = await run('/usr/bin/python3', [script, String(port), String(seconds)])
  const [reads = Number.NaN, elapsed = Number.NaN, cpu = Number.NaN] = stdout.split(' ').map(Number)
  return { rate: reads / elapsed, cpu: (cpu * 1e6) / reads }
}

const server = spawn(process.execPath, [new URL('modbus-server.ts', import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'inherit'] })
try {
  const [line] = await once(server.stdout, 'data')
  const port = Number(String(line))
  console.log(machine())
  const told = ({ rate, cpu }: Figure): string => `${rate.toFixed(0)} reads/s (${cpu.toFixed(0)} us of processor a read)`
  const ratios = new Map<number, number[]>(WIDTHS.map((width) => [width, []]))
  for (let round = 1; round <= rounds; round++) {
    const theirs = await pymodbus(port)
    console.log(`round ${round}: pymodbus ${told(theirs)}`)
    for (const width of WIDTHS) {
      const mine = await ours(port, width)
      ratios.get(width)?.push(mine.rate / theirs.rate)
      console.log(`round ${round}: ours, ${width} in flight, ${told(mine)}, ratio ${(mine.rate / theirs.rate).toFixed(2)}`)
    }
  }
  for (const [width, all] of ratios) {
    console.log(`${width} in flight: ratio median ${quantile(all, 0.5).toFixed(2)}, lowest ${Math.min(...all).toFixed(2)} (aim: 3)`)
  }
} finally {
  server.stdin.end()
}
