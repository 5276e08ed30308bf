import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDriver } from '#drivers/iec104/driver.ts'
import { takeFrames } from '#drivers/iec104/core/apci.ts'
import { STANDARD_SIZES, readHeader, readObjects } from '#drivers/iec104/core/asdu.ts'
import { monitorType } from '#drivers/iec104/core/type-table.ts'
import { Iec104Station, type StationPointType } from '../../simulator/iec104-station.ts'
import { iec104Plan } from '../support/iec104-device.ts'
import { recordedContext } from '../support/session-context.ts'
import { tshark } from '../support/tshark.ts'

const TYPES: readonly StationPointType[] = ['single', 'double', 'step', 'bits', 'normalized', 'scaled', 'float', 'counter']

test('a whole conversation: tshark finds nothing malformed, and reads every value as we do', async () => {
  const points = TYPES.map((type, nth) => ({ commonAddress: 1, objectAddress: 100 + nth, type, value: 1 }))
  await using station = await Iec104Station.start({ port: 0, points, timeZone: 'Europe/Lisbon' })
  const context = recordedContext()
  const plan = iec104Plan(
    { port: station.port, timeZone: 'Europe/Lisbon', clockSyncMinutes: 60, t3: 1, t1: 2, t2: 1 },
    points.map((point) => `1/${point.objectAddress}`),
  )
  const session = await createDriver().connect(plan, context)
  await context.until(() => context.emitted.length === TYPES.length, 'the interrogations')
  for (let nth = 0; nth < 200; nth++)
    station.set(1, 100 + (nth % TYPES.length), nth % 3 === 0 ? 1 : 2, Date.now() * 1000, nth % 2 === 0 ? 0 : 0x90)
  await context.until(() => context.emitted.length === TYPES.length + 200, 'all events')
  await context.until(() => context.frames.some(({ bytes }) => bytes[2] === 0x43), 'a test frame')
  await session[Symbol.asyncDispose]()

  const fields = [
    '_ws.malformed',
    '_ws.expert.severity',
    'iec60870_104.type',
    'iec60870_asdu.typeid',
    'iec60870_asdu.ioa',
    'iec60870_asdu.addr',
  ]
  const dissected = await tshark(context.frames, 2404, fields)
  assert.equal(dissected.length, context.frames.length)
  context.frames.forEach(({ bytes }, nth) => {
    const [malformed, expert, kind, typeId, addresses, commonAddress] = dissected[nth] ?? []
    assert.deepEqual(malformed, [], `frame ${nth}`)
    assert.deepEqual(expert, [], `frame ${nth}: tshark has nothing to remark`)
    const [frame] = takeFrames(bytes).frames
    assert.ok(frame)
    assert.equal(Number(kind?.[0]), { I: 0, S: 1, U: 3 }[frame.kind])
    if (frame.kind !== 'I') return
    const header = readHeader(frame.asdu, STANDARD_SIZES)
    assert.deepEqual([Number(typeId?.[0]), Number(commonAddress?.[0])], [header?.typeId, header?.commonAddress])
    const type = header && monitorType(header.typeId)
    const objects = type && readObjects(frame.asdu, header, type, STANDARD_SIZES)
    if (objects !== undefined)
      assert.deepEqual(
        addresses?.map(Number),
        objects.map((object) => object.objectAddress),
      )
  })
  assert.ok(context.frames.length > 40)
})

const TIME = '3e3d1e81f90a1a'
/** ASDU, tshark's field, and what fixtures of ours say is in it. */
const values: readonly (readonly [asdu: string, field: string, shown: string])[] = [
  ['0d0114000100010000 0000acc100', 'iec60870_asdu.float', '-21.5'],
  ['090114000100010000 004000', 'iec60870_asdu.normval', '0.5'],
  ['0b0114000100010000 feff00', 'iec60870_asdu.scalval', '-2'],
  ['050114000100010000 c100', 'iec60870_asdu.vti.v', '-63'],
  ['0f0125000100010000 d202964945', 'iec60870_asdu.bcr.count', '1234567890'],
  [`1e0103000100010000 01${TIME}`, 'iec60870_asdu.cp56time.ms', '15678'],
  [`1e0103000100010000 01${TIME}`, 'iec60870_asdu.cp56time.hour', '1'],
  [`1e0103000100010000 01${TIME}`, 'iec60870_asdu.cp56time.day', '25'],
  [`1e0103000100010000 01${TIME}`, 'iec60870_asdu.cp56time.su', '1'],
  [`1e0103000100010000 01${TIME}`, 'iec60870_asdu.cp56time.dow', '7'],
]

test('single values as tshark shows them', async () => {
  const packets = values.map(([asdu]) => {
    const content = Buffer.from(asdu.replaceAll(' ', ''), 'hex')
    return { direction: 'received', bytes: Buffer.concat([Buffer.from([0x68, content.length + 4, 0, 0, 0, 0]), content]) } as const
  })
  const fields = values.map(([, field]) => field)
  const dissected = await tshark(packets, 2404, fields)
  assert.deepEqual(
    values.map((_, nth) => dissected[nth]?.[nth]?.[0]),
    values.map(([, , shown]) => shown),
  )
})
