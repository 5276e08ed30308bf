import type { Micros } from '#base/time.ts'
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
import { isStorm } from './storm.ts'
import { words } from './words.ts'

/** What every chat takes, templates of WhatsApp included, and a person reads at a glance. */
const CHAT_LETTERS = 900
/** Two SMS. */
const SMS_LETTERS = 300
const MAIL_LINES = 200

/**
 * Several alarms in one message: the most severe first, each with its number, as many as fit, and how many more there are. A storm of the
 * whole site names the alarm that it began with.
 */
export function digestText(
  alarms: readonly AlarmFacts[],
  site: SiteFacts,
  language: MessageLanguage,
  context: { now: Micros; how: HowToAcknowledge; first?: AlarmFacts | undefined },
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
  const heads = storm && first !== undefined ? [head, `${say.first}: ${timed(first)}`] : [head]
  const how = context.how === 'reply' || context.how === 'button' ? (storm ? say.howStorm : say.howDigest) : say.howScreen
  const rows = sorted.map((one) => `${MARKS[one.severity]} ${timed(one)}${isLate(one, context.now) ? ` (${say.late})` : ''}`)
  return laidOut({ heads, rows, short: sorted.map(named), how, subject: `[${head}] ${site.name}`.trim(), mark: '', language })
}

/** Several notes in one: by whom they were acknowledged, or that they returned to normal. */
export function notesText(
  kind: 'acknowledged' | 'cleared',
  alarms: readonly AlarmFacts[],
  site: SiteFacts,
  language: MessageLanguage,
): MessageText {
  const say = words(language)
  const by = [...new Set(alarms.map((one) => one.acknowledgedBy ?? ''))]
  const one = kind === 'acknowledged' && by.length === 1 ? by : []
  const rowOf = (alarm: AlarmFacts): string => {
    const also =
      kind === 'cleared'
        ? alarm.acknowledgedBy === null
          ? `, ${say.stillOpen}`
          : ''
        : one.length === 1
          ? ''
          : `, ${alarm.acknowledgedBy ?? ''}`
    return `${titleOf(alarm, say)} (${alarm.deviceCode})${also}`
  }
  const head = kind === 'acknowledged' ? say.manyAcknowledged(alarms.length) : say.manyCleared(alarms.length)
  const rows = alarms.map(rowOf)
  const mark = kind === 'acknowledged' ? '☑️ ' : '🟢 '
  return laidOut({ heads: [head, ...one], rows, short: rows, how: '', subject: `[${head}] ${site.name}`.trim(), mark, language })
}

/** As many names as an answer may hold. */
export function shortList(names: readonly string[], language: MessageLanguage): string {
  return fit(names, { letters: CHAT_LETTERS, between: 1, language }).join('\n')
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
  const used = [...heads, how].join('\n').length + mark.length + 2
  const chat = [...heads, ...fit(rows, { letters: CHAT_LETTERS - used, between: 1, language })]
  const listed = fit(of.short, { letters: SMS_LETTERS - used, between: 2, language })
  const over = rows.length - MAIL_LINES
  return {
    subject,
    text: `${mark}${chat.join('\n')}${how === '' ? '' : `\n\n${how}`}`,
    lines: [...heads, ...rows.slice(0, MAIL_LINES), ...(over > 0 ? [words(language).more(over)] : [])],
    short: sentence([...heads, listed.join('; '), how]),
  }
}

/** The first rows that fit, at least one, and how many more there are. */
function fit(
  rows: readonly string[],
  { letters, between, language }: { letters: number; between: number; language: MessageLanguage },
): readonly string[] {
  const say = words(language)
  const room = letters - say.more(rows.length).length - between
  let used = 0
  const whole = rows.reduce((sum, row) => sum + row.length + between, 0) <= letters
  const kept = whole ? rows : rows.filter((row, index) => (used += row.length + between) <= room || index === 0)
  return kept.length === rows.length ? rows : [...kept, say.more(rows.length - kept.length)]
}
