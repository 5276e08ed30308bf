import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createDriver } from '#drivers/modbus/driver.ts'
import { InquiryKind } from '#drivers/inquiry.ts'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { runDriver } from '#ingest/runtime.ts'
import { ask } from '#api/ask.ts'
import { addTags, saveDevice } from '#plant/configure.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import { type Bank, ModbusServer } from '../../simulator/modbus-server.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'

interface Figures {
  readonly state: { readonly status: string }
  readonly polls: { readonly ok: number; readonly failed: number; readonly missedSlots: number }
}

test('one dead and one slow device among twenty: the other eighteen keep 99 % of their rate', async (t) => {
  await using database = await testDatabase()
  const { db } = database
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'synctide-neighbours-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const holding = new Uint16Array(20)
  const bank: Bank = { holding, input: holding, coils: new Uint8Array(0), discrete: new Uint8Array(0) }
  const ids: number[] = []
  for (let nth = 0; nth < 20; nth += 1) {
    const server = stack.use(await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) }))
    // the dead one accepts and says nothing; the slow one answers after a second, within its time-out
    if (nth === 0) await server.setFault('silent')
    if (nth === 1) await server.setFault('slow')
    const body = { code: `D-${nth}`, name: `D-${nth}`, protocol: 'modbus', pollMillis: 500, timeoutMillis: nth === 1 ? 2000 : 500 }
    const device = await saveDevice(db, 'all', null, deviceShape.parse({ ...body, connection: { host: '127.0.0.1', port: server.port } }))
    await addTags(db, 'all', device.id, [tagShape.parse({ name: 'T', address: 'HR0' })])
    ids.push(device.id)
  }
  const stop = new AbortController()
  const log = createLogger('driver-modbus', () => undefined)
  const running = runDriver({
    driver: createDriver(),
    source: 'driver-modbus',
    db,
    dataFolder: folder,
    clock: systemClock,
    log,
    signal: stop.signal,
  })
  stack.defer(async () => {
    stop.abort()
    await running
  })
  const figures = async (): Promise<readonly Figures[]> =>
    await Promise.all(
      ids.map(async (deviceId) => (await ask(db, 'modbus', { kind: InquiryKind.Diagnose, body: { deviceId } }, 10_000)) as Figures),
    )
  const first = await until('every healthy device is polled', async () => {
    const all = await figures().catch(() => undefined)
    return all?.slice(2).every((one) => one.polls.ok > 0) === true ? all : undefined
  })
  // a machine that other work keeps busy misses slots of all alike: a while in which it does not is waited for
  let begun = first
  const last = await until(
    'twenty slots went by, nearly all of them used',
    async () => {
      const all = await figures()
      const grown = (pick: (one: Figures) => number): readonly number[] =>
        all.slice(2).map((one, index) => pick(one) - pick(begun[index + 2] ?? one))
      const ok = grown((one) => one.polls.ok)
      const missed = grown((one) => one.polls.missedSlots + one.polls.failed)
      if (!ok.every((polls, index) => polls + (missed[index] ?? 0) >= 20)) return undefined
      const [used, lost] = [ok, missed].map((all) => all.reduce((sum, one) => sum + one, 0))
      t.diagnostic(`${used} polls, ${lost} slots missed or failed`)
      begun = all
      return (lost ?? 0) <= 0.01 * ((used ?? 0) + (lost ?? 0)) ? all : undefined
    },
    120_000,
  )
  assert.equal(last[0]?.polls.ok, 0, 'the dead one was dead')
  assert.ok((last[1]?.polls.missedSlots ?? 0) > 0, 'the slow one was slow')
  assert.ok(last.slice(2).every((one) => one.state.status === 'online'))
})
