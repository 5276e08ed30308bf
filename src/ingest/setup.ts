import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeviceReport } from '#domain/delivery.ts'
import type { Database } from '#store/database.ts'
import { listDeviceStates } from '#store/device-states.ts'
import { codeOfShared } from '#drivers/code-of-shared.ts'
import type { Driver } from '#drivers/driver.ts'
import { listBrokers, sealedBrokerSecrets } from '#store/brokers.ts'
import { listDevices, sealedSecrets } from '#store/devices.ts'
import { DEFAULT_REPORT_BY_EXCEPTION, readSettings } from '#store/settings.ts'
import { listTags } from '#store/tags.ts'
import type { DeviceSetup } from './device-setup.ts'
import type { SharedSource } from './plan-device.ts'

const FILE = 'setup.json'

/** What a driver process is to poll: the devices of its protocol with all that belongs to them. @throws StoreError('unavailable') */
export async function loadSetup(db: Database, { protocol, shared }: Driver): Promise<readonly DeviceSetup[]> {
  const devices = await listDevices(db, 'all', { protocol })
  const measured = (await listTags(db, 'all', { protocol })).filter((tag) => (tag.formula ?? '') === '')
  const tags = Map.groupBy(measured, (tag) => tag.deviceId)
  const { reportByException } = await readSettings(db)
  const { enabled, heartbeatSeconds } = reportByException[protocol] ?? DEFAULT_REPORT_BY_EXCEPTION
  const secrets = await sealedSecrets(db, { protocol })
  const brokers = shared === undefined ? new Map<string, Broker>() : await loadBrokers(db, protocol)
  return devices.map(({ secretsSet: _, ...device }) => {
    const broker = shared === undefined ? undefined : brokers.get(codeOfShared(shared, device.connection).toLowerCase())
    return {
      // whatever hangs on a broker that is switched off rests with it
      device: { ...device, enabled: device.enabled && broker?.enabled !== false },
      tags: tags.get(device.id) ?? [],
      policy: { on: enabled, heartbeatSeconds },
      secrets: base64(secrets.get(device.id)),
      shared: broker?.source ?? null,
    }
  })
}

interface Broker {
  readonly enabled: boolean
  readonly source: SharedSource
}

async function loadBrokers(db: Database, protocol: string): Promise<Map<string, Broker>> {
  const brokers = await listBrokers(db, { protocol })
  const secrets = await sealedBrokerSecrets(db, { protocol })
  return new Map(
    brokers.map(({ id, code, enabled, settings }) => [
      code.toLowerCase(),
      { enabled, source: { code, settings, secrets: base64(secrets.get(id)) } },
    ]),
  )
}

function base64(sealed: Uint8Array | undefined): string | null {
  return sealed === undefined ? null : Buffer.from(sealed).toString('base64')
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
    const setup = JSON.parse(await readFile(join(folder, FILE), 'utf8')) as readonly DeviceSetup[]
    return setup.map((one) => ({ ...one, secrets: one.secrets ?? null, shared: one.shared ?? null }))
  } catch {
    return []
  }
}
