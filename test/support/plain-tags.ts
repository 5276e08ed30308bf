import type { Database } from '#store/database.ts'
import { insertDevice } from '#store/devices.ts'
import { insertTags } from '#store/tags.ts'

/** A device with analog tags, for tests of what is stored of them. @returns their ids */
export async function insertPlainTags(db: Database, names: readonly string[], code = 'D1'): Promise<number[]> {
  const device = await insertDevice(db, {
    code,
    name: code,
    area: '',
    protocol: 'modbus',
    enabled: true,
    pollMillis: 1000,
    timeoutMillis: 1000,
    commTimeoutSeconds: null,
    commSeverity: 'info',
    livenessCounts: true,
    connection: {},
    demo: false,
  })
  const tags = await insertTags(
    db,
    device.id,
    names.map((name) => ({
      name,
      address: 'HR1',
      settings: {},
      kind: 'analog',
      unit: '',
      decimals: 1,
      scale: 1,
      offset: 0,
      deadband: 0,
      stateText: null,
      enabled: true,
    })),
  )
  return tags.map((tag) => tag.id)
}
