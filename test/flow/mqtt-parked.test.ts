import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createDriver } from '#drivers/mqtt/driver.ts'
import { until } from '../support/installation.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { mqttPlan } from '../support/mqtt-device.ts'
import { recordedContext } from '../support/session-context.ts'

test('a message for a device that never came before the process died is not lost: it was on disk when mosquitto forgot it', async () => {
  await using broker = await startMosquitto()
  const folder = mkdtempSync(join(tmpdir(), 'synctide-parked-'))
  const settings = { port: broker.port, clientId: 'parking' }
  const connect = async (driver: ReturnType<typeof createDriver>, topic: string) => {
    const context = recordedContext({ folder })
    return { context, session: await driver.connect(mqttPlan(settings, {}, [[topic]]), context) }
  }
  const ended = (): number => broker.log().match(/Client parking .*disconnected/g)?.length ?? 0
  /** Ends a link as a dying process does: nothing is unsubscribed. */
  const gone = async (...sessions: readonly AsyncDisposable[]): Promise<void> => {
    const before = ended()
    for (const session of sessions) await session[Symbol.asyncDispose]()
    await until('mosquitto to see it go', () => (ended() > before ? true : undefined))
  }
  try {
    const first = createDriver()
    await gone((await connect(first, 'a')).session, (await connect(first, 'b')).session)
    await broker.publish('b', '42', '-q', '1')
    const second = await connect(createDriver(), 'a')
    const file = join(folder, 'parked-B1.jsonl')
    await until('it to be parked', () => (existsSync(file) ? true : undefined))
    const parkedAt = Date.now() * 1000
    // the acknowledgement is on its way
    await until('its acknowledgement', () => (broker.log().includes('Received PUBACK from parking') ? true : undefined))
    await gone(second.session)

    const third = createDriver()
    const a = await connect(third, 'a')
    const b = await connect(third, 'b')
    await b.context.until(() => b.context.emitted.length > 0, 'the message')
    const [sample] = b.context.emitted
    assert.equal(sample?.value, 42)
    assert.ok(sample.sourceTimestamp <= parkedAt, 'the time at which it came')
    await until('it to be forgotten', () => (existsSync(file) ? undefined : true))
    await gone(a.session, b.session)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
