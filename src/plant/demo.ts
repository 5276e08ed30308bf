import type { Database } from '#store/database.ts'
import { findBrokerByCode } from '#store/brokers.ts'
import { listDevices } from '#store/devices.ts'
import { type DemoState, readSettings, saveSettings } from '#store/settings.ts'
import { editPlant } from './apply.ts'
import type { PlantBroker, PlantDevice } from './plant-file.ts'

/** Code of the broker that comes and goes with the demo. */
export const DEMO_BROKER = 'DEMO'

export interface Demo {
  readonly devices: readonly PlantDevice[]
  readonly broker: PlantBroker
}

/**
 * Brings the demo devices and their broker in at the first start; later only follows their connection, so that what somebody edited or
 * removed stays so. The demo of an older version, whose devices spoke other protocols, is brought in anew. A code that somebody else's
 * device has is left to it.
 */
export async function installDemo(db: Database, { devices, broker }: Demo): Promise<DemoState> {
  await forgetOlderDemo(db, devices)
  const { demo } = await readSettings(db)
  if (demo === 'removed') return demo
  // asking every driver costs memory and time: at most starts nothing has moved
  if (demo === 'installed' && !(await hasMoved(db, devices))) return demo
  await editPlant(db, (plant) => {
    const current = plant.devices ?? []
    const kept = current.map((device) => {
      const fresh = device.demo ? devices.find((one) => one.code === device.code) : undefined
      return fresh === undefined ? device : { ...device, connection: { ...device.connection, ...fresh.connection } }
    })
    const missing =
      demo === 'none' ? devices.filter((one) => !current.some((device) => device.code.toLowerCase() === one.code.toLowerCase())) : []
    const brokers = plant.brokers ?? []
    const known = demo !== 'none' || brokers.some((one) => isDemoBroker(one.code))
    return { synctide: 1, brokers: known ? brokers : [...brokers, broker], devices: [...kept, ...missing] }
  })
  if (demo === 'none') await saveSettings(db, { demo: 'installed' })
  return 'installed'
}

/** Takes out what spoke another protocol in an older version: the protocol of a device stays, so it comes back as a new one. */
async function forgetOlderDemo(db: Database, devices: readonly PlantDevice[]): Promise<void> {
  const isOlder = ({ code, demo, protocol }: { code: string; demo: boolean; protocol: string }): boolean =>
    demo && devices.some((one) => one.code === code && one.protocol !== protocol)
  if (!(await listDevices(db, 'all')).some(isOlder)) return
  await saveSettings(db, { demo: 'none' })
  await editPlant(db, (plant) => ({ synctide: 1, devices: (plant.devices ?? []).filter((device) => !isOlder(device)) }))
}

async function hasMoved(db: Database, devices: readonly PlantDevice[]): Promise<boolean> {
  const known = await demoConnections(db)
  return devices.some(({ code, connection }) => {
    const current = known[code]
    return current !== undefined && Object.entries(connection).some(([key, value]) => current[key] !== value)
  })
}

/** Takes the demo devices out for good, and their broker unless somebody's own device has come to use it. */
export async function removeDemo(db: Database): Promise<void> {
  await saveSettings(db, { demo: 'removed' })
  await editPlant(db, (plant) => {
    const devices = (plant.devices ?? []).filter((device) => !device.demo)
    const used = devices.some((device) => isDemoBroker(device.connection['broker']))
    return { synctide: 1, brokers: (plant.brokers ?? []).filter((broker) => used || !isDemoBroker(broker.code)), devices }
  })
}

/** The connection of each demo device as it is configured, by code, so that what serves it can come back in the same place. */
export async function demoConnections(db: Database): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
  const devices = (await listDevices(db, 'all')).filter((device) => device.demo)
  return Object.fromEntries(devices.map(({ code, connection }) => [code, connection]))
}

/** The port of the demo's broker; undefined while there is none. */
export async function demoBrokerPort(db: Database): Promise<number | undefined> {
  const port = (await findBrokerByCode(db, 'mqtt', DEMO_BROKER))?.settings['port']
  return typeof port === 'number' ? port : undefined
}

/** Codes are compared without case. */
function isDemoBroker(code: unknown): boolean {
  return typeof code === 'string' && code.toUpperCase() === DEMO_BROKER
}
