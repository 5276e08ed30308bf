import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { DriverError } from '#base/errors.ts'
import { Iec104Station, type StationPoint } from '../../../simulator/iec104-station.ts'
import { iec104Plan } from '../../../test/support/iec104-device.ts'
import { recordedContext } from '../../../test/support/session-context.ts'
import type { BrowsePage, BrowseRequest, ProbeStep } from '../driver.ts'
import { createDriver } from './driver.ts'

const points: readonly StationPoint[] = [
  { commonAddress: 1, objectAddress: 100, type: 'single', value: 1 },
  { commonAddress: 1, objectAddress: 100, type: 'single', value: 1 },
  { commonAddress: 1, objectAddress: 200, type: 'float', value: 21.5, quality: 0x80 },
  { commonAddress: 2, objectAddress: 100, type: 'double', value: 3 },
]
const quiet = (): void => undefined

test('without a link: TCP and a test frame, never STARTDT, and whoever holds the link keeps it', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const context = recordedContext()
  const other = await createDriver().connect(iec104Plan({ port: station.port }, ['1/100']), context)
  await context.until(() => context.emitted.length === 1, 'the other master')
  const steps: ProbeStep[] = []
  const report = await createDriver().probe(iec104Plan({ port: station.port }, ['1/100']), recordedContext(), (step) => steps.push(step))
  assert.equal(report.ok, true)
  assert.deepEqual(
    steps.map(({ name, ok, remedy }) => [name, ok, remedy]),
    [
      ['resolve', true, null],
      ['connect', true, null],
      ['test frame', true, null],
    ],
  )
  assert.equal(station.seen.starts, 1)
  station.set(1, 100, 0)
  await context.until(() => context.emitted.length === 2, 'the other master is still served')
  await other[Symbol.asyncDispose]()
})

test('over the live link: what it reports, tag by tag', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const driver = createDriver()
  const context = recordedContext()
  const plan = iec104Plan({ port: station.port }, ['1/100', '1/200', '2/100', '2/100.state', '1/7', '1/100.sequence'])
  await using _ = await driver.connect(plan, context)
  await context.until(() => context.emitted.length === 5, 'the interrogations')
  const report = await driver.probe(plan, recordedContext(), quiet)
  assert.equal(report.ok, true)
  assert.match(report.steps[0]?.message ?? '', /live link .* test frame within \d+ ms; 3 objects reported so far under common address 1, 2/)
  assert.deepEqual(
    report.values.map(({ value, good, problem }) => [value, good, problem]),
    [
      ['true', true, null],
      ['21.5', false, '1/200: invalid (IV), time of receipt'],
      ['', false, '2/100: intermediate or faulty position, time of receipt'],
      ['3', false, '2/100.state: intermediate or faulty position, time of receipt'],
      ['', false, '1/7 was never reported'],
      ['', false, '1/100.sequence: the type M_SP_NA_1 has no sequence'],
    ],
  )
  assert.equal(station.seen.connections, 1)
})

test('over the live link: addresses that were never reported, with those that are', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const driver = createDriver()
  const context = recordedContext()
  await using _ = await driver.connect(iec104Plan({ port: station.port }, ['1/100']), context)
  await context.until(() => context.emitted.length === 1, 'the interrogation')
  const report = await driver.probe(iec104Plan({ port: station.port }, ['1/4711']), recordedContext(), quiet)
  assert.equal(report.ok, false)
  assert.match(report.steps.at(-1)?.remedy ?? '', /point list .* common address 1/)
})

test('what goes wrong is said, with what to change', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const probe = async (connection: Readonly<Record<string, unknown>>): Promise<ProbeStep | undefined> => {
    const report = await createDriver().probe(iec104Plan(connection, []), recordedContext(), quiet)
    assert.equal(report.ok, false)
    return report.steps.at(-1)
  }
  await station.setFault('silent')
  const silent = await probe({ port: station.port, t1: 1.2, t2: 1 })
  assert.match(silent?.message ?? '', /does not answer a test frame within 1\.2 s/)
  assert.match(silent?.remedy ?? '', /list of controlling stations/)
  await station.setFault('cable')
  assert.match((await probe({ port: station.port }))?.message ?? '', /refuses the connection/)
  await station.setFault(null)
  assert.match((await probe({ host: 'no-such-host.invalid' }))?.message ?? '', /not known/)

  const web = createServer((socket) => {
    socket.on('error', quiet)
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  web.listen(0, '127.0.0.1', resolve)
  await promise
  assert.match((await probe({ port: (web.address() as AddressInfo).port }))?.message ?? '', /does not speak IEC 60870-5-104/)
  web.close()
})

test('browse: what the station has reported, as tags, page by page and by search', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const driver = createDriver()
  const plan = iec104Plan({ port: station.port }, ['1/100', '2/100'])
  const look = async (request: Partial<BrowseRequest>): Promise<BrowsePage> => {
    const page = await driver.browse?.(plan, { parent: null, search: null, cursor: null, limit: 100, ...request }, recordedContext())
    assert.ok(page)
    return page
  }
  await assert.rejects(
    look({}),
    (error) => error instanceof DriverError && /no live link/.test(error.message) && error.remedy !== undefined,
  )
  const context = recordedContext()
  await using _ = await driver.connect(plan, context)
  await context.until(() => context.emitted.length === 2, 'the interrogations')
  station.report(13, 1, 1, [[100, 0, 0, 0, 0, 0xac, 0x41, 0]])
  station.set(1, 100, 0)
  await context.until(() => context.emitted.findLast(({ tagId }) => tagId === 1)?.value === false, 'an event')

  const root = await look({})
  assert.deepEqual(
    root.nodes.map(({ key, name, hasChildren, tag }) => [key, name, hasChildren, tag]),
    [
      ['1', 'Common address 1', true, null],
      ['2', 'Common address 2', true, null],
    ],
  )
  const below = await look({ parent: '1', limit: 2 })
  assert.deepEqual(
    below.nodes.map(({ key, type, value, good, tag }) => [key, type, value, good, tag?.name, tag?.address, tag?.kind]),
    [
      ['1/R32/100', 'M_ME_NC_1', '21.5', true, 'R32_100', '1/R32/100', 'analog'],
      ['1/SP/100', 'M_SP_TB_1', 'false', true, 'SP_100', '1/SP/100', 'digital'],
    ],
  )
  const last = await look({ parent: '1', limit: 2, cursor: below.cursor })
  assert.deepEqual(
    last.nodes.map(({ status, good, tag }) => [status, good, tag?.address]),
    [['invalid (IV), time of receipt', false, '1/200']],
  )
  assert.equal(last.cursor, null)
  const found = await look({ search: 'm_dp' })
  assert.deepEqual(
    found.nodes.map(({ path, value, tag }) => [path, value, tag?.name]),
    [['Common address 2/100', null, 'CA2_DP_100']],
  )
  // every proposal is an address that the driver understands
  for (const { tag } of [...below.nodes, ...last.nodes, ...found.nodes]) assert.ok(tag && driver.parsePoint(tag, plan.config))
})
