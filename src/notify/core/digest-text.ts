import type { Micros } from '#base/time.ts'
import { isHeld } from '#domain/back-to-normal.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import {
  type AlarmFacts,
  type HowToAcknowledge,
  isLate,
  MARKS,
  type MessageText,
  sentence,
  shortTime,
  type SiteFacts,
  titleOf,
} from './message-text.ts'
import { plainSize } from './gsm7.ts'
import { isStorm } from './storm.ts'
import { type DigestFields, fillTemplate, type NotesFields } from './template.ts'
import { words } from './words.ts'

interface Limit {
  readonly letters: number
  /** How much of it a text takes. */
  readonly size: (text: string) => number
  readonly between: string
  /** What may be longer than there is room for. */
  readonly cut: Readonly<{ first: number; site: number; by: number }>
}

/** What every chat takes, templates of WhatsApp included, and a person reads at a glance. */
export const CHAT: Limit = { letters: 900, size: (text) => text.length, between: '\n', cut: { first: 100, site: 100, by: 100 } }
/** Two SMS. */
export const SMS: Limit = { letters: 300, size: plainSize, between: '; ', cut: { first: 60, site: 30, by: 40 } }
const MAIL_LINES = 200

/**
 * Several alarms in one message: the most severe first, each with its number, as many as fit, and how many more there are. A storm of the
 * whole site names the alarm that it began with.
 * @param context `template`: the site's own text of a kind, where it wrote one
 */
export function digestText(
  alarms: readonly AlarmFacts[],
  site: SiteFacts,
  language: MessageLanguage,
  context: {
    now: Micros
    how: HowToAcknowledge
    first?: AlarmFacts | undefined
    template?: ((kind: 'digest' | 'storm') => string | undefined) | undefined
  },
): MessageText {
  const say = words(language)
  const order: readonly AlarmFacts['severity'][] = ['critical', 'warning', 'info']
  const sorted = alarms.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || a.raisedAt - b.raisedAt)
  const critical = alarms.filter((one) => one.severity === 'critical').length
  const storm = isStorm(alarms.length)
  const named = (one: AlarmFacts): string => `${titleOf(one, say)} (${one.deviceCode})`
  const timed = (one: AlarmFacts): string => `${named(one)} ${shortTime(one.raisedAt, site.timeZone, language)}`
  const first = context.first ?? alarms.toSorted((a, b) => a.raisedAt - b.raisedAt)[0]
  const head = storm ? say.storm(alarms.length, critical) : say.digest(alarms.length, critical)
  const began = storm && first !== undefined ? timed(first) : ''
  const answered = context.how === 'reply' || context.how === 'button'
  const how = answered ? (storm ? say.howStorm : say.howDigest) : say.howScreen
  const rows = sorted.map((one) => `${MARKS[one.severity]} ${timed(one)}${isLate(one, context.now) ? ` (${say.late})` : ''}`)
  const lists = { rows, short: sorted.map(named), subject: `[${head}] ${site.name}`.trim(), language }
  const own = context.template?.(storm ? 'storm' : 'digest')
  if (own !== undefined) {
    const fields = { count: String(alarms.length), critical: String(critical), first: began, site: site.name, answer: how }
    // a mail says below its lines how an alarm is acknowledged on the screen
    return filled(own, fields, { ...lists, mailAnswer: answered ? how : '' })
  }
  const heads = began === '' ? [head] : [head, `${say.first}: ${clip(began, 80)}`]
  return laidOut({ ...lists, heads, how, mark: '' })
}

/** What a template of several alarms says beside its list. */
export function besideList(own: string, fields: SeveralFields, { cut }: Limit): (list: string) => string {
  const { first = '', site, by = '' } = fields
  const kept = { ...fields, first: clip(first, cut.first), site: clip(site, cut.site), by: clip(by, cut.by) }
  return (list) => fillTemplate(own, { ...kept, list })
}

/** Of a message of several alarms, or of several notes. */
type SeveralFields = Pick<DigestFields, 'count' | 'site'> & Partial<Omit<DigestFields & NotesFields, 'list'>>

function filled(
  own: string,
  fields: SeveralFields,
  of: {
    readonly rows: readonly string[]
    readonly short: readonly string[]
    readonly subject: string
    readonly mailAnswer: string
    readonly language: MessageLanguage
  },
): MessageText {
  const within = (limit: Limit, rows: readonly string[]): string => {
    const say = besideList(own, fields, limit)
    const room = limit.letters - limit.size(say('.')) + 1
    return say(fit(rows, room, limit, of.language).join(limit.between))
  }
  const mail = besideList(own, { ...fields, answer: of.mailAnswer }, CHAT)(mailRows(of.rows, of.language).join('\n'))
  return {
    subject: of.subject,
    text: within(CHAT, of.rows),
    lines: mail.split('\n').filter((line) => line !== ''),
    short: within(SMS, of.short),
  }
}

function mailRows(rows: readonly string[], language: MessageLanguage): readonly string[] {
  const over = rows.length - MAIL_LINES
  return [...rows.slice(0, MAIL_LINES), ...(over > 0 ? [words(language).more(over)] : [])]
}

/** Several notes in one: by whom they were acknowledged, or that they returned to normal; `template` is the site's own text. */
export function notesText(
  kind: 'acknowledged' | 'cleared',
  alarms: readonly AlarmFacts[],
  site: SiteFacts,
  language: MessageLanguage,
  template?: (kind: 'acknowledged_several' | 'cleared_several') => string | undefined,
): MessageText {
  const say = words(language)
  const by = [...new Set(alarms.map((one) => one.acknowledgedBy ?? ''))]
  const one = kind === 'acknowledged' && by.length === 1 ? by : []
  const rowOf = (alarm: AlarmFacts): string => {
    const also =
      kind === 'cleared'
        ? [isHeld(alarm) ? `, ${say.latched}` : '', alarm.acknowledgedBy === null ? `, ${say.stillOpen}` : ''].join('')
        : one.length === 1
          ? ''
          : `, ${alarm.acknowledgedBy ?? ''}`
    return `${titleOf(alarm, say)} (${alarm.deviceCode})${also}`
  }
  const head = kind === 'acknowledged' ? say.manyAcknowledged(alarms.length) : say.manyCleared(alarms.length)
  const rows = alarms.map(rowOf)
  const mark = kind === 'acknowledged' ? '☑️ ' : '🟢 '
  const lists = { rows, short: rows, subject: `[${head}] ${site.name}`.trim(), language }
  const own = template?.(`${kind}_several`)
  if (own !== undefined)
    return filled(own, { count: String(alarms.length), site: site.name, by: one[0] ?? '' }, { ...lists, mailAnswer: '' })
  return laidOut({ ...lists, heads: [head, ...one], how: '', mark })
}

/** As many names as an answer may hold. */
export function shortList(names: readonly string[], language: MessageLanguage): string {
  return fit(names, CHAT.letters, CHAT, language).join('\n')
}

function laidOut(of: {
  readonly heads: readonly string[]
  readonly rows: readonly string[]
  readonly short: readonly string[]
  readonly how: string
  readonly subject: string
  readonly mark: string
  readonly language: MessageLanguage
}): MessageText {
  const { heads, rows, how, subject, mark, language } = of
  const used = [...heads, how].join('. ') + mark
  const chat = [...heads, ...fit(rows, CHAT.letters - used.length - 2, CHAT, language)]
  const listed = fit(of.short, SMS.letters - SMS.size(used) - 2, SMS, language)
  return {
    subject,
    text: `${mark}${chat.join('\n')}${how === '' ? '' : `\n\n${how}`}`,
    lines: [...heads, ...mailRows(rows, language)],
    short: sentence([...heads, listed.join(SMS.between), how]),
  }
}

/** The first rows that fit into a room, at least the beginning of one, and how many more there are. */
function fit(rows: readonly string[], room: number, { size, between }: Limit, language: MessageLanguage): readonly string[] {
  if (fitting(rows, room, size, between) === rows.length) return rows
  const say = words(language)
  const left = room - size(say.more(rows.length)) - between.length
  const count = Math.max(1, fitting(rows, left, size, between))
  const [first = '', ...rest] = rows.slice(0, count)
  return [clip(first, left - between.length, size), ...rest, ...(count < rows.length ? [say.more(rows.length - count)] : [])]
}

/** How many of the first rows fit. */
function fitting(rows: readonly string[], room: number, size: Limit['size'], between: string): number {
  let used = 0
  const over = rows.findIndex((row) => (used += size(row) + between.length) > room)
  return over === -1 ? rows.length : over
}

/** As much of the beginning of a text as there is room for. */
export function clip(text: string, room: number, size: Limit['size'] = CHAT.size): string {
  if (size(text) <= room) return text
  const letters = Array.from(text)
  while (letters.length > 0 && size(`${letters.join('')}...`) > room) letters.pop()
  return letters.length === 0 ? '' : `${letters.join('').trimEnd()}...`
}
