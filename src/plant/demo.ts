import type { Database } from '#store/database.ts'
import { listDevices } from '#store/devices.ts'
import { type DemoState, readSettings, saveSettings } from '#store/settings.ts'
import { editPlant } from './apply.ts'
import type { PlantDevice } from './plant-file.ts'

/**
 * Brings the demo devices in at the first start; later only follows their connection, so that what somebody edited or removed stays so.
 * A code that somebody else's device has is left to it.
 */
export async function installDemo(db: Database, devices: readonly PlantDevice[]): Promise<DemoState> {
  const { demo } = await readSettings(db)
  if (demo === 'removed') return demo
  await editPlant(db, (plant) => {
    const current = plant.devices ?? []
    const kept = current.map((device) => {
      const fresh = devices.find((one) => one.code === device.code)
      return device.demo && fresh !== undefined ? { ...device, connection: { ...device.connection, ...fresh.connection } } : device
    })
    const missing =
      demo === 'none' ? devices.filter((one) => !current.some((device) => device.code.toLowerCase() === one.code.toLowerCase())) : []
    return { synctide: 1, devices: [...kept, ...missing] }
  })
  if (demo === 'none') await saveSettings(db, { demo: 'installed' })
  return 'installed'
}

/** Takes the demo devices out for good. */
export async function removeDemo(db: Database): Promise<void> {
  await saveSettings(db, { demo: 'removed' })
  await editPlant(db, (plant) => ({ synctide: 1, devices: (plant.devices ?? []).filter((device) => !device.demo) }))
}

/** Port by code of each demo device as it is configured, so that its server can come back on the same one. */
export async function demoPorts(db: Database): Promise<Readonly<Record<string, number>>> {
  const devices = (await listDevices(db, 'all')).filter((device) => device.demo)
  return Object.fromEntries(
    devices.flatMap(({ code, connection }) => (typeof connection['port'] === 'number' ? [[code, connection['port']]] : [])),
  )
}
