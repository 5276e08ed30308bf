import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DriverError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { QualityFlag, QualityReason, QualitySeverity, packQuality, reasonOf, severityOf } from '#domain/sample.ts'
import { systemClock } from '#host/clock.ts'
import { DeviceRig } from '../../test/support/device-rig.ts'
import { FakeDriver, type FakeSession, sampleOf } from '../../test/support/fake-driver.ts'
import { until } from '../../test/support/installation.ts'

const TAGS = [
  { name: 'A', address: 'a', settings: {} },
  { name: 'B', address: 'b', settings: {} },
]
const now = (): Micros => systemClock.now()

function rigOf(
  driver: FakeDriver,
  more: {
    livenessCounts?: boolean
    tags?: typeof TAGS
    secrets?: Record<string, string>
    pollMillis?: number
    afterRestart?: boolean
  } = {},
): DeviceRig {
  return new DeviceRig({ driver, connection: { host: 'x' }, tags: TAGS, ...more })
}
async function session(driver: FakeDriver, nth = 1): Promise<FakeSession> {
  return await until(`session ${nth}`, () => driver.sessions[nth - 1])
}

test('a device that pushes is online with its first word, not with the connection alone', async () => {
  const driver = new FakeDriver()
  await using rig = rigOf(driver)
  const { plan, context } = await session(driver)
  assert.equal(rig.report.status, 'unknown')
  context.emit([sampleOf(plan, 0, 1, now())])
  assert.equal(rig.report.status, 'online')
  assert.equal(rig.newest('A')?.value, 1)
})

test('a conversation that ends is begun again at once, and what came too late from the old one is not believed', async () => {
  const driver = new FakeDriver()
  await using rig = rigOf(driver)
  const first = await session(driver)
  first.context.emit([sampleOf(first.plan, 0, 1, now())])
  const started = performance.now()
  first.end(new DriverError('connect', 'gone'))
  const second = await session(driver, 2)
  assert.ok(performance.now() - started < 4000, 'the first retry waits for no back-off, which is 5 s')
  assert.equal(first.disposed, true)
  first.context.emit([sampleOf(first.plan, 0, 99, now())])
  assert.equal(rig.newest('A')?.value, 1)
  assert.equal(rig.diagnostics.figures().counters['late_emits'], 1)
  second.context.emit([sampleOf(second.plan, 0, 2, now())])
  assert.equal(rig.newest('A')?.value, 2)
})

test('what a broker kept is shown, but is no sign of life', async () => {
  const driver = new FakeDriver()
  await using rig = rigOf(driver)
  const { plan, context } = await session(driver)
  context.emit([sampleOf(plan, 0, 1, now(), QualityFlag.Retained)])
  assert.equal(rig.newest('A')?.value, 1)
  assert.equal(rig.report.newest, null)
  context.emit([sampleOf(plan, 0, 2, now())])
  assert.notEqual(rig.report.newest, null)
})

test('absent: Error and every tag Bad once; null brings it back', async () => {
  const driver = new FakeDriver()
  await using rig = rigOf(driver)
  const { plan, context } = await session(driver)
  context.emit([sampleOf(plan, 0, 1, now()), sampleOf(plan, 1, 2, now())])
  context.absent('The edge node died.')
  context.absent('The edge node died.')
  assert.equal(rig.report.status, 'error')
  assert.equal(rig.report.problem, 'The edge node died.')
  assert.deepEqual(rig.changes, ['lost'])
  const bad = rig.readings.filter(({ sample }) => reasonOf(sample.quality) === QualityReason.CommunicationFailure)
  assert.equal(bad.length, 2)
  assert.equal(severityOf(rig.newest('A')?.quality ?? 0), QualitySeverity.Bad)
  context.absent(null)
  assert.equal(rig.report.status, 'online')
  assert.deepEqual(rig.changes, ['lost', 'recovered'])
  assert.equal(driver.sessions.length, 1, 'the conversation stood all the time')
})

test('a wrong password is not tried again soon: nobody locks an account', async () => {
  const driver = new FakeDriver()
  let tries = 0
  driver.onConnect = () => {
    tries += 1
    throw new DriverError('auth', 'The user name or password is wrong.', { remedy: 'Enter it again.' })
  }
  await using rig = rigOf(driver)
  await until('the refusal', () => (rig.report.status === 'error' ? true : undefined))
  assert.match(rig.report.problem ?? '', /password is wrong.*Enter it again/)
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal(tries, 1)
  rig.loop.retryNow()
  await until('the try that somebody asked for', () => (tries === 2 ? true : undefined))
})

test('a device without a session left is asked again when it said', async () => {
  const driver = new FakeDriver()
  const at: number[] = []
  driver.onConnect = () => {
    at.push(performance.now())
    if (at.length === 1) throw new DriverError('limit', 'No session is left.', { retryAfterMillis: 400 })
  }
  await using _ = rigOf(driver)
  await session(driver)
  const waited = (at[1] ?? 0) - (at[0] ?? 0)
  assert.ok(waited >= 395 && waited < 4500, `${waited} ms`)
})

test('signs of life count or not, as the device is configured; a clock that is ahead does not keep it alive', async () => {
  for (const livenessCounts of [true, false]) {
    const driver = new FakeDriver()
    await using rig = rigOf(driver, { livenessCounts })
    const { plan, context } = await session(driver)
    const before = now()
    context.emit([sampleOf(plan, 0, 1, before - 5_000_000)])
    context.alive(before)
    assert.equal(rig.report.newest, livenessCounts ? before : before - 5_000_000)
    context.emit([sampleOf(plan, 0, 2, before + 86_400_000_000)])
    assert.ok((rig.report.newest ?? 0) <= now(), 'not tomorrow')
  }
})

test('historical samples are stored, never the current value, never a sign of a newest value', async () => {
  const driver = new FakeDriver()
  await using rig = rigOf(driver)
  const { plan, context } = await session(driver)
  const at = now()
  context.emit([sampleOf(plan, 0, 5, at)])
  const { length } = rig.readings
  context.emit([1, 1, 2, 2].map((value, index) => sampleOf(plan, 0, value, at - 3_600_000_000 + index, QualityFlag.Historical)))
  assert.equal(rig.newest('A')?.value, 5)
  assert.equal(rig.report.newest, at)
  assert.deepEqual(
    rig.readings.slice(length).map(({ sample, store }) => [sample.value, store]),
    [1, 1, 2, 2].map((value) => [value, true]),
    'all of them, also the equal ones',
  )
})

test('Bad values that are pushed make the device degraded, an address that is not understood makes its tag Bad', async () => {
  const driver = new FakeDriver()
  await using rig = rigOf(driver, { tags: [...TAGS, { name: 'C', address: 'nowhere', settings: {} }] })
  const { plan, context } = await session(driver)
  await until('the unreadable tag', () => rig.newest('C'))
  assert.equal(reasonOf(rig.newest('C')?.quality ?? 0), QualityReason.Configuration)
  context.emit([sampleOf(plan, 0, 1, now())])
  assert.equal(rig.report.status, 'degraded')
  assert.match(rig.report.problem ?? '', /1 of 3 tags/)
  const quality = packQuality(QualitySeverity.Bad, QualityReason.Invalid)
  context.emit([{ ...sampleOf(plan, 1, null, now()), quality }])
  assert.equal(rig.newest('B')?.quality, quality)
})

test('frames: the last five hundred, cut at 512 bytes, in words, without the secrets', async () => {
  const driver = new FakeDriver()
  await using rig = rigOf(driver, { secrets: { password: 'hunter22' } })
  const { context } = await session(driver)
  const encoder = new TextEncoder()
  for (let nth = 1; nth <= 600; nth += 1) context.frame(nth % 2 === 0 ? 'sent' : 'received', encoder.encode(`frame ${nth} with hunter22`))
  const page = rig.loop.frames(0, 500)
  assert.equal(page.missed, 100)
  assert.equal(page.frames.length, 500)
  assert.equal(page.frames[0]?.text, 'received frame 101 with ********')
  assert.equal(JSON.stringify(page).includes(Buffer.from('hunter22').toString('hex')), false)
  assert.deepEqual(rig.loop.frames(600, 500), { frames: [], missed: 0 })
  context.frame('sent', new Uint8Array(2000))
  const [long] = rig.loop.frames(600, 1).frames
  assert.deepEqual([long?.seq, long?.length, long?.hex.length], [601, 2000, 1024])
})

test('a poll that never comes back, by a driver that does not listen, is given up; the next one has a new session', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const driver = new FakeDriver()
  let polls = 0
  const asked = Promise.withResolvers<void>()
  driver.poll = async (plan, tick) => {
    polls += 1
    if (polls > 1) return [sampleOf(plan, 0, polls, tick)]
    asked.resolve()
    return await new Promise<never>(() => undefined)
  }
  const rig = rigOf(driver)
  const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve))
  // the loop's own waits run on mocked time as well
  for (let step = 0; step < 20; step += 1) {
    t.mock.timers.tick(100)
    await turn()
  }
  await asked.promise
  for (let step = 0; step < 800; step += 1) {
    t.mock.timers.tick(100)
    await turn()
  }
  t.mock.timers.reset()
  assert.ok(polls >= 2)
  assert.equal(driver.sessions[0]?.disposed, true)
  assert.match(rig.diagnostics.figures().lastError?.message ?? '', /given up/)
  await rig[Symbol.asyncDispose]()
})

test('a clock that was set back: after three arrivals in step with ours what the device says is current again, and told as such', async () => {
  const driver = new FakeDriver()
  await using rig = rigOf(driver)
  const { plan, context } = await session(driver)
  const behind = 600_000_000
  context.emit([sampleOf(plan, 0, 1, now()), sampleOf(plan, 1, 1, now())])
  // out of a buffer: ten minutes in one go is no clock
  for (let minute = 0; minute < 10; minute++) context.emit([sampleOf(plan, 0, 50 + minute, now() - behind + minute * 6_000_000)])
  assert.equal(rig.current('A')?.value, 1)
  for (let value = 2; value < 8; value++) {
    context.emit([sampleOf(plan, 0, value, now() - behind)])
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.equal(rig.current('A')?.value, 7)
  assert.equal(rig.current('B')?.value, 1)
  context.emit([sampleOf(plan, 1, 9, now() - behind)])
  assert.equal(rig.current('B')?.value, 9, 'a tag that is heard of later, too')
})

test('a stamp that no clock can have shown is replaced by the arrival', async () => {
  const driver = new FakeDriver()
  await using rig = rigOf(driver)
  const { plan, context } = await session(driver)
  for (const stamp of [Number.NaN, -1, Number.POSITIVE_INFINITY, 8e18]) {
    context.emit([sampleOf(plan, 0, 1, stamp)])
    const newest = rig.newest('A')
    assert.ok(newest !== undefined && Math.abs(newest.sourceTimestamp - now()) < 1_000_000, String(stamp))
    assert.equal(newest.quality, QualityFlag.TimeSubstituted | QualityFlag.TimeInvalid)
  }
})

test('an edit of the tags goes on with the conversation: what is Bad stays known, no value falls between', async () => {
  const driver = new FakeDriver()
  const taken: (readonly string[])[] = []
  const gate = Promise.withResolvers<void>()
  driver.replan = async (addresses) => {
    taken.push(addresses)
    await gate.promise
    return true
  }
  await using rig = rigOf(driver)
  const { plan, context } = await session(driver)
  const quality = packQuality(QualitySeverity.Bad, QualityReason.Invalid)
  context.emit([sampleOf(plan, 0, 1, now()), { ...sampleOf(plan, 1, null, now()), quality }])
  assert.equal(rig.report.status, 'degraded')
  const more = [...TAGS, { name: 'C', address: 'c', settings: {} }]
  await rig.edit(more)
  context.emit([sampleOf(plan, 0, 2, now())])
  assert.equal(rig.newest('A')?.value, 2, 'while the new ones are taken up')
  const again = rig.edit([...more, { name: 'D', address: 'd', settings: {} }])
  gate.resolve()
  await again
  await until('the second edit, at once', () => (rig.report.status === 'degraded' && taken.length === 2 ? true : undefined))
  assert.deepEqual(taken, [
    ['a', 'b', 'c'],
    ['a', 'b', 'c', 'd'],
  ])
  context.emit([{ ...sampleOf(plan, 0, 3, now()), tagId: 4 }])
  assert.equal(rig.newest('D')?.value, 3)
  assert.deepEqual([driver.sessions.length, driver.sessions[0]?.disposed, context.signal.aborted], [1, false, false])
  await rig.loop[Symbol.asyncDispose]()
  assert.deepEqual([driver.sessions[0]?.disposed, context.signal.aborted], [true, true])
})

test('a conversation that cannot take up the tags is over, and the device is connected anew at once', async () => {
  for (const replan of [async () => await Promise.resolve(false), async () => await Promise.reject<boolean>(new Error('broken'))]) {
    const driver = new FakeDriver()
    driver.replan = replan
    await using rig = rigOf(driver)
    const first = await session(driver)
    await rig.edit([...TAGS, { name: 'C', address: 'c', settings: {} }])
    const second = await session(driver, 2)
    assert.equal(first.disposed, true)
    assert.equal(second.plan.points.length, 3)
    second.context.emit([sampleOf(second.plan, 2, 7, now())])
    assert.equal(rig.newest('C')?.value, 7)
  }
})

test('a device that was edited is tried at once, however seldom it is polled', async () => {
  const driver = new FakeDriver()
  driver.poll = async (plan, tick) => await Promise.resolve([sampleOf(plan, 0, 1, tick)])
  await using rig = rigOf(driver, { pollMillis: 86_400_000 })
  await until('its first value', () => rig.newest('A'))
  await rig.edit([...TAGS, { name: 'C', address: 'c', settings: {} }])
  await session(driver, 2)
})

test('a device that is polled once a day is tried soon after a restart, and one that sends by itself too', async () => {
  const driver = new FakeDriver()
  driver.poll = async (plan, tick) => await Promise.resolve([sampleOf(plan, 0, 1, tick)])
  await using polled = rigOf(driver, { pollMillis: 86_400_000, afterRestart: true })
  await until('its first value', () => polled.newest('A'))
  const pushing = new FakeDriver()
  await using pushed = rigOf(pushing, { pollMillis: 86_400_000, afterRestart: true })
  await session(pushing, 1)
  assert.equal(pushed.changes.length, 0)
})
