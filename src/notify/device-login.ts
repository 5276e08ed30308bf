import { ConfigError, NotFound } from '#base/errors.ts'
import type { Clock, Micros } from '#base/time.ts'
import { seal, unseal } from '#host/secrets.ts'
import type { Database } from '#store/database.ts'
import { findGateway, type StoredGateway } from '#store/gateways.ts'
import { channelOf } from './channels/catalogue.ts'
import type { DeviceCode, DeviceLogin } from './channels/channel.ts'
import { configureGateway, openSettings } from './gateways.ts'

interface Context {
  readonly db: Database
  readonly key: Uint8Array
  readonly clock: Clock
}

/** What whoever began it holds until it is granted: the device code, sealed, so that nobody else can use it. */
export interface DeviceLoginBegun extends Omit<DeviceCode, 'deviceCode' | 'lastsSeconds'> {
  readonly handle: string
  readonly expiresAt: Micros
}

/** Somebody is to sign in as the sender of a channel. @throws NotFound, ConfigError, ChannelError */
export async function beginDeviceLogin({ db, key, clock }: Context, channel: string): Promise<DeviceLoginBegun> {
  const { gateway, login } = await loginOf(db, channel)
  const { deviceCode, lastsSeconds, ...shown } = await login.begin(openSettings(key, gateway))
  const expiresAt = clock.now() + Math.round(lastsSeconds * 1_000_000)
  const handle = Buffer.from(seal(key, JSON.stringify({ channel, deviceCode, expiresAt }))).toString('base64url')
  return { ...shown, handle, expiresAt }
}

/**
 * Asks once whether it was granted; what was granted is kept as a secret of the gateway.
 * @throws ChannelError(auth) when it never will be, ConfigError for a handle of another channel or installation
 */
export async function askDeviceLogin(
  { db, key, clock }: Context,
  channel: string,
  handle: string,
): Promise<{ readonly state: 'pending' | 'slow_down' | 'granted' }> {
  const { gateway, login } = await loginOf(db, channel)
  const begun = JSON.parse(unseal(key, Buffer.from(handle, 'base64url'))) as { channel: string; deviceCode: string; expiresAt: Micros }
  if (begun.channel !== channel || clock.now() > begun.expiresAt) {
    throw new ConfigError('handle', 'The code is too old.', { remedy: 'Begin again, and enter the new code at once.' })
  }
  const answer = await login.ask(openSettings(key, gateway), begun.deviceCode)
  if (answer.state !== 'granted') return { state: answer.state }
  await configureGateway(db, key, channel, { enabled: gateway.enabled, settings: gateway.settings, secrets: answer.secrets })
  return { state: 'granted' }
}

async function loginOf(db: Database, channel: string): Promise<{ gateway: StoredGateway; login: DeviceLogin }> {
  const { deviceLogin, title } = channelOf(channel)
  const gateway = await findGateway(db, channel)
  if (deviceLogin === undefined) throw new NotFound(`Nobody signs in for ${title}.`)
  if (gateway === undefined) throw new ConfigError('channel', `${title} is not set up.`, { remedy: 'Save its settings first.' })
  return { gateway, login: deviceLogin }
}
