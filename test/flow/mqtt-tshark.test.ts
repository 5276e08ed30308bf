import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { EmbeddedBroker } from '#broker/embedded-broker.ts'
import { parseBroker } from '#drivers/mqtt/broker-config.ts'
import { DataType } from '#drivers/mqtt/core/sparkplug-payload.ts'
import { createDriver } from '#drivers/mqtt/driver.ts'
import { createLogger } from '#host/log.ts'
import { SimulatedSparkplugNode } from '../../simulator/sparkplug-node.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { mqttPlan } from '../support/mqtt-device.ts'
import { recordedContext } from '../support/session-context.ts'
import { type Packet, tshark } from '../support/tshark.ts'

/** Passes on what goes over every connection to a port, and writes it down connection by connection. */
async function tap(port: number): Promise<{ readonly port: number; readonly packets: Packet[][] } & AsyncDisposable> {
  const packets: Packet[][] = []
  const server = createServer((client) => {
    const own: Packet[] = []
    packets.push(own)
    const broker = connect(port, '127.0.0.1')
    for (const [from, to, direction] of [
      [client, broker, 'sent'],
      [broker, client, 'received'],
    ] as const) {
      from.on('data', (chunk) => {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
        own.push({ direction, bytes })
        to.write(bytes)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    packets,
    [Symbol.asyncDispose]: async () => await new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

async function embedded(): Promise<{ readonly port: number } & AsyncDisposable> {
  const config = { ...parseBroker({ bundled: true, port: 1 }), port: 0 }
  const broker = await EmbeddedBroker.start({ config, log: createLogger('broker', () => undefined) })
  return { port: broker.state.port, [Symbol.asyncDispose]: async () => await broker[Symbol.asyncDispose]() }
}

for (const [name, start, versions] of [
  ['the embedded broker', embedded, ['3.1.1']],
  ['mosquitto', startMosquitto, ['3.1.1', '5']],
] as const) {
  test(`tshark finds nothing malformed between our driver and ${name}: plain topics in MQTT ${versions.join(' and ')}, Sparkplug from birth to death`, async () => {
    await using broker = await start()
    const folder = mkdtempSync(join(tmpdir(), 'synctide-tshark-'))
    try {
      await using wire = await tap(broker.port)
      for (const version of versions) {
        const context = recordedContext({ folder })
        const tags = [
          ['plant/a', { path: 'v' }],
          ['plant/+/b', {}],
        ] as const
        const session = await createDriver().connect(mqttPlan({ port: wire.port, version, clientId: `t${version}` }, {}, tags), context)
        const speaker = recordedContext({ folder })
        const other = await createDriver().connect(
          mqttPlan({ port: wire.port, version, clientId: `o${version}` }, { qos: 0 }, [['plant/#']]),
          speaker,
        )
        await using node = await SimulatedSparkplugNode.start({
          url: `mqtt://127.0.0.1:${wire.port}`,
          groupId: 'G',
          edgeNodeId: `N${version}`,
          metrics: [{ name: 'Flow', dataType: DataType.Double, value: 1 }],
        })
        const sparkplug = recordedContext({ folder })
        const connection = { kind: 'sparkplug', groupId: 'G', edgeNodeId: `N${version}` }
        const host = await createDriver().connect(
          mqttPlan({ port: wire.port, version, clientId: `h${version}` }, connection, [['Flow']]),
          sparkplug,
        )
        await sparkplug.until(() => sparkplug.emitted.length > 0, `its birth in MQTT ${version}`)
        for (let value = 0; value < 20; value++) await node.set(null, 'Flow', value)
        await sparkplug.until(() => sparkplug.emitted.at(-1)?.value === 19, 'its data')
        await host[Symbol.asyncDispose]()
        await session[Symbol.asyncDispose]()
        await other[Symbol.asyncDispose]()
      }
      const kinds = new Set<string>()
      for (const packets of wire.packets) {
        const dissected = await tshark(packets, 1883, ['_ws.malformed', 'mqtt.msgtype', 'mqtt.topic'])
        for (const [nth, [malformed, types, topics]] of dissected.entries()) {
          // the JSON of STATE (Sparkplug 3.0, 6.4.6.1) is taken for protobuf by Debian's tshark 4.0
          if (topics?.some((topic) => topic.startsWith('spBv1.0/STATE/')) === true) continue
          const { direction, bytes } = packets[nth] ?? { direction: '', bytes: new Uint8Array() }
          assert.deepEqual(malformed, [], `${direction} ${Buffer.from(bytes).toString('hex')}`)
          for (const type of types ?? []) kinds.add(type)
        }
      }
      // CONNECT, CONNACK, PUBLISH, SUBSCRIBE, SUBACK, DISCONNECT
      for (const type of ['1', '2', '3', '8', '9', '14']) assert.ok(kinds.has(type), `type ${type} of ${[...kinds].join(', ')}`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
