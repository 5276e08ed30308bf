import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import fc from 'fast-check'
import { EQUIPMENT } from './equipment.ts'
import { demoPlant } from '../test/support/demo-plant.ts'
import { demandFactor, newUtility, step } from './water-utility.ts'

/** One request, written out by hand: FC3 of unit 1. */
async function ask(socket: Socket, start: number, count: number): Promise<Buffer> {
  const frame = Buffer.from([0, 7, 0, 0, 0, 6, 1, 3, 0, start, 0, count])
  socket.write(frame)
  const [reply] = (await once(socket, 'data')) as [Buffer]
  return reply
}

test('physics stays plausible for two simulated days at any noise', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (seed) => {
      let state = seed
      const noise = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
      const utility = newUtility()
      for (let second = 0; second < 2 * 86_400; second += 10) {
        step(utility, 10, (second / 3600) % 24, noise)
        const level = utility.reservoir.volume / 6
        assert.ok(level >= 5 && level <= 100, `level ${level} at ${second}`)
        for (const zone of utility.zones) assert.ok(zone.pressure >= 1.5 && zone.pressure <= 6, `pressure ${zone.pressure} at ${second}`)
        assert.ok(utility.treatment.chlorine > 0.3 && utility.treatment.chlorine < 1)
      }
    }),
    { numRuns: 5 },
  )
})

test('an upset shows where an operator would look for it', () => {
  const utility = newUtility()
  const settle = (): void => {
    for (let i = 0; i < 200; i++) step(utility, 5, 9, () => 0.5)
  }
  settle()
  const calm = { pressure: utility.zones[1].pressure, flow: utility.zones[1].flow }
  utility.upset.burst = true
  settle()
  assert.ok(utility.zones[1].pressure < calm.pressure - 1)
  assert.ok(utility.zones[1].flow > 120)
  utility.upset.chlorineLow = true
  settle()
  assert.ok(utility.treatment.chlorine < 0.2)
})

test('people draw on average what the works are made for, and less at night', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => demandFactor(hour))
  const mean = hours.reduce((sum, one) => sum + one, 0) / 24
  assert.ok(mean > 0.85 && mean < 1.15, `mean ${mean}`)
  assert.ok(demandFactor(3) < 0.7 && demandFactor(8) > 1.2)
})

test('registers of one device do not overlap', () => {
  const words = { uint16: 1, int16: 1, bit: 1, uint32: 2, float: 2, double: 4 }
  for (const plan of EQUIPMENT.filter((one) => one.protocol === 'modbus')) {
    const owner = new Map<number, string>()
    for (const point of plan.points) {
      for (let i = 0; i < words[point.type]; i++) {
        const before = owner.get(point.register + i)
        const packed = point.type === 'bit' && plan.points.find((one) => one.name === before)?.type === 'bit'
        assert.ok(before === undefined || packed, `${plan.code}: ${point.name} and ${before} share register ${point.register + i}`)
        owner.set(point.register + i, point.name)
      }
    }
  }
})

test('serves its values and breaks when told to', async () => {
  await using plant = await demoPlant()
  const port = Number(plant.connections['RS-01']?.['port'])
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const level = await ask(socket, 0, 2)
  assert.ok(Math.abs(level.readFloatBE(9) - 66) < 2, 'level of the reservoir as a big-endian float')

  await plant.inject('RS-01', 'exception')
  assert.deepEqual([...(await ask(socket, 0, 2)).subarray(7)], [0x83, 4])
  await plant.inject('RS-01', null)
  assert.deepEqual([...(await ask(socket, 63, 2)).subarray(7)], [0x83, 2], 'beyond the last register')

  await plant.inject('RS-01', 'freeze')
  const before = await ask(socket, 0, 2)
  plant.advance(30)
  assert.deepEqual(await ask(socket, 0, 2), before)

  const closed = once(socket, 'close')
  await plant.inject('RS-01', 'cable')
  await closed
  const refused = connect(port, '127.0.0.1')
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ECONNREFUSED')
  await plant.inject('RS-01', null)
  const again = connect(port, '127.0.0.1')
  await once(again, 'connect')
  assert.equal((await ask(again, 0, 2)).length, 13)
  again.destroy()
})
