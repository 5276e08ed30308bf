import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { asError } from '#base/errors.ts'
import { read, type Reading, type Told } from '#notify/core/reply.ts'

/*
 * Reads replies of files of cases with the product's own reader:
 *
 *     node tools/reply-cases.ts FILE...
 *
 * prints what differs and how many pass; exit code 1 when one fails. A case that is not strict also passes when nothing is acknowledged.
 */

/** What one contact did. Fields that a channel does not have are left out. */
interface CaseInput {
  /** text, button, reaction, link; anything else (auto, forwarded, edited, redelivered, bot, media, …) is nothing that a person said to us */
  readonly kind: string
  readonly text?: string
  /** Of a button. */
  readonly data?: string
  readonly payload?: string
  /** Of a reaction; an empty one was taken back. */
  readonly emoji?: string
  /** The message it points at. */
  readonly replyTo?: string
  readonly target?: string
  /** Of a link. */
  readonly method?: string
  readonly expired?: boolean
  readonly token?: string
  /** Sender; absent: the contact. */
  readonly from?: string
  /** Where it was said; absent: the contact's own chat. */
  readonly chat?: string
  /** Seconds from now at which it was written. */
  readonly at?: number
  readonly [more: string]: unknown
}

interface Case {
  readonly id: string
  readonly group?: string
  readonly channel: string
  readonly open: string
  readonly language?: string
  readonly input: CaseInput
  readonly expect: { readonly ack?: boolean; readonly alarms: readonly number[]; readonly reply?: string }
  readonly strict: boolean
  readonly why?: string
}

interface CaseAlarm {
  readonly id: number
  readonly message: string
  readonly sentSecAgo: number
  readonly ackedBy?: string
  readonly sentTo?: string
}

export interface CaseFile {
  readonly sets: Readonly<Record<string, { readonly alarms: readonly CaseAlarm[] }>>
  readonly cases: readonly Case[]
}

const NOW = 1_800_000_000_000_000
const SECOND = 1_000_000
const CONTACT = '+351912345678'
const WRITTEN = new Set(['text', 'tapback', 'sticker', 'caption', 'reply', 'swipe'])
/** How a case says that what came was no person's word, whatever its kind. */
const NO_PERSON =
  /^(auto\w*|forward\w*|edited|edit|redeliver\w*|duplicate|bot|is_?bot|from_?bot|via_?bot|offline|is_?from_?offline|away|bounce|removed|media|unsupported)$/i

/** @returns what differs from the expectation; undefined when nothing does */
export function runReplyCase(one: Case, sets: CaseFile['sets']): string | undefined {
  const reading = readCase(one, sets[one.open]?.alarms ?? [])
  const got = reading.kind === 'acknowledge' ? reading.eventIds.toSorted((a, b) => a - b) : []
  const wanted = one.expect.alarms.toSorted((a, b) => a - b)
  if (got.join() === wanted.join() || (!one.strict && got.length === 0)) return undefined
  return `${one.id} ${JSON.stringify(one.input)}: acknowledged [${got.join(', ')}] instead of [${wanted.join(', ')}] (${reading.kind})`
}

/** The class of the answer that a case may name. */
export function replyClass({ kind }: Reading): string {
  return kind === 'acknowledge' ? 'confirm' : kind === 'ignore' ? 'none' : kind
}

export function readCase({ input, language }: Case, alarms: readonly CaseAlarm[]): Reading {
  // who is not known may not acknowledge
  if ((input.from ?? CONTACT).replace(/[\s.-]/g, '') !== CONTACT || input['known'] === false) return { kind: 'ignore' }
  const told = alarms.filter((alarm) => (alarm.sentTo ?? '') === (input.chat ?? '')).map(toldOf)
  // a link is acted on by POST only; see notify/acknowledge-link.ts
  if (input.kind === 'link') {
    const valid =
      input.method === 'POST' &&
      input.expired !== true &&
      Number(input['ageHours'] ?? 0) <= 72 &&
      /^(valid|ok|t\d*|)$/.test(input.token ?? '')
    const open = told.filter((one) => one.acknowledgedBy === null)
    return valid && open.length > 0 ? { kind: 'acknowledge', eventIds: open.map((one) => one.eventId) } : { kind: 'ignore' }
  }
  const kind = input.kind === 'button' || input.kind === 'reaction' ? input.kind : 'text'
  const marked = Object.entries(input).some(([name, value]) => NO_PERSON.test(name) && value !== false && value !== 'no' && value !== null)
  return read(
    {
      kind,
      text:
        (kind === 'button' ? (input.data ?? input.payload) : kind === 'reaction' ? input.emoji : undefined) ??
        input.text ??
        input.emoji ??
        '',
      replyTo: input.replyTo ?? input.target ?? null,
      writtenAt: NOW + (input.at ?? 0) * SECOND,
      automatic: (kind === 'text' && !WRITTEN.has(input.kind)) || marked || byProgram(input['headers']),
    },
    told,
    language,
  )
}

/** Of a mail: what RFC 3834 and custom mark as sent by a program. */
function byProgram(headers: unknown): boolean {
  return Object.entries(typeof headers === 'object' && headers !== null ? headers : {}).some(
    ([name, value]) =>
      (/^auto-submitted$/i.test(name) && value !== 'no') ||
      /^x-autoreply$|^x-autorespond$/i.test(name) ||
      (/^precedence$/i.test(name) && /auto_reply|bulk|junk/i.test(String(value))) ||
      (/^return-path$/i.test(name) && value === '<>') ||
      (/^content-type$/i.test(name) && /multipart\/report/i.test(String(value))),
  )
}

function toldOf(alarm: CaseAlarm): Told {
  return {
    eventId: alarm.id,
    displayNumber: alarm.id,
    message: alarm.message,
    sentAt: NOW - alarm.sentSecAgo * SECOND,
    acknowledgedBy: alarm.ackedBy ?? null,
  }
}

function main(files: readonly string[]): void {
  if (files.length === 0) throw new Error('Give the path of a file of reply cases, or several.')
  for (const file of files) {
    const { cases, sets } = JSON.parse(readFileSync(file, 'utf8')) as CaseFile
    const differences = cases.flatMap((one) => runReplyCase(one, sets) ?? [])
    for (const line of differences) console.log(line)
    console.log(`${files.length > 1 ? `${file}: ` : ''}${cases.length - differences.length} of ${cases.length} cases pass`)
    if (differences.length > 0) process.exitCode = 1
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    main(process.argv.slice(2))
  } catch (error) {
    console.error(asError(error).message)
    process.exitCode = 2
  }
}
