import { Conflict, NotFound } from '#base/errors.ts'
import type { SealedFields } from '#host/secrets.ts'
import type { Queryable } from './database.ts'
import { sqlState } from './devices.ts'

/** A connection that several devices share; devices name it by its code. */
export interface Broker {
  readonly id: number
  /** Short and unique. */
  readonly code: string
  readonly name: string
  readonly protocol: string
  readonly enabled: boolean
  readonly settings: Readonly<Record<string, unknown>>
  /** Names of secret fields that are set; the secrets themselves are never part of it. */
  readonly secretsSet: readonly string[]
}

const COLUMNS = `b.id, b.code, b.name, b.protocol, b.enabled, b.settings, b.secret_names as "secretsSet"`

/** By code. */
export async function listBrokers(db: Queryable, filter: { protocol?: string } = {}): Promise<readonly Broker[]> {
  return await db.query<Broker>(`select ${COLUMNS} from brokers b where ($1::text is null or b.protocol = $1) order by lower(b.code)`, [
    filter.protocol ?? null,
  ])
}

export async function findBroker(db: Queryable, id: number): Promise<Broker | undefined> {
  return (await db.query<Broker>(`select ${COLUMNS} from brokers b where b.id = $1`, [id]))[0]
}

/** Codes are compared without case. */
export async function findBrokerByCode(db: Queryable, protocol: string, code: string): Promise<Broker | undefined> {
  return (
    await db.query<Broker>(`select ${COLUMNS} from brokers b where b.protocol = $1 and lower(b.code) = lower($2)`, [protocol, code])
  )[0]
}

/** @throws Conflict when the code is taken */
export async function insertBroker(db: Queryable, broker: Omit<Broker, 'id' | 'secretsSet'>, secrets: SealedFields): Promise<Broker> {
  return await refuseTakenCode(broker.code, async () => {
    return await db.query<Broker>(
      `insert into brokers as b (code, name, protocol, enabled, settings, secrets, secret_names)
       values ($1, $2, $3, $4, $5, $6, $7) returning ${COLUMNS}`,
      [broker.code, broker.name, broker.protocol, broker.enabled, JSON.stringify(broker.settings), secrets.sealed, secrets.names],
    )
  })
}

/**
 * @param secrets left out: they stay as they are
 * @throws Conflict when the code is taken, NotFound
 */
export async function updateBroker(
  db: Queryable,
  id: number,
  broker: Omit<Broker, 'id' | 'secretsSet' | 'protocol'>,
  secrets?: SealedFields,
): Promise<Broker> {
  return await refuseTakenCode(broker.code, async () => {
    return await db.query<Broker>(
      `update brokers b set code = $1, name = $2, enabled = $3, settings = $4,
         secrets = case when $5 then $6 else b.secrets end, secret_names = case when $5 then $7 else b.secret_names end
       where b.id = $8 returning ${COLUMNS}`,
      [
        broker.code,
        broker.name,
        broker.enabled,
        JSON.stringify(broker.settings),
        secrets !== undefined,
        secrets?.sealed ?? null,
        secrets?.names ?? [],
        id,
      ],
    )
  })
}

export async function deleteBroker(db: Queryable, id: number): Promise<void> {
  await db.query('delete from brokers where id = $1', [id])
}

/** Sealed secrets of the brokers that have some; see host/secrets.ts. */
export async function sealedBrokerSecrets(
  db: Queryable,
  filter: { id?: number; protocol?: string },
): Promise<ReadonlyMap<number, Uint8Array>> {
  const rows = await db.query<{ id: number; secrets: Uint8Array }>(
    'select id, secrets from brokers where secrets is not null and ($1::int is null or id = $1) and ($2::text is null or protocol = $2)',
    [filter.id ?? null, filter.protocol ?? null],
  )
  return new Map(rows.map(({ id, secrets }) => [id, secrets]))
}

/** The devices that name a broker in the field of their connection, by code. */
export async function devicesOfBroker(db: Queryable, protocol: string, field: string, code: string): Promise<readonly string[]> {
  const rows = await db.query<{ code: string }>(
    'select code from devices where protocol = $1 and lower(connection ->> $2) = lower($3) order by lower(code)',
    [protocol, field, code],
  )
  return rows.map((row) => row.code)
}

/** A broker got another code: its devices follow. */
export async function renameBrokerInDevices(db: Queryable, protocol: string, field: string, from: string, to: string): Promise<void> {
  await db.query(
    `update devices set connection = jsonb_set(connection, array[$2], to_jsonb($4::text))
     where protocol = $1 and lower(connection ->> $2) = lower($3)`,
    [protocol, field, from, to],
  )
}

async function refuseTakenCode(code: string, work: () => Promise<Broker[]>): Promise<Broker> {
  try {
    const [broker] = await work()
    if (broker === undefined) throw new NotFound(`There is no broker ${code}.`)
    return broker
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    throw new Conflict(`There is a broker ${code} already.`, { cause: error, remedy: 'Give this one another code.' })
  }
}
