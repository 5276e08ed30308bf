import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { createDriver } from '#drivers/modbus/driver.ts'
import { systemClock } from '#host/clock.ts'
import { modbusPlan } from '../test/support/modbus-device.ts'
import { recordedContext } from '../test/support/session-context.ts'
import { machine, option, quantile } from './machine.ts'

// Polls of 125 registers (FC3, one in flight) by our session, decoded into samples, beside pymodbus's client; same server.
const seconds = option('seconds', 3)
const rounds = option('rounds', 3)
const run = promisify(execFile)
const tags = Array.from({ length: 125 }, (_, i) => [`HR${i}`] as const)

async function ours(port: number): Promise<number> {
  await using session = await createDriver().connect(modbusPlan({ port }, tags), recordedContext())
  const signal = new AbortController().signal
  for (let i = 0; i < 50; i++) await session.poll?.(systemClock.now(), signal)
  const started = performance.now()
  let polls = 0
  while (performance.now() - started < seconds * 1000) {
    const samples = await session.poll?.(systemClock.now(), signal)
    if (samples?.[124]?.value !== 124) throw new Error('a poll returned something else than the memory')
    polls++
  }
  return (polls * 1000) / (performance.now() - started)
}

async function pymodbus(port: number): Promise<number> {
  const script = new URL('../test/support/pymodbus_client.py', import.meta.url).pathname
  const { stdout } = await run('/usr/bin/python3', [script, String(port), String(seconds)])
  const [polls = Number.NaN, elapsed = Number.NaN] = stdout.split(' ').map(Number)
  return polls / elapsed
}

const server = spawn(process.execPath, [new URL('modbus-server.ts', import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'inherit'] })
try {
  const [line] = await once(server.stdout, 'data')
  const port = Number(String(line))
  console.log(machine())
  const figures: (readonly [number, number])[] = []
  for (let round = 1; round <= rounds; round++) {
    const pair = [await ours(port), await pymodbus(port)] as const
    figures.push(pair)
    const [mine, theirs] = pair
    console.log(
      `round ${round}: ours ${mine.toFixed(0)} polls/s (${(mine * 125).toFixed(0)} registers/s), pymodbus ${theirs.toFixed(0)} polls/s (${(theirs * 125).toFixed(0)} registers/s), ratio ${(mine / theirs).toFixed(2)}`,
    )
  }
  const ratios = figures.map(([mine, theirs]) => mine / theirs)
  console.log(`ratio: median ${quantile(ratios, 0.5).toFixed(2)}, lowest ${Math.min(...ratios).toFixed(2)}`)
} finally {
  server.stdin.end()
}
