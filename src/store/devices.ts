import { Conflict, NotFound, asError } from '#base/errors.ts'
import type { Device } from '#domain/device.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'

const COLUMNS = `d.id, d.code, d.name, d.area, d.protocol, d.enabled, d.poll_millis as "pollMillis", d.timeout_millis as "timeoutMillis",
  d.comm_timeout_seconds as "commTimeoutSeconds", d.comm_severity as "commSeverity", d.connection, d.demo`

/** Devices by code. */
export async function listDevices(db: Queryable, scope: DeviceScope, filter: { protocol?: string } = {}): Promise<readonly Device[]> {
  return await db.query<Device>(
    `select ${COLUMNS} from devices d where ($1::int[] is null or d.id = any($1)) and ($2::text is null or d.protocol = $2) order by lower(d.code)`,
    [idsOf(scope), filter.protocol ?? null],
  )
}

/** @returns undefined when there is none or it is out of scope */
export async function findDevice(db: Queryable, scope: DeviceScope, id: number): Promise<Device | undefined> {
  const rows = await db.query<Device>(`select ${COLUMNS} from devices d where d.id = $1 and ($2::int[] is null or d.id = any($2))`, [
    id,
    idsOf(scope),
  ])
  return rows[0]
}

/** @throws Conflict when the code is taken */
export async function insertDevice(db: Queryable, device: Omit<Device, 'id'>): Promise<Device> {
  return await refuseTakenCode(device.code, async () => {
    const rows = await db.query<Device>(
      `insert into devices as d (code, name, area, protocol, enabled, poll_millis, timeout_millis, comm_timeout_seconds, comm_severity, connection, demo)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning ${COLUMNS}`,
      valuesOf(device),
    )
    return rows[0]
  })
}

/** @throws Conflict when the code is taken, NotFound */
export async function updateDevice(db: Queryable, id: number, device: Omit<Device, 'id'>): Promise<Device> {
  return await refuseTakenCode(device.code, async () => {
    const rows = await db.query<Device>(
      `update devices d set code = $1, name = $2, area = $3, protocol = $4, enabled = $5, poll_millis = $6, timeout_millis = $7,
         comm_timeout_seconds = $8, comm_severity = $9, connection = $10, demo = $11
       where d.id = $12 returning ${COLUMNS}`,
      [...valuesOf(device), id],
    )
    return rows[0]
  })
}

/** Its tags and rules go with it; its samples and the history of its alarms stay. */
export async function deleteDevice(db: Queryable, id: number): Promise<void> {
  await db.query('delete from devices where id = $1', [id])
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
  ]
}

async function refuseTakenCode(code: string, work: () => Promise<Device | undefined>): Promise<Device> {
  try {
    const device = await work()
    if (device === undefined) throw new NotFound(`There is no device ${code}.`)
    return device
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    throw new Conflict(`There is a device ${code} already.`, { cause: error, remedy: 'Give this one another code.' })
  }
}
