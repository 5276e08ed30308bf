import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'

export interface StoredGateway {
  readonly channel: string
  readonly enabled: boolean
  readonly settings: Readonly<Record<string, unknown>>
  /** Sealed; see host/secrets.ts. */
  readonly secrets: Uint8Array | null
  readonly state: GatewayState
}

/** What a channel keeps between runs. */
export interface GatewayState {
  /** The next update of the provider to ask for. */
  readonly offset?: number
  /** The bot or account that the offset belongs to: another one counts its updates anew. */
  readonly identity?: string
  /** Why it does not work at the moment, for people; null or absent when it does. */
  readonly problem?: string | null
  /** When its provider was last asked for what arrived, now and then. */
  readonly askedAt?: Micros
  /** When it was seen to work, by the settings as they are; absent when it was not used yet. */
  readonly workedAt?: Micros
  /** Since when it does not work, told to people; absent when it does. */
  readonly downSince?: Micros
  /** What took the place of secrets, sealed, in base64, and the name of those secrets. */
  readonly renewed?: { readonly of: string; readonly sealed: string }
}

const COLUMNS = 'channel, enabled, settings, secrets, state'

export async function listGateways(db: Queryable): Promise<readonly StoredGateway[]> {
  return await db.query<StoredGateway>(`select ${COLUMNS} from gateways order by channel`)
}

export async function findGateway(db: Queryable, channel: string): Promise<StoredGateway | undefined> {
  return (await db.query<StoredGateway>(`select ${COLUMNS} from gateways where channel = $1`, [channel]))[0]
}

/** Adds or replaces a gateway; what it kept stays, what was wrong with it is forgotten. */
export async function saveGateway(
  db: Queryable,
  gateway: { channel: string; enabled: boolean; settings: Readonly<Record<string, unknown>>; secrets: Uint8Array | null },
): Promise<void> {
  await db.query(
    `insert into gateways (channel, enabled, settings, secrets) values ($1, $2, $3, $4)
     on conflict (channel) do update set enabled = excluded.enabled, settings = excluded.settings, secrets = excluded.secrets,
       state = gateways.state - 'problem' - 'downSince' - 'workedAt'`,
    [gateway.channel, gateway.enabled, JSON.stringify(gateway.settings), gateway.secrets === null ? null : Buffer.from(gateway.secrets)],
  )
}

/** Keeps the fields given; the others stay. */
export async function keepGatewayState(db: Queryable, channel: string, state: GatewayState): Promise<void> {
  await db.query('update gateways set state = state || $2::jsonb where channel = $1 and not state @> $2::jsonb', [
    channel,
    JSON.stringify(state),
  ])
}

/** @returns whether this is news: of several processes one tells it */
export async function markDown(db: Queryable, channel: string, at: Micros): Promise<boolean> {
  const rows = await db.query(
    `update gateways set state = state || jsonb_build_object('downSince', $2::bigint) where channel = $1 and not state ? 'downSince' returning 1`,
    [channel, at],
  )
  return rows.length > 0
}

/** @returns whether it had been down */
export async function markUp(db: Queryable, channel: string): Promise<boolean> {
  const rows = await db.query(`update gateways set state = state - 'downSince' where channel = $1 and state ? 'downSince' returning 1`, [
    channel,
  ])
  return rows.length > 0
}
