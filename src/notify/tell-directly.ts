import { asError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import type { Logger } from '#host/log.ts'
import type { StoredGateway } from '#store/gateways.ts'
import { channelOf } from './channels/catalogue.ts'
import { chooseChannel, type PlanContact } from './core/plan.ts'
import { openSettings } from './gateways.ts'
import { createToken } from './token.ts'

const SEND_MILLIS: Millis = 20_000

type Gateway = Pick<StoredGateway, 'channel' | 'settings' | 'secrets'>

/**
 * Tells each contact by the first of their ways that works, here and now: without engine, queue or database.
 * @returns how many were told
 */
export async function tellDirectly(
  { key, log, signal }: { readonly key: Uint8Array; readonly log: Logger; readonly signal: AbortSignal },
  gateways: readonly Gateway[],
  contacts: readonly (PlanContact & { readonly language: MessageLanguage })[],
  textIn: (language: MessageLanguage) => string,
): Promise<number> {
  const channels = new Set(gateways.map((one) => one.channel))
  let told = 0
  for (const contact of contacts) {
    const failed = new Set<string>()
    for (;;) {
      const choice = chooseChannel(contact, { channels, failing: new Set() }, failed)
      const gateway = gateways.find((one) => one.channel === choice?.channel)
      if (choice === undefined || gateway === undefined) break
      try {
        await send(key, gateway, choice.address, textIn(contact.language), contact.language, signal)
        told++
        break
      } catch (error) {
        failed.add(choice.channel)
        log.warn('notify.not_told_directly', { contact: contact.name, channel: choice.channel, error: asError(error) })
      }
    }
  }
  return told
}

async function send(
  key: Uint8Array,
  gateway: Gateway,
  address: string,
  text: string,
  language: MessageLanguage,
  signal: AbortSignal,
): Promise<void> {
  await using session = channelOf(gateway.channel).open(openSettings(key, gateway))
  const message = {
    address,
    language,
    subject: `SyncTide: ${text.split('\n')[0] ?? ''}`.slice(0, 200),
    text: `⚠️ ${text}`,
    lines: text.split('\n'),
    key: `synctide-direct-${createToken().token}`,
  }
  const rest = { thread: null, replyTo: null, acknowledge: null, silent: false, lastsSeconds: 3600, heardAt: null }
  await session.send({ ...message, ...rest }, AbortSignal.any([signal, AbortSignal.timeout(SEND_MILLIS)]))
}
