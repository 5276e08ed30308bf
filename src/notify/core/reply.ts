import type { Micros } from '#base/time.ts'
import { MESSAGE_LANGUAGES, type MessageLanguage } from '#domain/contact.ts'
import { type Meaning, meaningOf } from './reply-meaning.ts'
import { isAutomatic, normalise, ownWords } from './reply-text.ts'
import { NO_REACTIONS, YES_REACTIONS } from './reply-words.ts'
import { readTapback, type Tapback } from './tapback.ts'

/** What somebody did in answer to our messages. */
export interface Reply {
  readonly kind: 'text' | 'button' | 'reaction'
  /** What was written, the data of the button, or the emoji. */
  readonly text: string
  /** The message it points at: swiped, pressed or reacted to. */
  readonly replyTo: string | null
  /** When it was written, by the provider's clock. */
  readonly writtenAt: Micros
  /** Forwarded, edited, sent while away, or by a program. */
  readonly automatic: boolean
}

/** One alarm that this chat was told of. */
export interface Told {
  readonly eventId: number
  readonly displayNumber: number
  /** The message that told; a message may tell of several. */
  readonly message: string
  readonly sentAt: Micros
  readonly acknowledgedBy: string | null
}

export type Reading =
  | { readonly kind: 'acknowledge'; readonly eventIds: readonly number[] }
  /** A no: somebody else is to be told at once. */
  | { readonly kind: 'decline'; readonly eventIds: readonly number[] }
  /** A yes, to which alarm is not clear. */
  | { readonly kind: 'ask'; readonly eventIds: readonly number[] }
  /** A yes to something that is acknowledged already. */
  | { readonly kind: 'already'; readonly eventIds: readonly number[] }
  | { readonly kind: 'none_open' }
  | { readonly kind: 'not_understood' }
  /** Not said by a person to us. */
  | { readonly kind: 'ignore' }

/** What was told less than this before somebody wrote was not what they answered. */
const SEEN_AFTER: Micros = 5_000_000

const NOT_UNDERSTOOD: Reading = { kind: 'not_understood' }
const NONE_OPEN: Reading = { kind: 'none_open' }
const IGNORE: Reading = { kind: 'ignore' }

/**
 * Reads an answer. Never guesses: every word must be one that acknowledges, names an alarm or changes nothing; a question, a negation,
 * a reading with its unit or any unknown word acknowledges nothing.
 * @param language of the person, where it is known
 * @param languages whose words are read beside those of the person
 */
export function read(
  reply: Reply,
  told: readonly Told[],
  language?: MessageLanguage,
  languages: readonly MessageLanguage[] = MESSAGE_LANGUAGES,
): Reading {
  if (reply.automatic) return IGNORE
  const target = reply.replyTo === null ? undefined : told.filter((one) => one.message === reply.replyTo)
  if (reply.kind === 'button') return readButton(reply, target, told, (rest) => read(rest, told, language, languages))
  if (reply.kind === 'reaction') return readReaction(normalise(reply.text), target ?? [])
  const text = ownWords(normalise(reply.text))
  if (isAutomatic(text)) return IGNORE
  const tapback = readTapback(text)
  if (tapback !== undefined) return ofTapback(tapback, told, reply.writtenAt)
  const meaning = meaningOf(text, {
    isTold: (number) => told.some((one) => one.displayNumber === number),
    language,
    languages: language === undefined ? languages : [...languages, language],
  })
  return meaning === undefined ? NOT_UNDERSTOOD : decide(meaning, target, told, reply.writtenAt)
}

/** `ack:7`, `no:7` name an alarm, `ack` and `no` all that their message lists; other data of a button are read as words. */
function readButton(reply: Reply, target: readonly Told[] | undefined, told: readonly Told[], asText: (reply: Reply) => Reading): Reading {
  const data = /^(ack|no)(?::(\d+))?$/.exec(reply.text)
  if (data === null) return asText({ ...reply, kind: 'text' })
  const [, verb, id] = data
  const named = id === undefined ? (target ?? []) : (target ?? told).filter((one) => one.eventId === Number(id))
  if (named.length === 0) return NONE_OPEN
  return verb === 'ack' ? settle(named) : declined(named)
}

function readReaction(emoji: string, target: readonly Told[]): Reading {
  if (target.length === 0) return IGNORE
  if (YES_REACTIONS.has(emoji)) return settle(target)
  return NO_REACTIONS.has(emoji) ? declined(target) : IGNORE
}

function decide(meaning: Meaning, target: readonly Told[] | undefined, told: readonly Told[], writtenAt: Micros): Reading {
  const { numbers, yes, all } = meaning
  if (meaning.decline) return declineOf(numbers, target, told, writtenAt)
  if (numbers.length > 0) {
    const known = numbers.flatMap((number) => named(number, told, writtenAt) ?? [])
    const elsewhere = target !== undefined && target.length > 0 && known.some((one) => !target.some((two) => two.eventId === one.eventId))
    if (known.length < numbers.length || elsewhere) return ask(told)
    return settle(known)
  }
  if (all) return settleOpen(eligible(told, writtenAt), told)
  // whoever answers one message and says nothing against it means that one
  if (target !== undefined) return target.length === 0 ? (yes ? ask(told) : NOT_UNDERSTOOD) : settle(target)
  return yes ? bare(told, writtenAt) : NOT_UNDERSTOOD
}

function declineOf(numbers: readonly number[], target: readonly Told[] | undefined, told: readonly Told[], writtenAt: Micros): Reading {
  const known = numbers.flatMap((number) => named(number, told, writtenAt) ?? [])
  if (numbers.length > 0) return known.length < numbers.length ? ask(told) : declined(known)
  if (target !== undefined) return target.length === 0 ? ask(told) : declined(target)
  const reading = bare(told, writtenAt)
  return reading.kind === 'acknowledge' ? { kind: 'decline', eventIds: reading.eventIds } : reading
}

/** The newest alarm of this number that was told before the answer was written: numbers come back when their alarm is closed. */
function named(number: number, told: readonly Told[], writtenAt: Micros): Told | undefined {
  return newest(told.filter((one) => one.displayNumber === number && one.sentAt <= writtenAt))
}

/** A yes without saying to what: clear only when one message tells of everything that waits. */
function bare(told: readonly Told[], writtenAt: Micros): Reading {
  const waiting = eligible(told, writtenAt)
  const ids = new Set(waiting.map((one) => one.eventId))
  const one = [...Map.groupBy(waiting, (alarm) => alarm.message).values()].some(
    (listed) => new Set(listed.map((alarm) => alarm.eventId)).size === ids.size,
  )
  return ids.size > 0 && !one ? { kind: 'ask', eventIds: [...ids] } : settleOpen(waiting, told)
}

function eligible(told: readonly Told[], writtenAt: Micros): readonly Told[] {
  return told.filter((one) => one.acknowledgedBy === null && one.sentAt <= writtenAt - SEEN_AFTER)
}

function settleOpen(waiting: readonly Told[], told: readonly Told[]): Reading {
  if (waiting.length > 0) return { kind: 'acknowledge', eventIds: [...new Set(waiting.map((one) => one.eventId))] }
  if (told.some((one) => one.acknowledgedBy === null)) return ask(told)
  const last = newest(told)
  return last === undefined ? NONE_OPEN : { kind: 'already', eventIds: [last.eventId] }
}

function settle(alarms: readonly Told[]): Reading {
  const open = openIds(alarms)
  return open.length > 0
    ? { kind: 'acknowledge', eventIds: open }
    : { kind: 'already', eventIds: [...new Set(alarms.map((one) => one.eventId))] }
}

function declined(alarms: readonly Told[]): Reading {
  const open = openIds(alarms)
  return open.length > 0 ? { kind: 'decline', eventIds: open } : settle(alarms)
}

function ask(told: readonly Told[]): Reading {
  const open = openIds(told)
  return open.length === 0 ? NONE_OPEN : { kind: 'ask', eventIds: open }
}

function openIds(alarms: readonly Told[]): number[] {
  return [...new Set(alarms.filter((one) => one.acknowledgedBy === null).map((one) => one.eventId))]
}

function newest(told: readonly Told[]): Told | undefined {
  return told.reduce<Told | undefined>((best, one) => (best === undefined || one.sentAt >= best.sentAt ? one : best), undefined)
}

/** The quoted words name the message: one number is that alarm, several are the message that lists them. */
function ofTapback({ yes, quoted }: Tapback, told: readonly Told[], writtenAt: Micros): Reading {
  if (!yes) return IGNORE
  const before = told.filter((one) => one.sentAt <= writtenAt)
  const numbers = [...quoted.matchAll(/(?:#\s?|\balarm[ea]?\s+(?:n\w{0,6}\.?\s*)?)(\d{1,6})(?![\d.,]\d)/gu)].map(([, digits]) =>
    Number(digits),
  )
  const [first] = numbers
  if (first === undefined) return bare(told, writtenAt)
  const listing = [...Map.groupBy(before, (one) => one.message).values()].filter((listed) =>
    numbers.every((number) => listed.some((one) => one.displayNumber === number)),
  )
  const one = named(first, told, writtenAt)
  if (numbers.length === 1) return one === undefined ? ask(told) : settle([one])
  return settle(listing.at(-1) ?? []).kind === 'acknowledge' ? settle(listing.at(-1) ?? []) : ask(told)
}
