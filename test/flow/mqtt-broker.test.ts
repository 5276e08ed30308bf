import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ConfigError } from '#base/errors.ts'
import { runBroker } from '#broker/run-broker.ts'
import { EmbeddedBroker } from '#broker/embedded-broker.ts'
import { MosquittoBroker } from '#broker/mosquitto-broker.ts'
import { parseBroker } from '#drivers/mqtt/broker-config.ts'
import { createDriver } from '#drivers/mqtt/driver.ts'
import { createLogger } from '#host/log.ts'
import { openKey, seal } from '#host/secrets.ts'
import { findBrokerByCode, insertBroker, updateBroker } from '#store/brokers.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { freePort } from '../support/mosquitto.ts'
import { mqttPlan } from '../support/mqtt-device.ts'
import { recordedContext } from '../support/session-context.ts'

const run = promisify(execFile)
const quiet = createLogger('broker', () => undefined)
const pub = async (port: number, ...args: readonly string[]): Promise<unknown> =>
  await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), ...args])
const sub = async (port: number, ...args: readonly string[]): Promise<string> =>
  (await run('mosquitto_sub', ['-h', '127.0.0.1', '-p', String(port), '-W', '5', ...args])).stdout

for (const [name, mosquitto] of [
  ['the broker inside', null],
  ['Mosquitto', '/usr/sbin/mosquitto'],
] as const) {
  test(`${name} of the settings: only when it is enabled, with its password, and what it holds survives a restart`, async () => {
    await using t = await testDatabase()
    await using stack = new AsyncDisposableStack()
    const dataFolder = mkdtempSync(join(tmpdir(), 'synctide-broker-'))
    try {
      const lines: string[] = []
      const log = createLogger('broker', (line) => lines.push(line))
      const port = await freePort()
      const settings = { bundled: true, port, username: 'plant' }
      const sealed = { sealed: seal(openKey(dataFolder), JSON.stringify({ password: 'sesame-8' })), names: ['password'] }
      const broker = await insertBroker(t.db, { code: 'IN', name: 'Inside', protocol: 'mqtt', enabled: false, settings }, sealed)
      const start = () => {
        const stop = new AbortController()
        const ended = runBroker({ db: t.db, dataFolder, mosquitto, log, signal: stop.signal })
        return async () => {
          stop.abort()
          await ended
        }
      }
      const listening = (): number => lines.filter((line) => line.includes('broker.listening')).length
      let stop = start()
      stack.defer(async () => await stop())
      await updateBroker(t.db, broker.id, { ...broker, name: 'Still off' })
      await assert.rejects(pub(port, '-t', 'x', '-m', '1'), 'a broker that is not enabled does not listen')
      await updateBroker(t.db, broker.id, { ...broker, enabled: true })
      await until('it listens', () => (listening() === 1 ? true : undefined))
      const login = ['-u', 'plant', '-P', 'sesame-8']
      await assert.rejects(pub(port, '-t', 'x', '-m', '1', '-u', 'plant', '-P', 'wrong'), /not authori[sz]ed|Bad user name/i)
      await assert.rejects(pub(port, '-t', 'x', '-m', '1'))

      await pub(port, ...login, '-t', 'kept', '-m', 'for good', '-r')
      await sub(port, ...login, '-i', 'sleeper', '-c', '-q', '1', '-t', 'queue/#', '-E')
      for (const value of ['1', '2', '3']) await pub(port, ...login, '-t', 'queue/a', '-m', value, '-q', '1')
      await stop()
      stop = start()
      await until('it listens again', () => (listening() === 2 ? true : undefined))
      assert.equal(await sub(port, ...login, '-t', 'kept', '-C', '1'), 'for good\n')
      assert.equal(await sub(port, ...login, '-i', 'sleeper', '-c', '-q', '1', '-t', 'queue/#', '-C', '3'), '1\n2\n3\n')

      if (mosquitto !== null) {
        process.kill(Number(readFileSync(join(dataFolder, 'broker/IN.mosquitto/pid'), 'utf8')), 'SIGKILL')
        await until('it is started again', () => (listening() === 3 ? true : undefined))
        await pub(port, ...login, '-t', 'x', '-m', '1')
      }

      assert.ok((await findBrokerByCode(t.db, 'mqtt', 'in'))?.enabled)
      await updateBroker(t.db, broker.id, { ...broker, enabled: false })
      await until('it stops', () => (lines.filter((line) => line.includes('broker.stopped')).length === 2 ? true : undefined))
      await assert.rejects(pub(port, ...login, '-t', 'x', '-m', '1'))
      assert.ok(!lines.join('\n').includes('sesame-8'))
    } finally {
      rmSync(dataFolder, { recursive: true, force: true })
    }
  })
}

test('a Mosquitto that outlived us is ended; what does not run is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-broker-'))
  const config = { ...parseBroker({ bundled: true }), port: await freePort() }
  const start = async (program = '/usr/sbin/mosquitto', log = quiet) => await MosquittoBroker.start({ program, folder, config, log })
  const pid = (): number => Number(readFileSync(join(folder, 'pid'), 'utf8'))
  try {
    const first = await start()
    await pub(first.port, '-t', 'kept', '-m', 'for good', '-r')
    const orphan = pid()
    // as the process after one that was killed
    await using second = await start()
    assert.match(await first.ended, /exit code 0/)
    assert.notEqual(pid(), orphan)
    assert.equal(await sub(second.port, '-t', 'kept', '-C', '1'), 'for good\n')
    process.kill(pid(), 'SIGKILL')
    assert.match(await second.ended, /SIGKILL/)
    await using taken = createServer().listen(config.port, '127.0.0.1')
    await once(taken, 'listening')
    await assert.rejects(start(), (error) => error instanceof ConfigError && error.field === 'port' && /is taken/.test(error.message))
    const forged = MosquittoBroker.start({ program: '/usr/sbin/mosquitto', folder, config: { ...config, username: 'a\nb' }, log: quiet })
    await assert.rejects(forged, (error) => error instanceof ConfigError && error.field === 'username')
    await assert.rejects(start('/nowhere/mosquitto'), (error) => error instanceof ConfigError && /ENOENT/.test(error.message))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('our driver and mosquitto_pub meet at the embedded broker; $SYS and bad settings are refused', async () => {
  const config = { ...parseBroker({ bundled: true }), port: await freePort() }
  await using broker = await EmbeddedBroker.start({ config, log: quiet })
  const folder = mkdtempSync(join(tmpdir(), 'synctide-mqtt-'))
  const context = recordedContext({ folder })
  await using _ = await createDriver().connect(mqttPlan({ host: '', bundled: true, port: broker.state.port }, {}, [['a']]), context)
  for (let value = 0; value < 20; value++) await pub(broker.state.port, '-t', 'a', '-m', String(value), '-q', String(value % 3))
  await context.until(() => context.emitted.length === 20, 'twenty values')
  assert.deepEqual(
    context.emitted.map(({ value }) => value),
    Array.from({ length: 20 }, (_, index) => index),
  )
  await until('all are acknowledged', () => (broker.state.queued === 0 ? true : undefined))
  rmSync(folder, { recursive: true, force: true })
})
