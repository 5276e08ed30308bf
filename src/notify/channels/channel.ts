import type { Micros, Millis } from '#base/time.ts'
import type { Attribution } from '#domain/alarm.ts'
import type { MessageLanguage } from '#domain/contact.ts'
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
  /** Texts are to be short: every part costs money or seconds. */
  readonly short?: boolean
  /** Its messages can carry a button to acknowledge by. */
  readonly buttons?: boolean
  /** Messages under way at once; 3 unless told. A modem has one queue, also across processes: 1. */
  readonly parallel?: number
  /** What an address of it looks like. */
  readonly addressExample: string

  /** @returns the settings with their defaults. @throws ConfigError naming the field; never connects */
  parseSettings(settings: unknown): Readonly<Record<string, unknown>>
  /** @returns the address as it is stored. @throws ConfigError when it cannot be one of this channel */
  parseAddress(address: string): string
  /** Ready to send; connects only when asked to do something. @param publicUrl of the site, where the settings tell none. @throws ConfigError */
  open(settings: unknown, store?: SecretStore, publicUrl?: string): ChannelSession
  /** For a sender who signs in on another device (RFC 8628). */
  readonly deviceLogin?: DeviceLogin
  /** Pure, for channels on which people answer: what a stored message says; undefined when it says nothing to us. */
  parse?(raw: unknown, receivedAt: Micros, settings: unknown): Inbound | undefined
  /** How an acknowledgement that came this way is named in the history. */
  attribution?(said: Inbound): Attribution
  /** Whether what is posted is signed: nobody finds out a key by trying, as one might a word. */
  readonly signed?: boolean
  /** What the provider calls by HTTP. @throws ChannelError(auth) for a caller who is not the provider */
  webhook?(settings: unknown, request: WebhookRequest): WebhookAnswer
}

/** Where a session keeps what takes the place of a secret, as a renewed token does, and finds what another process kept meanwhile. */
export interface SecretStore {
  keep(secrets: Readonly<Record<string, string>>): Promise<void>
  /** @returns settings and secrets as they are now */
  read(): Promise<Readonly<Record<string, unknown>>>
}

/** Somebody opens a page on any device, enters a code, and agrees that we send in the name of an account. */
export interface DeviceLogin {
  /** Which settings, saved, offer it. */
  offered(settings: unknown): boolean
  /** @throws ConfigError, ChannelError */
  begin(settings: unknown): Promise<DeviceCode>
  /** @throws ChannelError(auth) when it will never be granted */
  ask(settings: unknown, deviceCode: string): Promise<DeviceLoginState>
}

export interface DeviceCode {
  /** Ours alone: whoever has it gets the grant. */
  readonly deviceCode: string
  readonly userCode: string
  /** Where the code is entered. */
  readonly page: string
  /** The same with the code in it, where the provider has one. */
  readonly direct: string | null
  readonly lastsSeconds: number
  /** It must not be asked for more often. */
  readonly everySeconds: number
}

export type DeviceLoginState =
  | { readonly state: 'pending' }
  /** Five seconds more between two questions from now on. */
  | { readonly state: 'slow_down' }
  | { readonly state: 'granted'; readonly secrets: Readonly<Record<string, string>> }

/** A call of a provider, before anything in it is believed. */
export interface WebhookRequest {
  readonly method: 'GET' | 'POST'
  readonly query: Readonly<Record<string, string>>
  /** The query as it stood in the address, with its question mark; empty when there is none: signatures are over these letters. */
  readonly search: string
  /** As it came: signatures are over these bytes. */
  readonly body: Uint8Array
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Network address of the caller. */
  readonly address: string
  /** Where this installation is reached from outside, from the settings of the site; empty when not known. */
  readonly publicUrl: string
}

export interface WebhookAnswer {
  /** To be kept and read; one that was kept before is not kept again. */
  readonly updates: readonly Pick<Update, 'id' | 'raw'>[]
  readonly contentType: string
  readonly body: string
}

export interface ChannelSession extends AsyncDisposable {
  /** Reaches the provider and logs in. @returns what was found, in a sentence. @throws ChannelError */
  check(signal: AbortSignal): Promise<string>
  /** Hands one message over. @throws ChannelError */
  send(message: Outgoing, signal: AbortSignal): Promise<Receipt>
  /** After a crash: whether the provider already has this message. @throws ChannelError */
  find?(message: Outgoing, signal: AbortSignal): Promise<Receipt | undefined>
  /** Takes the offer to acknowledge off a message: somebody did. Best effort. */
  settle?(chat: string, providerId: string, signal: AbortSignal): Promise<void>
  /** Whether an answer to a message reaches us, by whatever way. */
  readonly answers: boolean
  /** For channels that are asked for what arrived. */
  readonly inbox?: Inbox
  /** Tells the person's program that a button press arrived, with a short text. Best effort. */
  answerPress?(press: string, text: string, signal: AbortSignal): Promise<void>
  /** The one-time link by which somebody binds a chat. @throws ChannelError */
  pairingLink?(token: string, signal: AbortSignal): Promise<string>
}

export interface Outgoing {
  readonly address: string
  readonly language: MessageLanguage
  readonly subject: string
  readonly text: string
  readonly lines: readonly string[]
  /** The same for every try of one message, so that a reader's program can tell a second copy. */
  readonly key: string
  /** Belongs to this conversation: mails are threaded by it. */
  readonly thread: string | null
  /** The message it answers. */
  readonly replyTo: string | null
  /** `eventId` is null where one message tells of several. */
  readonly acknowledge: { readonly eventId: number | null; readonly url: string | null } | null
  /** Without sound: nobody is to be woken by it. */
  readonly silent: boolean
  /** Worth nothing after so many seconds; null: as long as it takes. */
  readonly lastsSeconds: number | null
  /** When this address last wrote to us here: some providers allow free words only for a day after that. */
  readonly heardAt: Micros | null
}

export interface Receipt {
  /** The provider's name for the message. */
  readonly providerId: string
  /** Where it arrived: the address, or the one it moved to. */
  readonly chat: string
  /** When, by the provider's own clock, which is also the clock of the answers. */
  readonly at?: Micros
  /** SMS it was sent in. */
  readonly parts?: number
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
  /** What arrived from `offset` on; may wait for it up to half a minute. @throws ChannelError */
  updates(offset: number | undefined, signal: AbortSignal): Promise<readonly Update[]>
  /** Updates that are safe in the database: the provider may forget them. @throws ChannelError */
  confirm?(updates: readonly Update[], signal: AbortSignal): Promise<void>
  /** How long the provider keeps what nobody asked for; left out: for good. */
  readonly keepsMillis?: Millis
  /** Between two questions, for providers that do not hold one open. */
  readonly pauseMillis?: Millis
}
