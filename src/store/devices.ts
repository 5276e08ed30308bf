import { Conflict, NotFound, asError } from '#base/errors.ts'
import type { Device } from '#domain/device.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { SealedFields } from '#host/secrets.ts'
import type { Queryable } from './database.ts'

const COLUMNS = `d.id, d.code, d.name, d.area, d.protocol, d.enabled, d.poll_millis as "pollMillis", d.timeout_millis as "timeoutMillis",
  d.comm_timeout_seconds as "commTimeoutSeconds", d.comm_severity as "commSeverity", d.poll_streak as "pollStreak", d.liveness_counts as "livenessCounts",
  d.fed_by as "fedBy",
  d.connection, d.demo, d.secret_names as "secretsSet"`

/** A device as it is kept: never its secrets, only which of them are set. */
export interface StoredDevice extends Device {
  readonly secretsSet: readonly string[]
}

/** Devices by code. */
export async function listDevices(db: Queryable, scope: DeviceScope, filter: { protocol?: string } = {}): Promise<readonly StoredDevice[]> {
  return await db.query<StoredDevice>(
    `select ${COLUMNS} from devices d where ($1::int[] is null or d.id = any($1)) and ($2::text is null or d.protocol = $2) order by lower(d.code)`,
    [idsOf(scope), filter.protocol ?? null],
  )
}

/** @returns undefined when there is none or it is out of scope */
export async function findDevice(db: Queryable, scope: DeviceScope, id: number): Promise<StoredDevice | undefined> {
  const rows = await db.query<StoredDevice>(`select ${COLUMNS} from devices d where d.id = $1 and ($2::int[] is null or d.id = any($2))`, [
    id,
    idsOf(scope),
  ])
  return rows[0]
}

/** @throws Conflict when the code is taken */
export async function insertDevice(
  db: Queryable,
  device: Omit<Device, 'id'>,
  { sealed, names }: SealedFields = { sealed: null, names: [] },
): Promise<StoredDevice> {
  return await refuseTakenCode(device.code, async () => {
    const rows = await db.query<StoredDevice>(
      `insert into devices as d (code, name, area, protocol, enabled, poll_millis, timeout_millis, comm_timeout_seconds, comm_severity,
         connection, demo, liveness_counts, poll_streak, fed_by, secrets, secret_names)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning ${COLUMNS}`,
      [...valuesOf(device), sealed, names],
    )
    return rows[0]
  })
}

/**
 * @param secrets left out: they stay as they are
 * @throws Conflict when the code is taken, NotFound
 */
export async function updateDevice(db: Queryable, id: number, device: Omit<Device, 'id'>, secrets?: SealedFields): Promise<StoredDevice> {
  return await refuseTakenCode(device.code, async () => {
    const rows = await db.query<StoredDevice>(
      `update devices d set code = $1, name = $2, area = $3, protocol = $4, enabled = $5, poll_millis = $6, timeout_millis = $7,
         comm_timeout_seconds = $8, comm_severity = $9, connection = $10, demo = $11, liveness_counts = $12,
         poll_streak = $13, fed_by = $14, secrets = case when $15 then $16 else d.secrets end,
         secret_names = case when $15 then $17 else d.secret_names end
       where d.id = $18 returning ${COLUMNS}`,
      [...valuesOf(device), secrets !== undefined, secrets?.sealed ?? null, secrets?.names ?? [], id],
    )
    return rows[0]
  })
}

/** Its tags and rules go with it; its samples and the history of its alarms stay. */
export async function deleteDevice(db: Queryable, id: number): Promise<void> {
  await db.query('delete from devices where id = $1', [id])
}

/** Sealed secrets of the devices that have some; see host/secrets.ts. */
export async function sealedSecrets(db: Queryable, filter: { id?: number; protocol?: string }): Promise<ReadonlyMap<number, Uint8Array>> {
  const rows = await db.query<{ id: number; secrets: Uint8Array }>(
    'select id, secrets from devices where secrets is not null and ($1::int is null or id = $1) and ($2::text is null or protocol = $2)',
    [filter.id ?? null, filter.protocol ?? null],
  )
  return new Map(rows.map(({ id, secrets }) => [id, secrets]))
}

/** A scope as a parameter: null is all. */
export function idsOf(scope: DeviceScope): number[] | null {
  return scope === 'all' ? null : [...scope]
}

/** @returns the SQLSTATE of a refused statement, else undefined */
export function sqlState(error: unknown): string | undefined {
  const code: unknown = Object.getOwnPropertyDescriptor(asError(error), 'code')?.value
  return typeof code === 'string' ? code : undefined
}

function valuesOf(device: Omit<Device, 'id'>): unknown[] {
  return [
    device.code,
    device.name,
    device.area,
    device.protocol,
    device.enabled,
    device.pollMillis,
    device.timeoutMillis,
    device.commTimeoutSeconds,
    device.commSeverity,
    JSON.stringify(device.connection),
    device.demo,
    device.livenessCounts,
    device.pollStreak ?? null,
    device.fedBy ?? '',
  ]
}

async function refuseTakenCode(code: string, work: () => Promise<StoredDevice | undefined>): Promise<StoredDevice> {
  try {
    const device = await work()
    if (device === undefined) throw new NotFound(`There is no device ${code}.`)
    return device
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    throw new Conflict(`There is a device ${code} already.`, { cause: error, remedy: 'Give this one another code.' })
  }
}
