import { ConfigError, NotFound } from '#base/errors.ts'
import type { Clock, Micros } from '#base/time.ts'
import { savePairingToken } from '#store/acknowledge-tokens.ts'
import { findContact } from '#store/contacts.ts'
import type { Database } from '#store/database.ts'
import { findGateway } from '#store/gateways.ts'
import { channelOf } from './channels/catalogue.ts'
import { openSettings } from './gateways.ts'
import { createToken } from './token.ts'

const LASTS: Micros = 24 * 3_600_000_000

/**
 * Makes a one-time link by which a contact binds a chat: whoever opens it and presses Start receives the alarms of the contact.
 * @throws NotFound, ConfigError when the channel is not set up or needs no link, ChannelError when its server does not answer
 */
export async function createPairing(
  context: { db: Database; key: Uint8Array; clock: Clock; signal: AbortSignal },
  contactId: number,
  channel: string,
): Promise<{ link: string; expiresAt: Micros }> {
  const { db, key, clock, signal } = context
  if ((await findContact(db, contactId)) === undefined) throw new NotFound(`There is no contact ${contactId}.`)
  const gateway = await findGateway(db, channel)
  if (gateway === undefined) {
    throw new ConfigError('channel', `${channelOf(channel).title} is not set up.`, { remedy: 'Set it up under Configuration, Gateways.' })
  }
  await using session = channelOf(channel).open(openSettings(key, gateway))
  if (session.pairingLink === undefined) throw new ConfigError('channel', `${channelOf(channel).title} needs no link: write the address.`)
  const { token, hash } = createToken()
  const link = await session.pairingLink(token, signal)
  const expiresAt = clock.now() + LASTS
  await savePairingToken(db, hash, { contactId, channel, expiresAt })
  return { link, expiresAt }
}
