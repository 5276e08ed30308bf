// From a change at an OPC UA server to the value in a tab: node bench/opcua-live.ts [--seconds 30] [--items 2500] [--publishing 100]
// A whole installation subscribes to all items; a tenth of them changes at once every 1.5 s; the source timestamp says when.
import type { LiveMessage } from '#api/contract/live.ts'
import { systemClock } from '#host/clock.ts'
import { setUp, startInstallation, until } from '../test/support/installation.ts'
import { machine, option, quantile } from './machine.ts'
import { nameOf, serve } from '../test/support/served-opcua.ts'

const seconds = option('seconds', 30)
const items = option('items', 2500)
const publishingInterval = option('publishing', 100)

await using server = await serve(items, { call: 1000 })
await using installation = await startInstallation()
const session = await setUp(installation)
const connection = { endpointUrl: server.endpointUrl, securityPolicy: 'None', publishingInterval, samplingInterval: 0 }
const device = await session.call('POST /api/devices', { body: { code: 'PLC', name: 'PLC', protocol: 'opcua', connection } })
const tags: number[] = []
for (let at = 0; at < items; at += 500) {
  const names = Array.from({ length: Math.min(500, items - at) }, (_, index) => nameOf(at + index))
  const body = { tags: names.map((name) => ({ name, address: `nsu=urn:test:plant;s=${name}` })) }
  const added = await session.call('POST /api/devices/:id/tags', { params: { id: device.id }, body })
  tags.push(...added.tags.map((tag) => tag.id))
}

const latencies: number[] = []
const seen = new Set<number>()
let counting = false
const socket = session.live()
await new Promise((resolve) => socket.once('open', resolve))
socket.on('message', (data: Buffer) => {
  const at = systemClock.now()
  const message = JSON.parse(data.toString('utf8')) as LiveMessage
  if (message.type !== 'values') return
  for (const [tagId, , , sourceTimestamp] of message.values) {
    seen.add(tagId)
    if (counting && !message.snapshot) latencies.push((at - sourceTimestamp) / 1000)
  }
})
socket.send(JSON.stringify({ type: 'subscribe', tagIds: tags }))
await until('every tag to arrive', () => (seen.size === items ? true : undefined), 60_000)
// what was read at the start has old source times
await new Promise((resolve) => setTimeout(resolve, 3000))
counting = true
server.change(items / 10, 1500)
await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
counting = false
server.change(0, 0)
socket.close()

console.log(machine())
console.log(
  `change at the server to the tab, ${items} items published each ${publishingInterval} ms: p50 ${quantile(latencies, 0.5).toFixed(0)} ms, p99 ${quantile(latencies, 0.99).toFixed(0)} ms, worst ${Math.max(...latencies).toFixed(0)} ms (${latencies.length} values; aim: under 1 s)`,
)
