import { ConfigError } from '#base/errors.ts'
import type { Channel } from './channel.ts'
import { emailChannel } from './email/channel.ts'
import { smsChannel } from './sms/channel.ts'
import { telegramChannel } from './telegram/channel.ts'
import { twilioSmsChannel, twilioWhatsappChannel } from './twilio/channel.ts'
import { whatsappChannel } from './whatsapp/channel.ts'

/** Every way of reaching people. */
export const CHANNELS: readonly Channel[] = [
  telegramChannel,
  emailChannel,
  smsChannel,
  twilioSmsChannel,
  whatsappChannel,
  twilioWhatsappChannel,
]

/** @throws ConfigError when there is no such channel */
export function channelOf(channel: string): Channel {
  const found = CHANNELS.find((one) => one.channel === channel)
  if (found === undefined) {
    throw new ConfigError('channel', `There is no channel ${channel}.`, {
      remedy: `Use one of ${CHANNELS.map((one) => one.channel).join(', ')}.`,
    })
  }
  return found
}

/**
 * Addresses as they are stored.
 * @throws ConfigError naming `addresses[n].address` or `.channel`
 */
export function parseAddresses(
  addresses: readonly { readonly channel: string; readonly address: string }[],
): { channel: string; address: string }[] {
  return addresses.map(({ channel, address }, index) => {
    try {
      return { channel, address: channelOf(channel).parseAddress(address) }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      const field = `addresses[${index}].${error.field === 'channel' ? 'channel' : 'address'}`
      throw new ConfigError(field, error.message, { cause: error, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) })
    }
  })
}
