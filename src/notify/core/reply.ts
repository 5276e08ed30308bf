import type { Micros } from '#base/time.ts'
import {
  ALL,
  AUTOMATIC,
  FILLERS,
  GOING_PHRASES,
  JOINERS,
  QUOTE_BEGINS,
  TAPBACK,
  TAPBACK_YES,
  YES,
  YES_PHRASES,
  YES_REACTIONS,
} from './reply-words.ts'

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

/**
 * Reads an answer. Never guesses: every word must be one that acknowledges, names an alarm or changes nothing; a question, a negation,
 * a reading with its unit or any unknown word acknowledges nothing.
 */
export function read(reply: Reply, told: readonly Told[]): Reading {
  if (reply.automatic) return { kind: 'ignore' }
  const target = reply.replyTo === null ? undefined : told.filter((one) => one.message === reply.replyTo)
  if (reply.kind === 'button') {
    const pressed = (target ?? []).filter((one) => reply.text === `ack:${one.eventId}`)
    return pressed.length === 0 ? { kind: 'none_open' } : settle(pressed)
  }
  if (reply.kind === 'reaction') {
    return target === undefined || target.length === 0 || !YES_REACTIONS.has(normalise(reply.text)) ? { kind: 'ignore' } : settle(target)
  }
  const text = ownWords(normalise(reply.text))
  if (AUTOMATIC.some((pattern) => pattern.test(text))) return { kind: 'ignore' }
  const tapback = TAPBACK.exec(text)?.groups
  if (tapback !== undefined) return readTapback(tapback['verb'] ?? '', tapback['quoted'] ?? '', told, reply.writtenAt)
  const words = understand(text, told)
  if (words === undefined) return NOT_UNDERSTOOD
  return decide(words, target, told, reply.writtenAt)
}

interface Words {
  readonly yes: boolean
  readonly going: boolean
  readonly all: boolean
  readonly numbers: readonly number[]
}

function decide(words: Words, target: readonly Told[] | undefined, told: readonly Told[], writtenAt: Micros): Reading {
  if (words.numbers.length > 0) {
    const named = words.numbers.map((number) => newest(told.filter((one) => one.displayNumber === number)))
    const known = named.filter((one) => one !== undefined)
    const elsewhere = target !== undefined && target.length > 0 && known.some((one) => !target.some((two) => two.eventId === one.eventId))
    if (known.length < named.length || elsewhere) return ask(told)
    return settle(known)
  }
  if (words.all) return settleOpen(eligible(told, writtenAt), told)
  if (!words.yes && !(words.going && target !== undefined)) return NOT_UNDERSTOOD
  if (target !== undefined) return target.length === 0 ? ask(told) : settle(target)
  return bare(told, writtenAt)
}

/** A yes without saying to what: clear only when one message tells of everything that waits. */
function bare(told: readonly Told[], writtenAt: Micros): Reading {
  const waiting = eligible(told, writtenAt)
  const ids = new Set(waiting.map((one) => one.eventId))
  const messages = new Set(waiting.map((one) => one.message))
  const one = [...messages].some((message) => {
    const listed = new Set(waiting.filter((alarm) => alarm.message === message).map((alarm) => alarm.eventId))
    return listed.size === ids.size
  })
  if (ids.size > 0 && !one) return { kind: 'ask', eventIds: [...ids] }
  return settleOpen(waiting, told)
}

function eligible(told: readonly Told[], writtenAt: Micros): readonly Told[] {
  return told.filter((one) => one.acknowledgedBy === null && one.sentAt <= writtenAt - SEEN_AFTER)
}

function settleOpen(waiting: readonly Told[], told: readonly Told[]): Reading {
  if (waiting.length > 0) return { kind: 'acknowledge', eventIds: [...new Set(waiting.map((one) => one.eventId))] }
  if (told.some((one) => one.acknowledgedBy === null)) return ask(told)
  const last = newest(told)
  return last === undefined ? { kind: 'none_open' } : { kind: 'already', eventIds: [last.eventId] }
}

function settle(alarms: readonly Told[]): Reading {
  const open = new Set(alarms.filter((one) => one.acknowledgedBy === null).map((one) => one.eventId))
  if (open.size > 0) return { kind: 'acknowledge', eventIds: [...open] }
  return { kind: 'already', eventIds: [...new Set(alarms.map((one) => one.eventId))] }
}

function ask(told: readonly Told[]): Reading {
  const open = new Set(told.filter((one) => one.acknowledgedBy === null).map((one) => one.eventId))
  return open.size === 0 ? { kind: 'none_open' } : { kind: 'ask', eventIds: [...open] }
}

function newest(told: readonly Told[]): Told | undefined {
  return told.reduce<Told | undefined>((best, one) => (best === undefined || one.sentAt >= best.sentAt ? one : best), undefined)
}

function readTapback(verb: string, quoted: string, told: readonly Told[], writtenAt: Micros): Reading {
  if (!TAPBACK_YES.has(verb)) return { kind: 'ignore' }
  const first = /(?:#|alarm[ea]?\s+)(\d{1,6})\b/u.exec(quoted)?.[1]
  if (first === undefined) return bare(told, writtenAt)
  const named = newest(told.filter((one) => one.displayNumber === Number(first)))
  return named === undefined ? ask(told) : settle([named])
}

/** Compatibility forms, lower case, without invisible characters, variation selectors and skin tones; typographic apostrophes plain. */
function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\p{Emoji_Modifier}/gu, '')
    .replaceAll('’', "'")
    .toLowerCase()
    .trim()
}

function ownWords(text: string): string {
  const lines = text.split(/\r?\n/)
  const end = lines.findIndex((line, index) => index >= 0 && QUOTE_BEGINS.some((pattern) => pattern.test(line)))
  return (end === -1 ? lines : lines.slice(0, end))
    .filter((line) => !/^\s*[>|]/.test(line))
    .join('\n')
    .trim()
}

const TOKEN = /#?\d+|\p{Extended_Pictographic}|[\p{L}\p{M}']+|[&+]/gu

/** @returns what the words say, or undefined when one of them is not known */
function understand(text: string, told: readonly Told[]): Words | undefined {
  const plain = text
    .replaceAll(',#', ', #')
    .replace(/(^|\s)[:;]-?[)d](?=\s|$)/g, '$1')
    .replace(/(^|[^\p{L}])o\.k\.?(?=\s|$|[!,])/gu, '$1ok')
    .replace(/(?<=\d),(?=\d)/g, (comma, at: number, whole: string) => (isList(whole, at, told) ? ', ' : comma))
  // what is left between digits belongs to a reading, a time, a date or a range
  if (/[?¿]/.test(plain) || /\d[^\s\p{L}\d]+\d/u.test(plain.replace(/\d[+&]\s*(?=#?\d)/g, '0 '))) return undefined
  const marked = markPhrases(plain)
  if (marked.text.replace(TOKEN, '').replace(/[\s.,;!…()]/gu, '') !== '') return undefined
  const tokens = marked.text.match(TOKEN) ?? []
  let yes = marked.yes
  let all = false
  const numbers: number[] = []
  for (const [index, token] of tokens.entries()) {
    if (/^#?\d+$/.test(token)) numbers.push(Number(token.replace('#', '')))
    else if (isYes(token)) yes = true
    else if (ALL.has(token) && (yes || tokens.length === 1)) all = true
    else if (JOINERS.has(token) && numbers.length > 0 && index < tokens.length - 1) continue
    else if (!FILLERS.has(token)) return tokens.length === 1 && (token === 'y' || token === 's') ? { ...NOTHING, yes: true } : undefined
  }
  if (!yes && !all && numbers.length === 0 && !marked.going) return undefined
  return { yes, going: marked.going, all: all && numbers.length === 0, numbers }
}

const NOTHING: Words = { yes: false, going: false, all: false, numbers: [] }

function isYes(token: string): boolean {
  return YES.has(token) || /^(ok+|oki+|yes+|si+m+|sí+)$/u.test(token)
}

/** 121,123 lists two alarms when both are known; 9,1 is a reading. */
function isList(text: string, at: number, told: readonly Told[]): boolean {
  const before = /\d+$/.exec(text.slice(0, at))?.[0]
  const after = /^\d+/.exec(text.slice(at + 1))?.[0]
  const known = (digits: string | undefined): boolean => told.some((one) => one.displayNumber === Number(digits))
  return known(before) && known(after)
}

function markPhrases(text: string): { text: string; yes: boolean; going: boolean } {
  let rest = ` ${text.replaceAll(/\s+/g, ' ')} `
  const take = (phrases: readonly string[]): boolean => {
    let found = false
    for (const phrase of phrases) {
      const pattern = new RegExp(`(?<![\\p{L}'])${phrase}(?![\\p{L}'])`, 'gu')
      const without = rest.replace(pattern, ' ')
      if (without !== rest) found = true
      rest = without
    }
    return found
  }
  const going = take(GOING_PHRASES)
  const yes = take(YES_PHRASES)
  return { text: rest, yes, going }
}
