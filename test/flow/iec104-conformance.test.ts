import { createDriver } from '#drivers/iec104/driver.ts'
import { Iec104Station } from '../../simulator/iec104-station.ts'
import { type ConformancePeer, conformance } from '../support/conformance.ts'

const points = [
  { commonAddress: 1, objectAddress: 4001, type: 'float', value: 0 },
  { commonAddress: 1, objectAddress: 4002, type: 'scaled', value: 0 },
] as const

/** Our own station: the simulator shares no code with the driver. */
async function startPeer(): Promise<ConformancePeer> {
  const start = async (port: number): Promise<Iec104Station> => await Iec104Station.start({ port, points, objectsPerTelegram: 1 })
  let station = await start(0)
  const { port } = station
  return {
    port,
    set(value) {
      station.set(1, 4001, value)
      station.set(1, 4002, value)
    },
    async restart() {
      await station[Symbol.asyncDispose]()
      station = await start(port)
    },
    flood(count) {
      for (let value = 1; value <= count; value++) station.set(1, 4001, value)
    },
    [Symbol.asyncDispose]: async () => await station[Symbol.asyncDispose](),
  }
}

conformance('iec104', {
  driver: createDriver,
  peer: startPeer,
  connection: (port) => ({ host: '127.0.0.1', port, t0: 1, t1: 1.5, t2: 1, t3: 1 }),
  tags: [
    { name: 'Level', address: '1/4001', settings: {} },
    { name: 'Flow', address: '1/4002', settings: {} },
  ],
  // k of the station, one object a telegram
  window: 12,
})
