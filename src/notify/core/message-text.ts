import type { Micros } from '#base/time.ts'
import type { Operator, Severity } from '#domain/alarm.ts'
import { backToNormalAt, isHeld, type Returned } from '#domain/back-to-normal.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import { systemTrouble } from './system-trouble.ts'
import type { AlarmFields } from './template.ts'
import { words } from './words.ts'
import type { Words } from './words/wording.ts'

/** What a message says of an alarm. */
export interface AlarmFacts extends Returned {
  readonly displayNumber: number
  readonly name: string
  readonly severity: Severity
  readonly kind: string
  readonly deviceCode: string
  readonly tagName: string | null
  readonly unit: string
  readonly operator: Operator | null
  readonly setpoint: number | null
  readonly valueAtRaise: number | null
  readonly valueAtClear: number | null
  readonly raisedAt: Micros
  /** Of one that latches: when its value was back. */
  readonly valueAtReturn?: number | null
  readonly acknowledgedBy: string | null
  /** Of an alarm of the system itself: what is the matter. */
  readonly comment?: string | null
}

export interface SiteFacts {
  readonly name: string
  /** IANA zone. */
  readonly timeZone: string
}

export interface MessageText {
  /** One line, for mail. */
  readonly subject: string
  /** Everything, plain. */
  readonly text: string
  /** The same rows for mail: what stands first is the heading. */
  readonly lines: readonly string[]
  /** As little as says it all: for SMS. */
  readonly short: string
}

/** How often the rule of an alarm was raised since somebody was last told of it, this time included. */
export interface Repeats {
  readonly times: number
  readonly since: Micros
}

/** How the reader acknowledges: by a button or an answer, by an answer, by a link, or only on the screen. */
export type HowToAcknowledge = 'button' | 'reply' | 'link' | 'screen'

const LOCALES: Readonly<Record<MessageLanguage, string>> = { en: 'en-GB', pt: 'pt-PT', es: 'es-ES', fr: 'fr-FR', de: 'de-DE' }
export const MARKS: Readonly<Record<Severity, string>> = { info: '🔵', warning: '🟠', critical: '🔴' }
/** A message that leaves later than this after the raise says so. */
const LATE: Micros = 300_000_000

/** An alarm is raised. */
export function alarmText(
  alarm: AlarmFacts,
  site: SiteFacts,
  language: MessageLanguage,
  context: { now: Micros; how: HowToAcknowledge; repeats?: Repeats | undefined },
): MessageText {
  const say = words(language)
  const title = titleOf(alarm, say)
  const severity = say.severity[alarm.severity]
  const late = isLate(alarm, context.now)
  const repeats = repeatsText(context.repeats, site, language)
  const lines = [
    `${severity} ${title}`,
    where(alarm, language),
    `${say.raised}: ${when(alarm.raisedAt, site.timeZone, language)}${late ? ` (${say.late})` : ''}`,
    ...(hasReturned(alarm) ? [`${say.cleared}: ${when(backToNormalAt(alarm) ?? 0, site.timeZone, language)}`] : []),
    ...(isHeld(alarm) ? [say.latched] : []),
    ...(repeats === '' ? [] : [repeats]),
    ...(site.name === '' ? [] : [site.name]),
  ]
  const how = howOf(alarm.displayNumber, say, context.how)
  const time = `${shortTime(alarm.raisedAt, site.timeZone, language)}${late ? ` (${say.late})` : ''}`
  const short = [
    `${severity} ${title}`,
    where(alarm, language),
    time,
    ...(hasReturned(alarm) ? [say.cleared] : []),
    isHeld(alarm) ? say.latched : '',
    repeats,
    how,
  ]
  return {
    subject: `[${severity}] ${title} (${alarm.deviceCode})`,
    text: `${MARKS[alarm.severity]} ${lines.join('\n')}${how === '' ? '' : `\n\n${how}`}`,
    lines,
    short: sentence(short),
  }
}

/** An alarm that somebody was told of returned to normal; one that latches waits for its reset then, and is told of that too. */
export function clearedText(alarm: AlarmFacts, site: SiteFacts, language: MessageLanguage): MessageText {
  const say = words(language)
  const title = titleOf(alarm, say)
  const back = valueBack(alarm)
  const value = back === null ? '' : `: ${amount(back, alarm.unit, language)}`
  const time = (at: Micros | null | undefined): string => (at === null || at === undefined ? '' : when(at, site.timeZone, language))
  const wasHeld = alarm.clearedAt !== null && backToNormalAt(alarm) !== alarm.clearedAt
  const head = wasHeld ? say.reset : say.cleared
  const lines = [
    `${head} ${title}`,
    `${place(alarm)}${value}`,
    wasHeld ? `${say.cleared}: ${time(backToNormalAt(alarm))}` : time(backToNormalAt(alarm)),
    wasHeld ? `${say.reset}: ${time(alarm.clearedAt)}` : '',
    isHeld(alarm) ? say.latched : '',
    ...(alarm.acknowledgedBy === null ? [say.stillOpen] : []),
  ].filter((line) => line !== '')
  return { subject: `[${head}] ${title} (${alarm.deviceCode})`, text: `🟢 ${lines.join('\n')}`, lines, short: sentence(lines) }
}

/** Somebody else acknowledged: everybody who was told learns by whom. */
export function acknowledgedText(alarm: AlarmFacts, by: string, at: Micros, site: SiteFacts, language: MessageLanguage): MessageText {
  const say = words(language)
  const title = titleOf(alarm, say)
  const lines = [`${say.acknowledged} ${title}`, `${by}, ${when(at, site.timeZone, language)}`]
  return { subject: `[${say.acknowledged}] ${title} (${alarm.deviceCode})`, text: `☑️ ${lines.join('\n')}`, lines, short: sentence(lines) }
}

/** Nobody answered an alarm: for whoever looks after the system. */
export function exhaustedText(alarm: AlarmFacts, site: SiteFacts, language: MessageLanguage, now: Micros): MessageText {
  const say = words(language)
  const title = titleOf(alarm, say)
  const minutes = Math.max(0, Math.round((now - alarm.raisedAt) / 60_000_000))
  const lines = [`${say.nobodyAnswered(minutes)} ${title}`, where(alarm, language), ...(site.name === '' ? [] : [site.name])]
  return { subject: `[${say.severity[alarm.severity]}] ${lines[0] ?? ''}`, text: `⚠️ ${lines.join('\n')}`, lines, short: sentence(lines) }
}

/** What a template of the site may name, in the reader's language and the site's zone. */
export function templateFields(
  alarm: AlarmFacts & { readonly acknowledgedAt?: Micros | null },
  site: SiteFacts,
  language: MessageLanguage,
  context: { now: Micros; how: HowToAcknowledge; repeats?: Repeats | undefined },
): AlarmFields {
  const say = words(language)
  const time = (at: Micros | null | undefined): string => (at === null || at === undefined ? '' : when(at, site.timeZone, language))
  const value = hasReturned(alarm) ? (valueBack(alarm) ?? alarm.valueAtRaise) : alarm.valueAtRaise
  return {
    severity: say.severity[alarm.severity],
    number: String(alarm.displayNumber),
    name: nameOf(alarm, say),
    device: alarm.deviceCode,
    tag: alarm.tagName ?? '',
    value: value === null ? '' : amount(value, alarm.unit, language),
    limit: alarm.operator === null || alarm.setpoint === null ? '' : `${alarm.operator} ${amount(alarm.setpoint, alarm.unit, language)}`,
    since: time(alarm.raisedAt),
    returned: [time(backToNormalAt(alarm)), isHeld(alarm) ? say.latched : ''].filter((part) => part !== '').join('. '),
    late: isLate(alarm, context.now) ? say.late : '',
    repeats: repeatsText(context.repeats, site, language),
    by: alarm.acknowledgedBy ?? '',
    at: time(alarm.acknowledgedAt),
    site: site.name,
    how: howOf(alarm.displayNumber, say, context.how),
  }
}

/** A trouble of the system itself. */
export function systemText(body: string, site: SiteFacts): MessageText {
  const lines = [body, ...(site.name === '' ? [] : [site.name])]
  return { subject: `SyncTide: ${body.split('\n')[0] ?? ''}`.slice(0, 200), text: `⚠️ ${lines.join('\n')}`, lines, short: sentence(lines) }
}

/** `#109 Reservoir level very high`; what has no rule of somebody's own is named in the reader's language. */
export function titleOf(alarm: Pick<AlarmFacts, 'displayNumber' | 'kind' | 'name'>, say: Words): string {
  return `#${alarm.displayNumber} ${nameOf(alarm, say)}`
}

function nameOf(alarm: Pick<AlarmFacts, 'kind' | 'name'>, say: Words): string {
  if (alarm.kind === 'communication_loss') return say.communicationLoss
  if (alarm.kind !== 'system') return alarm.name
  const trouble = systemTrouble(alarm.name)
  return trouble === 'other' ? `${say.system.other}: ${alarm.name}` : say.system[trouble]
}

/** `24/11/2026, 03:12:05` in the site's zone. */
export function when(at: Micros, timeZone: string, language: MessageLanguage): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    timeZone,
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(at / 1000)
}

/** What only happened, and did not last, has not returned. */
function hasReturned(alarm: AlarmFacts): boolean {
  const at = backToNormalAt(alarm)
  return at !== null && !(alarm.kind === 'system' && at === alarm.raisedAt)
}

function valueBack(alarm: AlarmFacts): number | null {
  return backToNormalAt(alarm) === alarm.clearedAt ? alarm.valueAtClear : (alarm.valueAtReturn ?? null)
}

export function isLate({ raisedAt }: AlarmFacts, now: Micros): boolean {
  return now - raisedAt > LATE
}

function repeatsText(repeats: Repeats | undefined, site: SiteFacts, language: MessageLanguage): string {
  if (repeats === undefined || repeats.times < 2) return ''
  return words(language).repeated(repeats.times, shortTime(repeats.since, site.timeZone, language))
}

function howOf(number: number, say: Words, how: HowToAcknowledge): string {
  switch (how) {
    case 'button':
      return say.howReply(number)
    case 'reply':
      return say.howAnswer(number)
    case 'link':
      return ''
    case 'screen':
      return say.howScreen
  }
}

/** One after the other, for SMS. */
export function sentence(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => part.replace(/\.$/, ''))
    .join('. ')
}

/** `24/11 03:12`, in German `24.11. 03:12` */
export function shortTime(at: Micros, timeZone: string, language: MessageLanguage): string {
  return when(at, timeZone, language).replace(/^(\d\d\/\d\d|\d\d\.\d\d\.)\/?\d{4},? (\d\d:\d\d).*$/, '$1 $2')
}

function where(alarm: AlarmFacts, language: MessageLanguage): string {
  const say = words(language)
  if (alarm.kind === 'communication_loss') return `${alarm.deviceCode}: ${say.communicationLost}`
  const value = alarm.valueAtRaise === null ? '' : `: ${amount(alarm.valueAtRaise, alarm.unit, language)}`
  const limit =
    alarm.operator === null || alarm.setpoint === null
      ? ''
      : ` (${say.limit} ${alarm.operator} ${amount(alarm.setpoint, alarm.unit, language)})`
  const problem = alarm.kind === 'system' && alarm.acknowledgedBy === null ? (alarm.comment ?? '') : ''
  return `${place(alarm)}${value}${limit}${problem === '' ? '' : `: ${problem}`}`
}

function place(alarm: AlarmFacts): string {
  return alarm.tagName === null ? alarm.deviceCode : `${alarm.deviceCode} ${alarm.tagName}`
}

function amount(value: number, unit: string, language: MessageLanguage): string {
  const number = new Intl.NumberFormat(LOCALES[language], {
    maximumSignificantDigits: 7,
    useGrouping: false,
  }).format(value)
  return unit === '' ? number : `${number} ${unit}`
}
