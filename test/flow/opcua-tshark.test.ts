import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { FrameDirection } from '#drivers/driver.ts'
import { createDriver } from '#drivers/opcua/driver.ts'
import { until } from '../support/installation.ts'
import { opcuaPlan } from '../support/opcua-device.ts'
import { PLANT, TestServer } from '../support/opcua-server.ts'
import { recordedContext } from '../support/session-context.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'
import { type Packet, tshark } from '../support/tshark.ts'

const folder = mkdtempSync(join(tmpdir(), 'synctide-opcua-tshark-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Cuts what passed into chunks, as their headers say (Part 6, 7.1.2.2). */
class Chunks {
  readonly packets: Packet[] = []
  readonly #rest: Record<FrameDirection, Buffer> = { sent: Buffer.alloc(0), received: Buffer.alloc(0) }

  passed(direction: FrameDirection, bytes: Buffer): Buffer {
    let rest = Buffer.concat([this.#rest[direction], bytes])
    while (rest.length >= 8 && rest.length >= rest.readUInt32LE(4)) {
      const size = rest.readUInt32LE(4)
      this.packets.push({ direction, bytes: rest.subarray(0, size) })
      rest = rest.subarray(size)
    }
    this.#rest[direction] = rest
    return bytes
  }
}

test('a whole conversation: tshark finds nothing malformed, and reads every value as we do', async () => {
  await using server = await TestServer.start({ variables: 20 })
  const wire = new Chunks()
  await using cable = await TcpProxy.start(server.port, (direction, bytes) => wire.passed(direction, bytes))
  const stop = new AbortController()
  const context = recordedContext({ folder, signal: stop.signal })
  const names = Array.from({ length: 20 }, (_, index) => `P${String(index + 1).padStart(4, '0')}`)
  const tags = [...names, 'Flow', 'Running', 'Total', 'Signed', 'Text', 'Levels[2]', 'Nope'].map(
    (name) => [`nsu=${PLANT};s=${name}`] as const,
  )
  const login = { identity: 'userName', userName: 'op', password: 'secret' }
  const plan = opcuaPlan({ endpointUrl: `opc.tcp://127.0.0.1:${cable.port}`, samplingInterval: 0 }, tags)
  const driver = createDriver()
  // refused: anonymous only
  await assert.rejects(async () => await driver.connect(opcuaPlan({ ...plan.config, ...login }, []), context))
  const session = await driver.connect(plan, context)
  await context.until(() => plan.points.every(({ tag }) => context.emitted.some((one) => one.tagId === tag.id)), 'a sample of each tag')
  for (let round = 1; round <= 10; round++) {
    for (const [index, name] of names.entries()) server.set(name, round * 1000 + index + 0.5)
    await context.until(() => context.emitted.some(({ value }) => value === round * 1000 + 19.5), 'the changes')
  }
  // browse with continuation points, Test Connection, then a cable that is pulled: reactivation, Republish, Read
  await driver.browse?.(plan, { parent: null, search: 'p00', cursor: null, limit: 50 }, context)
  await driver.probe(plan, context, () => undefined)
  cable.cut()
  await session.closed
  await session[Symbol.asyncDispose]()
  const again = await driver.connect(plan, context)
  await context.until(() => context.counts.get('resumptions') === 1, 'it goes on')
  await again[Symbol.asyncDispose]()
  stop.abort()
  await until('goodbye', () => (wire.packets.at(-1)?.bytes.subarray(0, 3).toString() === 'CLO' ? true : undefined))

  const fields = ['_ws.malformed', '_ws.expert.severity', 'opcua.transport.type', 'opcua.servicenodeid.numeric', 'opcua.Double']
  const dissected = await tshark(wire.packets, 4840, fields)
  assert.equal(dissected.length, wire.packets.length)
  const services = new Set<string>()
  const doubles = new Set<number>()
  dissected.forEach(([malformed, expert, type, ids, values], nth) => {
    assert.deepEqual(malformed, [], `frame ${nth}`)
    assert.deepEqual(expert, [], `frame ${nth}: tshark has nothing to remark`)
    assert.equal(type?.[0], wire.packets[nth]?.bytes.subarray(0, 3).toString())
    for (const id of ids ?? []) services.add(id)
    for (const value of values ?? []) doubles.add(Number(value))
  })
  // CreateSession, ActivateSession, CloseSession, Browse, Read, CreateMonitoredItems, CreateSubscription, Publish, Republish, DeleteSubscriptions
  for (const id of [461, 467, 473, 527, 631, 751, 787, 826, 832, 847]) assert.ok(services.has(String(id)), `service ${id}`)
  for (const { value } of context.emitted) if (typeof value === 'number' && value % 1 === 0.5) assert.ok(doubles.has(value), `${value}`)
  assert.ok(wire.packets.length > 60)
})
