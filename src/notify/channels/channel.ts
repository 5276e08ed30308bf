import type { Micros } from '#base/time.ts'
import type { Language } from '#domain/contact.ts'
import type { Inbound } from '../core/inbound-message.ts'

/**
 * What a way of reaching people must offer. A channel knows its provider's words; the engine knows alarms, contacts, time and failure.
 * One folder and one line in catalogue.ts make a channel.
 */
export interface Channel {
  readonly channel: string
  /** What people call it. */
  readonly title: string
  /** JSON Schema (draft 2020-12) of the settings, secrets included, from which the form is drawn. */
  readonly schema: Readonly<Record<string, unknown>>
  /** The fields of the schema that are stored sealed and never shown again. */
  readonly secretFields: readonly string[]

  /** @returns the settings with their defaults. @throws ConfigError naming the field; never connects */
  parseSettings(settings: unknown): Readonly<Record<string, unknown>>
  /** @returns the address as it is stored. @throws ConfigError when it cannot be one of this channel */
  parseAddress(address: string): string
  /** Ready to send; connects only when asked to do something. @throws ConfigError */
  open(settings: unknown): ChannelSession
}

export interface ChannelSession extends AsyncDisposable {
  /** Reaches the provider and logs in. @returns what was found, in a sentence. @throws ChannelError */
  check(signal: AbortSignal): Promise<string>
  /** Hands one message over. @throws ChannelError */
  send(message: Outgoing, signal: AbortSignal): Promise<Receipt>
  /** Takes the offer to acknowledge off a message: somebody did. Best effort. */
  settle?(chat: string, providerId: string, signal: AbortSignal): Promise<void>
  /** For channels on which people answer. */
  readonly inbox?: Inbox
  /** The one-time link by which somebody binds a chat. @throws ChannelError */
  pairingLink?(token: string, signal: AbortSignal): Promise<string>
}

export interface Outgoing {
  readonly address: string
  readonly language: Language
  readonly subject: string
  readonly text: string
  readonly lines: readonly string[]
  /** The same for every try of one message, so that a reader's program can tell a second copy. */
  readonly key: string
  /** Belongs to this conversation: mails are threaded by it. */
  readonly thread: string | null
  /** The message it answers. */
  readonly replyTo: string | null
  readonly acknowledge: { readonly eventId: number; readonly url: string | null } | null
  /** Without sound: nobody is to be woken by it. */
  readonly silent: boolean
}

export interface Receipt {
  /** The provider's name for the message. */
  readonly providerId: string
  /** Where it arrived: the address, or the one it moved to. */
  readonly chat: string
}

export interface Update {
  /** Unique on this channel; a redelivery carries the same. */
  readonly id: string
  /** What to ask for after this one is stored. */
  readonly next: number
  readonly raw: unknown
}

export interface Inbox {
  /** Whose updates these are: offsets of another identity mean nothing. @throws ChannelError */
  identity(signal: AbortSignal): Promise<string>
  /** Waits for what arrives from `offset` on, up to half a minute. @throws ChannelError */
  updates(offset: number | undefined, signal: AbortSignal): Promise<readonly Update[]>
  /** Pure: what an update says; undefined when it says nothing to us. */
  parse(raw: unknown, receivedAt: Micros): Inbound | undefined
  /** Tells the person's program that a button press arrived, with a short text. Best effort. */
  answerPress(press: string, text: string, signal: AbortSignal): Promise<void>
}
