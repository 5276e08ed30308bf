// From a register that changes to the value in a tab: node bench/live.ts [--seconds 60] [--tags 2500]
// A whole installation polls simulated devices each second; every register changes each second; one marker a device changes at
// random moments and its arrival on the WebSocket is timed.
import type { LiveMessage } from '#api/contract/live.ts'
import { setUp, startInstallation, until } from '../test/support/installation.ts'
import { type Bank, ModbusServer } from '../simulator/modbus-server.ts'
import { machine, option, quantile } from './machine.ts'

const seconds = option('seconds', 60)
const tags = option('tags', 2500)
const DEVICES = 25
const POLL_MILLIS = 1000
const perDevice = Math.floor(tags / DEVICES)

const banks = Array.from({ length: DEVICES }, (): Bank => {
  const holding = new Uint16Array(perDevice)
  return { holding, input: holding, coils: new Uint8Array(0), discrete: new Uint8Array(0) }
})
const servers = await Promise.all(banks.map(async (bank) => await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })))
await using installation = await startInstallation()
const session = await setUp(installation)

const markers = new Map<number, number>()
for (const [index, server] of servers.entries()) {
  const device = await session.call('POST /api/devices', {
    body: {
      code: `D-${index}`,
      name: `Device ${index}`,
      protocol: 'modbus',
      pollMillis: POLL_MILLIS,
      connection: { host: '127.0.0.1', port: server.port },
    },
  })
  const added = await session.call('POST /api/devices/:id/tags', {
    params: { id: device.id },
    body: { tags: Array.from({ length: perDevice }, (_, register) => ({ name: `T${register}`, address: `HR${register}` })) },
  })
  const [marker] = added.tags
  if (marker !== undefined) markers.set(marker.id, index)
}

const written = new Map<string, number>()
const latencies: number[] = []
let values = 0
const socket = session.live()
await new Promise((resolve) => socket.once('open', resolve))
socket.on('message', (data: Buffer) => {
  const at = performance.now()
  const message = JSON.parse(data.toString('utf8')) as LiveMessage
  if (message.type !== 'values') return
  values += message.values.length
  for (const [tagId, value] of message.values) {
    const index = markers.get(tagId)
    const since = index === undefined ? undefined : written.get(`${index}/${String(value)}`)
    if (since === undefined) continue
    written.delete(`${index}/${String(value)}`)
    latencies.push(at - since)
  }
})
const { tags: all } = await session.call('GET /api/bootstrap')
socket.send(JSON.stringify({ type: 'subscribe', tagIds: all.map((tag) => tag.id) }))
await until('every tag to arrive', () => (values >= all.length ? true : undefined), 60_000)

let tick = 0
const changing = setInterval(() => {
  tick++
  for (const { holding } of banks) holding.fill(tick % 60_000, 1)
}, 1000)
const marking = banks.map(({ holding }, index) => {
  let count = 0
  const mark = (): NodeJS.Timeout => {
    count++
    holding[0] = count
    written.set(`${index}/${count}`, performance.now())
    // slower than the poll, so that every mark is seen
    timers[index] = setTimeout(mark, 2000 + Math.random() * 1000)
    return timers[index]
  }
  return mark
})
const timers: NodeJS.Timeout[] = []
marking.forEach((mark, index) => (timers[index] = setTimeout(mark, Math.random() * 2000)))
await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
clearInterval(changing)
for (const timer of timers) clearTimeout(timer)
socket.close()
for (const server of servers) await server[Symbol.asyncDispose]()

console.log(machine())
console.log(`${all.length} tags at ${POLL_MILLIS} ms, all changing, ${latencies.length} marks timed in ${seconds} s`)
const [median, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)]
console.log(
  `register change to tab: median ${median.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, worst ${Math.max(...latencies).toFixed(0)} ms`,
)
console.log(`beyond the mean wait for the poll (${POLL_MILLIS / 2} ms): median ${(median - POLL_MILLIS / 2).toFixed(0)} ms`)
console.log(`beyond the poll period (${POLL_MILLIS} ms): p99 ${(p99 - POLL_MILLIS).toFixed(0)} ms (aim: under 250 ms)`)
