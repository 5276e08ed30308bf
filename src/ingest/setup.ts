import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeviceReport } from '#domain/delivery.ts'
import type { Database } from '#store/database.ts'
import { listDeviceStates } from '#store/device-states.ts'
import { listDevices } from '#store/devices.ts'
import { DEFAULT_REPORT_BY_EXCEPTION, readSettings } from '#store/settings.ts'
import { listTags } from '#store/tags.ts'
import type { DeviceSetup } from './device-loop.ts'

const FILE = 'setup.json'

/** What a driver process is to poll: the devices of its protocol with their tags. @throws StoreError('unavailable') */
export async function loadSetup(db: Database, protocol: string): Promise<readonly DeviceSetup[]> {
  const devices = await listDevices(db, 'all', { protocol })
  const tags = Map.groupBy(await listTags(db, 'all', { protocol }), (tag) => tag.deviceId)
  const { reportByException } = await readSettings(db)
  const { enabled, heartbeatSeconds } = reportByException[protocol] ?? DEFAULT_REPORT_BY_EXCEPTION
  return devices.map((device) => ({ device, tags: tags.get(device.id) ?? [], policy: { on: enabled, heartbeatSeconds } }))
}

/** How the devices were when the last process ended. */
export async function loadStates(db: Database): Promise<ReadonlyMap<number, DeviceReport>> {
  return new Map((await listDeviceStates(db, 'all')).map((state) => [state.deviceId, state]))
}

/** Keeps the setup beside the spool, so that a reboot without the database loses no sample. */
export async function rememberSetup(folder: string, setup: readonly DeviceSetup[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const draft = join(folder, `${FILE}.new`)
  // it names hosts, and perhaps more: for this account only
  await writeFile(draft, JSON.stringify(setup), { mode: 0o600 })
  await rename(draft, join(folder, FILE))
}

/** @returns the setup as it was last known here; none when there never was one or the file is broken */
export async function recallSetup(folder: string): Promise<readonly DeviceSetup[]> {
  try {
    // written by ourselves; a device that does not fit any more is found by the driver's parseConfig
    return JSON.parse(await readFile(join(folder, FILE), 'utf8')) as readonly DeviceSetup[]
  } catch {
    return []
  }
}
