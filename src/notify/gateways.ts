import { createHash } from 'node:crypto'
import { ConfigError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { seal, unseal } from '#host/secrets.ts'
import type { Queryable } from '#store/database.ts'
import { type StoredGateway, findGateway, keepGatewayState, listGateways, saveGateway } from '#store/gateways.ts'
import { CHANNELS, channelOf } from './channels/catalogue.ts'
import type { Channel, SecretStore } from './channels/channel.ts'

/** A channel with its settings, never its secrets, and what a form needs. */
export interface GatewayView {
  readonly channel: string
  readonly title: string
  readonly schema: Record<string, unknown>
  readonly configured: boolean
  readonly enabled: boolean
  readonly settings: Record<string, unknown>
  /** Names of secret fields that are set. */
  readonly secretsSet: string[]
  /** Why it does not work at the moment; null when it does or was not used yet. */
  readonly problem: string | null
  /** When it was seen to work; null: not used yet. */
  readonly workedAt: Micros | null
  /** Since when it does not work, as people were told; null when it does. */
  readonly downSince: Micros | null
  /** What an address of it looks like. */
  readonly addressExample: string
  /** Whether its provider may call us. */
  readonly calls: boolean
  /** Whether the sender signs in with a code, by the settings as saved. */
  readonly deviceLogin: boolean
}

/** Every channel, configured or not. */
export async function viewGateways(db: Queryable, key: Uint8Array): Promise<readonly GatewayView[]> {
  const stored = await listGateways(db)
  return CHANNELS.map((channel) => {
    const gateway = stored.find((one) => one.channel === channel.channel)
    let secretsSet: string[] = []
    let problem = gateway?.state.problem ?? null
    let deviceLogin = false
    try {
      secretsSet = gateway === undefined ? [] : Object.keys(secretsOf(key, gateway))
      deviceLogin = gateway !== undefined && channel.deviceLogin?.offered(openSettings(key, gateway)) === true
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problem = `${error.message} ${error.remedy ?? ''}`.trim()
    }
    return {
      channel: channel.channel,
      title: channel.title,
      schema: { ...channel.schema },
      configured: gateway !== undefined,
      enabled: gateway?.enabled ?? false,
      settings: { ...gateway?.settings },
      secretsSet,
      problem,
      workedAt: gateway?.state.workedAt ?? null,
      downSince: gateway?.state.downSince ?? null,
      addressExample: channel.addressExample,
      calls: channel.webhook !== undefined,
      deviceLogin,
    }
  })
}

/**
 * Saves a gateway. Secrets left out stay as they are; an empty one is taken away.
 * @throws ConfigError naming the field
 */
export async function configureGateway(
  db: Queryable,
  key: Uint8Array,
  name: string,
  body: { enabled: boolean; settings: Readonly<Record<string, unknown>>; secrets: Readonly<Record<string, string>> },
): Promise<void> {
  const channel = channelOf(name)
  const stranger = Object.keys(body.secrets).find((field) => !channel.secretFields.includes(field))
  if (stranger !== undefined) throw new ConfigError(stranger, `${channel.title} has no secret called ${stranger}.`)
  const misplaced = channel.secretFields.find((field) => field in body.settings)
  if (misplaced !== undefined) throw new ConfigError(misplaced, `${misplaced} is a secret: give it among the secrets.`)
  const stored = await findGateway(db, name)
  const kept = stored === undefined || stored.secrets === null ? {} : keptSecrets(key, stored, channel, body.secrets)
  const secrets = Object.fromEntries(Object.entries({ ...kept, ...body.secrets }).filter(([, text]) => text !== ''))
  const parsed = channel.parseSettings({ ...body.settings, ...secrets })
  const settings = Object.fromEntries(Object.entries(parsed).filter(([field]) => !channel.secretFields.includes(field)))
  await saveGateway(db, {
    channel: name,
    enabled: body.enabled,
    settings,
    secrets: Object.keys(secrets).length === 0 ? null : seal(key, JSON.stringify(secrets)),
  })
}

/** Secrets that cannot be opened any more do not stand in the way of entering all of them again. */
function keptSecrets(
  key: Uint8Array,
  stored: StoredGateway,
  channel: Channel,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  if (channel.secretFields.every((field) => field in given)) return {}
  return secretsOf(key, stored)
}

type Sealed = Pick<StoredGateway, 'settings' | 'secrets'> & { readonly state?: StoredGateway['state'] }

/** @returns settings and secrets together, as {@link Channel.open} takes them. @throws ConfigError when they cannot be opened */
export function openSettings(key: Uint8Array, gateway: Sealed): Record<string, unknown> {
  return { ...gateway.settings, ...secretsOf(key, gateway), ...renewedOf(key, gateway) }
}

function secretsOf(key: Uint8Array, gateway: Sealed): Record<string, string> {
  if (gateway.secrets === null) return {}
  return JSON.parse(unseal(key, gateway.secrets)) as Record<string, string>
}

/** What took the place of secrets since they were entered; those of before another entry count no more. */
function renewedOf(key: Uint8Array, { secrets, state }: Sealed): Record<string, string> {
  if (secrets === null || state?.renewed === undefined || state.renewed.of !== nameOf(secrets)) return {}
  return JSON.parse(unseal(key, Buffer.from(state.renewed.sealed, 'base64'))) as Record<string, string>
}

/** Where a session of a gateway keeps what is renewed, and reads what another one renewed. */
export function secretStore(db: Queryable, key: Uint8Array, gateway: StoredGateway): SecretStore {
  return {
    keep: async (renewed) => await keepRenewed(db, key, gateway, renewed),
    read: async () => openSettings(key, (await findGateway(db, gateway.channel)) ?? gateway),
  }
}

/** Beside the configuration, which would be read anew by everybody, and the channel opened again, each time that a token is renewed. */
async function keepRenewed(
  db: Queryable,
  key: Uint8Array,
  { channel, secrets }: Pick<StoredGateway, 'channel' | 'secrets'>,
  renewed: Readonly<Record<string, string>>,
): Promise<void> {
  if (secrets === null) return
  const sealed = Buffer.from(seal(key, JSON.stringify(renewed))).toString('base64')
  await keepGatewayState(db, channel, { renewed: { of: nameOf(secrets), sealed } })
}

function nameOf(secrets: Uint8Array): string {
  return createHash('sha256').update(secrets).digest('hex').slice(0, 32)
}
