import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '#host/clock.ts'
import { createDriver } from '#drivers/modbus/driver.ts'
import type { DevicePlan, Session } from '#drivers/driver.ts'
import type { Tag } from '#domain/device.ts'
import type { ModbusConfig, ModbusPoint } from '#drivers/modbus/config.ts'
import { ModbusServer } from '../simulator/modbus-server.ts'
import { recordedContext } from '../test/support/session-context.ts'
import { machine, option } from './machine.ts'

// Share of good polls against an emulated S7-1200: one connection, idle ones dropped, the slot of an unclean close held.
const seconds = option('seconds', 3600)
const pollMillis = option('poll-ms', 1000)
const heartbeatSeconds = option('heartbeat-s', 1)
const idleDropMillis = option('idle-ms', 3000)
const unit = { holding: new Uint16Array(100), input: new Uint16Array(0), coils: new Uint8Array(0), discrete: new Uint8Array(0) }

await using server = await ModbusServer.start({
  port: 0,
  banks: new Map([[1, unit]]),
  maxConnections: 1,
  idleDropMillis,
  uncleanHoldMillis: 10_000,
})
const driver = createDriver()
const config = driver.parseConfig({ host: '127.0.0.1', port: server.port, heartbeatSeconds })
const points = Array.from({ length: 20 }, (_, index) => {
  const tag = tagAt(index)
  return { tag, point: driver.parsePoint(tag, config) }
})
const plan: DevicePlan<ModbusConfig, ModbusPoint> = {
  device: {
    id: 1,
    code: 'S7',
    name: 'S7-1200',
    area: '',
    protocol: 'modbus',
    enabled: true,
    pollMillis,
    timeoutMillis: 1000,
    commTimeoutSeconds: null,
    commSeverity: 'warning',
    livenessCounts: true,
    connection: {},
    demo: false,
  },
  config,
  points,
}
const context = recordedContext()

let good = 0
let polls = 0
const problems = new Map<string, number>()
let session: Session | undefined
const report = (): void => {
  const share = polls === 0 ? 0 : (100 * good) / polls
  console.log(
    `${new Date().toISOString()} ${polls} polls, ${good} good (${share.toFixed(3)} %), ${server.accepted} connections, problems ${JSON.stringify(Object.fromEntries(problems))}`,
  )
}

console.log(
  `S7-1200 emulated: poll ${pollMillis} ms, heartbeat ${heartbeatSeconds} s, idle drop ${idleDropMillis} ms, ${seconds} s; ${machine()}`,
)
const started = performance.now()
let due = started
let nextReport = started + 60_000
while (performance.now() - started < seconds * 1000) {
  polls++
  try {
    session ??= await driver.connect(plan, context)
    await session.poll?.(systemClock.now(), context.signal)
    good++
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    problems.set(message, (problems.get(message) ?? 0) + 1)
    await session?.[Symbol.asyncDispose]()
    session = undefined
  }
  if (performance.now() >= nextReport) {
    report()
    nextReport += 60_000
  }
  due += pollMillis
  await delay(Math.max(0, due - performance.now()))
}
report()
await session?.[Symbol.asyncDispose]()

/** Twenty tags with a hole between them, so that a poll is two requests. */
function tagAt(index: number): Tag {
  return {
    id: index + 1,
    deviceId: 1,
    name: `T${index}`,
    address: `HR${index < 10 ? index * 2 : 60 + index * 2}`,
    settings: { dataType: 'float' },
    kind: 'analog',
    unit: '',
    decimals: 2,
    scale: 1,
    offset: 0,
    deadband: 0,
    stateText: null,
    enabled: true,
  }
}
