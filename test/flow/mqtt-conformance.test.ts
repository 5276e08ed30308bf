import { connectAsync } from 'mqtt'
import { createDriver } from '#drivers/mqtt/driver.ts'
import { DataType } from '#drivers/mqtt/core/sparkplug-payload.ts'
import { SimulatedSparkplugNode } from '../../simulator/sparkplug-node.ts'
import { type ConformancePeer, conformance } from '../support/conformance.ts'
import { startMosquitto } from '../support/mosquitto.ts'

const shared = (port: number) => ({ settings: { host: '127.0.0.1', port, keepaliveSeconds: 2 } })

/** A device that tells its value again and again, as most do. */
async function topics(): Promise<ConformancePeer> {
  const broker = await startMosquitto(['allow_anonymous true', 'max_queued_messages 100000'])
  const device = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId: 'device', reconnectPeriod: 50 })
  device.on('error', () => undefined)
  let values: number | undefined
  const tell = (): void => {
    if (values === undefined || !device.connected) return
    device.publish('plant/first', String(values), { qos: 1 })
    device.publish('plant/second', '1', { qos: 0 })
  }
  const timer = setInterval(tell, 200)
  return {
    port: broker.port,
    set(value) {
      values = value
      tell()
    },
    async flood(count) {
      values = undefined
      await Promise.all(
        Array.from({ length: count }, async (_, index) => await device.publishAsync('plant/first', String(index + 1), { qos: 1 })),
      )
    },
    async restart() {
      await broker.kill()
      await broker.restart()
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await device.endAsync(true)
      await broker[Symbol.asyncDispose]()
    },
  }
}

async function edgeNode(): Promise<ConformancePeer> {
  const broker = await startMosquitto()
  const node = await SimulatedSparkplugNode.start({
    url: `mqtt://127.0.0.1:${broker.port}`,
    groupId: 'G',
    edgeNodeId: 'N',
    metrics: [
      { name: 'First', dataType: DataType.Int32, value: 0 },
      { name: 'Second', dataType: DataType.Double, value: 1.5 },
    ],
  })
  return {
    port: broker.port,
    set: async (value) => await node.set(null, 'First', value),
    async [Symbol.asyncDispose]() {
      await node[Symbol.asyncDispose]()
      await broker[Symbol.asyncDispose]()
    },
  }
}

const skip = { leaks: 'a link waits half a second for a device that is edited, so that there is no new connection: see mqtt-link' }

conformance('mqtt topics', {
  driver: createDriver,
  peer: topics,
  connection: () => ({ broker: 'SHARED', topicPrefix: 'plant' }),
  shared,
  tags: [
    { name: 'First', address: 'first', settings: {} },
    { name: 'Second', address: 'second', settings: {} },
  ],
  skip,
})

conformance('mqtt sparkplug', {
  driver: createDriver,
  peer: edgeNode,
  connection: () => ({ broker: 'SHARED', kind: 'sparkplug', groupId: 'G', edgeNodeId: 'N' }),
  shared,
  tags: [
    { name: 'First', address: 'First', settings: {} },
    { name: 'Second', address: 'Second', settings: {} },
  ],
  // the link is the same; each of these waits for the pause between two rebirth requests of a node
  skip: { ...skip, cut: 'as for topics', garbage: 'as for topics', 'half-open': 'as for topics' },
})
