import { SyncTideError, asError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import { listContacts } from '#store/contacts.ts'
import type { Database } from '#store/database.ts'
import { findGateway, keepGatewayState } from '#store/gateways.ts'
import { readSettings } from '#store/settings.ts'
import { channelOf } from './channels/catalogue.ts'
import type { Channel, ChannelSession } from './channels/channel.ts'
import type { MessageText } from './core/message-text.ts'
import { templateFor } from './core/template.ts'
import { testText } from './core/test-text.ts'
import { openSettings, secretStore } from './gateways.ts'
import { createToken } from './token.ts'

/** One step of a test, for people. */
export interface TestStep {
  /** settings, connect or send */
  readonly name: string
  readonly ok: boolean
  readonly millis: Millis
  readonly message: string
  /** null when ok */
  readonly remedy: string | null
}

const PATIENCE_MILLIS = 25_000

/**
 * Test send: opens the gateway as stored, logs in, and sends to an address, in the language of the contact who has it, else of the site.
 * Never throws for what the gateway does.
 * @param context `who` tries it, by name
 */
export async function testSend(
  context: { db: Database; key: Uint8Array; clock: Clock; signal: AbortSignal; who: string },
  channel: string,
  address: string,
): Promise<{ ok: boolean; steps: TestStep[] }> {
  const { db, key, clock } = context
  const kind = channelOf(channel)
  const gateway = await findGateway(db, channel)
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(PATIENCE_MILLIS)])
  const steps: TestStep[] = []
  const step = async <T>(name: string, work: () => Promise<T>, told: (result: T) => string): Promise<T | undefined> => {
    const begun = clock.mono()
    const millis = (): number => Math.round(clock.mono() - begun)
    try {
      const result = await work()
      steps.push({ name, ok: true, millis: millis(), message: told(result), remedy: null })
      return result
    } catch (thrown) {
      const error = asError(thrown)
      const remedy = error instanceof SyncTideError ? (error.remedy ?? null) : null
      steps.push({ name, ok: false, millis: millis(), message: signal.aborted ? 'No answer in time.' : error.message, remedy })
      return undefined
    }
  }
  if (gateway === undefined) {
    const remedy = 'Save its settings first.'
    return { ok: false, steps: [{ name: 'settings', ok: false, millis: 0, message: `${kind.title} is not set up.`, remedy }] }
  }
  const opened = await step(
    'settings',
    async () => ({
      session: kind.open(openSettings(key, gateway), secretStore(db, key, gateway)),
      to: kind.parseAddress(address),
    }),
    () => 'Settings and address can be used.',
  )
  if (opened === undefined) return { ok: false, steps }
  await using session = opened.session
  const checked = await step('connect', () => session.check(signal), String)
  if (checked !== undefined)
    await step(
      'send',
      async () => await sendTest(session, opened.to, await textFor(context, kind, opened.to), signal),
      (chat) => `Handed over for ${chat}.`,
    )
  const ok = steps.every((one) => one.ok) && steps.length === 3
  if (ok) await keepGatewayState(db, channel, { workedAt: clock.now() })
  return { ok, steps }
}

interface TestMessage {
  readonly language: MessageLanguage
  readonly text: MessageText
  readonly body: string
}

async function textFor(
  { db, clock, who }: { db: Database; clock: Clock; who: string },
  { channel, title, short = false }: Pick<Channel, 'channel' | 'title' | 'short'>,
  address: string,
): Promise<TestMessage> {
  const { site, messageTemplates } = await readSettings(db)
  const whose = (await listContacts(db)).find((one) => one.addresses.some((each) => each.channel === channel && each.address === address))
  const language = whose?.language ?? site.language
  const own = templateFor(messageTemplates, { kind: 'test', style: short ? 'short' : 'full', language })
  const text = testText({ gateway: title, who, at: clock.now() }, site, language, own)
  return { language, text, body: short ? text.short : text.text }
}

async function sendTest(
  session: ChannelSession,
  address: string,
  { language, text, body }: TestMessage,
  signal: AbortSignal,
): Promise<string> {
  const receipt = await session.send(
    {
      address,
      language,
      subject: text.subject,
      text: body,
      lines: text.lines,
      key: `synctide-test-${createToken().token}`,
      thread: null,
      replyTo: null,
      acknowledge: null,
      silent: true,
      lastsSeconds: 600,
      heardAt: null,
    },
    signal,
  )
  return receipt.chat
}
