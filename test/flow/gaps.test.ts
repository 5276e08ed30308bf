import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DriverError } from '#base/errors.ts'
import type { Clock, Micros } from '#base/time.ts'
import type { Gap, GapCause } from '#domain/gap.ts'
import type { Sample } from '#domain/sample.ts'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { runDriver } from '#ingest/runtime.ts'
import { readCompleteness } from '#store/completeness.ts'
import type { Database } from '#store/database.ts'
import { insertDevice, updateDevice } from '#store/devices.ts'
import { addLostGap, listGaps } from '#store/gaps.ts'
import { insertTags, listTags, updateTag } from '#store/tags.ts'
import { sqlTime } from '#store/time.ts'
import { testDatabase } from '../support/database.ts'
import { FakeDriver, sampleOf } from '../support/fake-driver.ts'
import { until } from '../support/installation.ts'

const SECOND = 1_000_000
const DEVICE = {
  code: 'A',
  name: 'A',
  area: '',
  protocol: 'fake',
  enabled: true,
  pollMillis: 100,
  timeoutMillis: 500,
  commTimeoutSeconds: null,
  commSeverity: 'info',
  livenessCounts: true,
  connection: {},
  demo: false,
} as const
const TAG = {
  settings: {},
  kind: 'analog',
  unit: '',
  decimals: 2,
  scale: 1,
  offset: 0,
  deadband: 0,
  stateText: null,
  enabled: true,
} as const

/** A clock that the test can put forward, and a machine that it can hold up: then both go on at once. */
class SteppedClock implements Clock {
  ahead: Micros = 0
  heldUp: Micros = 0
  now = (): Micros => systemClock.now() + this.ahead + this.heldUp
  mono = (): number => systemClock.mono() + this.heldUp / 1000
}

interface Site extends AsyncDisposable {
  readonly db: Database
  readonly deviceId: number
  readonly tagIds: readonly number[]
  readonly driver: FakeDriver
  readonly clock: SteppedClock
  /** A driver process; disposing it ends it. */
  start(): AsyncDisposable
  gaps(): Promise<readonly Gap[]>
  gap(cause: GapCause, ended: boolean): Promise<Gap>
  /** Until so many samples more have come. */
  flows(): Promise<void>
}

async function site(polled = true): Promise<Site> {
  await using made = new AsyncDisposableStack()
  const { db } = made.use(await testDatabase())
  const dataFolder = mkdtempSync(join(tmpdir(), 'synctide-gaps-'))
  made.defer(() => rmSync(dataFolder, { recursive: true, force: true }))
  const { id: deviceId } = await insertDevice(db, DEVICE)
  const tags = await insertTags(
    db,
    deviceId,
    ['One', 'Two'].map((name) => ({ ...TAG, name, address: name })),
  )
  const tagIds = tags.map((tag) => tag.id)
  const driver = new FakeDriver()
  // values that never change: report by exception stores only what it must
  if (polled) driver.poll = async (plan, tick): Promise<readonly Sample[]> => plan.points.map((_, index) => sampleOf(plan, index, 7, tick))
  const clock = new SteppedClock()
  const log = createLogger('driver', () => undefined)
  const gaps = async (): Promise<readonly Gap[]> =>
    await listGaps(db, 'all', { deviceIds: [deviceId], from: 0, to: clock.now() + SECOND }, 100)
  const closing = made.move()
  return {
    db,
    deviceId,
    tagIds,
    driver,
    clock,
    start() {
      const stop = new AbortController()
      const ended = runDriver({ driver, source: 'driver-fake', db, dataFolder, clock, log, signal: stop.signal })
      return {
        async [Symbol.asyncDispose]() {
          stop.abort()
          await ended
        },
      }
    },
    gaps,
    async gap(cause, ended) {
      return await until(
        `a gap by ${cause}`,
        async () => (await gaps()).find((one) => one.cause === cause && (one.to !== null) === ended),
        20_000,
      )
    },
    async flows() {
      const seq = async (): Promise<number> => {
        const [row] = await db.query<{ seq: number }>(`select seq from sources where source = 'driver-fake'`)
        const [state] = await db.query(`select from device_states where status = 'online'`)
        return state === undefined ? 0 : (row?.seq ?? 0)
      }
      await until('the device is online', async () => ((await seq()) > 0 ? true : undefined))
      const before = await seq()
      await until('deliveries', async () => ((await seq()) > before + 1 ? true : undefined))
    },
    [Symbol.asyncDispose]: async () => await closing.disposeAsync(),
  }
}

/** Seconds of [from, to) in which no value of the tag is known. */
async function unknown({ db, clock }: Site, tagId: number, from: Micros, to: Micros): Promise<number> {
  const [share] = await readCompleteness(db, 'all', { id: tagId, kind: 'analog' }, Float64Array.of(from, to), clock.now())
  return ((1 - (share ?? 1)) * (to - from)) / SECOND
}

test('a black hole: the gap begins with the first attempt that failed and ends with the first answer; history says the same', async () => {
  await using s = await site()
  await using _ = s.start()
  await s.flows()
  const answers = s.driver.poll
  const began = s.clock.now()
  s.driver.sessions.at(-1)?.end()
  s.driver.poll = async () => await Promise.reject(new DriverError('timeout', 'No answer within 500 ms'))
  s.driver.onConnect = () => Promise.reject(new DriverError('timeout', 'No answer within 500 ms'))
  const open = await s.gap('link', false)
  assert.ok(Math.abs(open.from - began) < 0.5 * SECOND, `${(open.from - began) / SECOND} s`)
  assert.match(open.problem ?? '', /No answer within 500 ms/)
  s.driver.poll = answers
  s.driver.onConnect = () => undefined
  const { from, to } = await s.gap('link', true)
  await s.flows()
  const length = ((to ?? 0) - from) / SECOND
  assert.ok(length > 1, `${length} s`)
  for (const tagId of s.tagIds) {
    const missing = await unknown(s, tagId, from - SECOND / 10, (to ?? 0) + SECOND / 10)
    assert.ok(Math.abs(missing - length) < 0.25, `${missing} s of ${length} are unknown`)
  }
  assert.equal((await s.gaps()).length, 1)
})

test('a device that answers and refuses everything is to blame itself', async () => {
  await using s = await site()
  await using _ = s.start()
  await s.flows()
  s.driver.poll = async () => await Promise.reject(new DriverError('protocol', 'What it says makes no sense'))
  s.driver.sessions.at(-1)?.end()
  assert.equal((await s.gap('device', false)).tagId, null)
})

test('a process that did not run: from its last delivery to the first answer, and nothing of a device that is switched off', async () => {
  await using s = await site()
  const off = await insertDevice(s.db, { ...DEVICE, code: 'OFF', enabled: false })
  {
    await using _ = s.start()
    await s.flows()
  }
  assert.deepEqual(await s.gaps(), [])
  // as if it had been killed an hour ago: neither the database nor the process was told of an end
  const [last] = await s.db.query<{ at: Micros }>(`select max(received_at) as at from sources`)
  s.clock.ahead = 3600 * SECOND
  await using _ = s.start()
  const gap = await s.gap('process', true)
  await s.flows()
  assert.equal(gap.from, last?.at)
  const length = ((gap.to ?? 0) - gap.from) / SECOND
  assert.ok(length > 3599 && length < 3610, `${length} s`)
  const missing = await unknown(s, s.tagIds[0] ?? 0, gap.from, (gap.to ?? 0) + SECOND / 10)
  assert.ok(Math.abs(missing - length) < 0.25, `${missing} s of ${length} are unknown`)
  const causes = (await listGaps(s.db, 'all', { deviceIds: [off.id], from: 0, to: s.clock.now() }, 10)).map((one) => one.cause)
  assert.deepEqual(causes, ['disabled'])
})

/** Half an hour of which nobody knows, for sources that are polled and for those that send by themselves. */
async function lookedAway(cause: GapCause, step: (clock: SteppedClock) => void): Promise<void> {
  for (const polled of [true, false]) {
    await using s = await site(polled)
    await using _ = s.start()
    if (!polled) {
      const { plan, context } = await until('a session', () => s.driver.sessions[0])
      context.emit([sampleOf(plan, 0, 7, s.clock.now()), sampleOf(plan, 1, 8, s.clock.now())])
    }
    await s.flows()
    const before = s.clock.now()
    step(s.clock)
    if (!polled) {
      await s.gap(cause, false)
      // no value, but a sign of life: what was told last still holds
      s.driver.sessions[0]?.context.alive(s.clock.now())
    }
    const { from, to } = await s.gap(cause, true)
    assert.ok(Math.abs(from - before) < 2 * SECOND)
    for (const tagId of s.tagIds) {
      const after = (to ?? 0) + 2 * SECOND
      await until('the clock is past it', () => (s.clock.now() > after ? true : undefined))
      const missing = await unknown(s, tagId, from, after)
      assert.ok(missing > 1797 && missing < 1802, `${missing} s are unknown`)
    }
  }
}

test('a clock that is put forward makes a gap of its own kind', async () => {
  await lookedAway('clock', (clock) => (clock.ahead = 1800 * SECOND))
})

test('a machine that stood still, as one whose image is taken, makes a gap of the process', async () => {
  await lookedAway('process', (clock) => (clock.heldUp = 1800 * SECOND))
})

test('switched off: a device, a tag', async () => {
  await using s = await site()
  await using _ = s.start()
  await s.flows()
  await updateDevice(s.db, s.deviceId, { ...DEVICE, enabled: false })
  const open = await s.gap('disabled', false)
  assert.equal(open.tagId, null)
  await updateDevice(s.db, s.deviceId, DEVICE)
  await s.gap('disabled', true)
  const [, two] = await listTags(s.db, 'all', { deviceId: s.deviceId })
  assert.ok(two)
  await updateTag(s.db, two.id, { ...two, enabled: false })
  const ofTag = await s.gap('disabled', false)
  assert.equal(ofTag.tagId, two.id)
  await s.flows()
  assert.ok((await unknown(s, two.id, ofTag.from, s.clock.now())) > 0)
  assert.ok((await unknown(s, s.tagIds[0] ?? 0, ofTag.from + SECOND, s.clock.now())) < 0.01)
  await updateTag(s.db, two.id, two)
  await until('it is read again', async () => ((await s.gaps()).every((one) => one.to !== null) ? true : undefined))
})

test('what found no room in the spool is the fault of the database', async () => {
  await using s = await site()
  await using _ = s.start()
  await s.flows()
  const at = s.clock.now()
  await addLostGap(s.db, 'fake', { from: at - 60 * SECOND, to: at - 30 * SECOND })
  const gap = await s.gap('database', true)
  assert.deepEqual([gap.from, gap.to], [at - 60 * SECOND, at - 30 * SECOND + 1000])
})

test('a standing gap of a device that is edited meanwhile stays one', async () => {
  await using s = await site()
  s.driver.onConnect = () => Promise.reject(new DriverError('connect', 'Nobody there'))
  await using _ = s.start()
  const { from } = await s.gap('link', false)
  await updateDevice(s.db, s.deviceId, { ...DEVICE, name: 'edited' })
  s.driver.onConnect = () => undefined
  const healed = await s.gap('link', true)
  assert.equal(healed.from, from)
  assert.equal((await s.gaps()).length, 1, JSON.stringify(await s.gaps()))
})

test('local days have 23, 24 and 25 hours', async () => {
  await using s = await site()
  const [tagId = 0] = s.tagIds
  // Lisbon put its clocks back on 26 October 2025 and forward on 30 March 2025; half of each of these days is known
  for (const [day, hours] of [
    ['2025-03-30', 23],
    ['2025-05-01', 24],
    ['2025-10-26', 25],
  ] as const) {
    const begin = Temporal.PlainDate.from(day).toZonedDateTime('Europe/Lisbon')
    const edges = [begin, begin.add({ days: 1 })].map((at) => Number(at.epochNanoseconds / 1000n))
    const [from = 0, to = 0] = edges
    assert.equal((to - from) / SECOND, hours * 3600)
    await s.db.query(
      `insert into late_samples (tag_id, time_stamp, value, quality) values ($1, $2::timestamptz - interval '1 s', 1, 0), ($1, $3, null, 2)`,
      [tagId, sqlTime(from), sqlTime((from + to) / 2)],
    )
    const [share] = await readCompleteness(s.db, 'all', { id: tagId, kind: 'analog' }, Float64Array.from(edges), s.clock.now())
    assert.equal(share, 0.5, day)
  }
})
