import type { Severity } from './alarm.ts'

export const ChannelKind = { Telegram: 'telegram', Email: 'email' } as const
export type ChannelKind = (typeof ChannelKind)[keyof typeof ChannelKind]

/** Somebody who is told of alarms; not necessarily a user of the platform. */
export interface Contact {
  readonly id: number
  readonly name: string
  readonly language: Language
  readonly enabled: boolean
  /** Alarms below this are not sent. */
  readonly minSeverity: Severity
  /** Channels in order of preference. */
  readonly addresses: readonly ContactAddress[]
  /** Device ids this contact is told of; null is all. */
  readonly deviceIds: readonly number[] | null
}

export interface ContactAddress {
  readonly channel: ChannelKind
  /** Telegram chat id, or an e-mail address. */
  readonly address: string
}

export const LANGUAGES = ['en', 'pt', 'es'] as const
export type Language = (typeof LANGUAGES)[number]
