import { listDevices } from '#store/devices.ts'
import type { Database } from '#store/database.ts'
import { createRequest, takeReply } from '#store/requests.ts'

const PATIENCE_MILLIS = 65_000

export interface Swept {
  readonly deleted: number
  /** Devices whose driver did not do it, with what it said. */
  readonly problems: readonly string[]
}

/**
 * Has the CSV driver delete source files that were read to their last byte and are older: only the process that owns the ledger knows which.
 * Devices that are switched off are left alone.
 */
export async function sweepCsvFiles(db: Database, olderThanDays: number, signal?: AbortSignal): Promise<Swept> {
  let deleted = 0
  const problems: string[] = []
  for (const device of await listDevices(db, 'all')) {
    if (device.protocol !== 'csv' || !device.enabled) continue
    signal?.throwIfAborted()
    const body = {
      deviceId: device.id,
      code: device.code,
      timeoutMillis: device.timeoutMillis,
      connection: device.connection,
      secrets: null,
      shared: null,
      tags: [],
      action: { name: 'sweep', body: { olderThanDays } },
    }
    const id = await createRequest(db, { kind: 'action', target: 'driver-csv', body }, PATIENCE_MILLIS / 1000)
    const reply = await takeReply(db, id, PATIENCE_MILLIS)
    // written by our own driver
    const result = (reply?.result ?? {}) as { deleted?: number; problem?: string }
    if (reply?.state === 'done') deleted += result.deleted ?? 0
    else problems.push(`${device.code}: ${result.problem ?? 'its driver does not answer'}`)
  }
  return { deleted, problems }
}
