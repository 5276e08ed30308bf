import type { Micros } from '#base/time.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import { digestText, notesText } from './digest-text.ts'
import {
  acknowledgedText,
  alarmText,
  clearedText,
  exhaustedText,
  templateFields,
  type AlarmFacts,
  type MessageText,
  type SiteFacts,
} from './message-text.ts'
import { STORM_ALARMS } from './storm.ts'
import { fillTemplate, type AlarmFields, type MessageTemplate } from './template.ts'
import { testText } from './test-text.ts'

const RAISED: Micros = 1_782_871_805_000_000
const MINUTE: Micros = 60_000_000
const SITE: SiteFacts = { name: 'Water works', timeZone: 'Europe/Lisbon' }

/** What the alarms of a preview are called by: the last ones of a storm. */
const FIRST_NUMBER = 417

const ALARM: AlarmFacts & { readonly acknowledgedAt: Micros | null } = {
  displayNumber: FIRST_NUMBER,
  name: 'Reservoir level very high',
  severity: 'critical',
  kind: 'threshold',
  deviceCode: 'RES-02',
  tagName: 'Level',
  unit: 'm',
  operator: '>',
  setpoint: 4.5,
  valueAtRaise: 4.63,
  valueAtClear: null,
  raisedAt: RAISED,
  clearedAt: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
}
const DIGEST_ALARMS = several(3)
const STORM_OF_ALARMS = several(STORM_ALARMS + 23)

/** The numbers of the alarms that previews tell of. */
export const PREVIEW_NUMBERS: readonly number[] = STORM_OF_ALARMS.map((one) => one.displayNumber)

/** What a reader would see of a template, or with an empty one of the built-in text. */
export function previewOf({ kind, style, language, text }: MessageTemplate): string {
  const own = text === '' ? undefined : text
  if (kind === 'digest' || kind === 'storm') {
    const context = { now: RAISED, how: 'reply', template: () => own } as const
    return inStyle(digestText(kind === 'digest' ? DIGEST_ALARMS : STORM_OF_ALARMS, SITE, language, context), style)
  }
  if (kind === 'cleared_several' || kind === 'acknowledged_several') {
    const note = kind === 'cleared_several' ? 'cleared' : 'acknowledged'
    const alarms = several(3).map((one) => ({ ...alarmOf(note), displayNumber: one.displayNumber, severity: one.severity }))
    return inStyle(
      notesText(note, alarms, SITE, language, () => own),
      style,
    )
  }
  if (kind === 'test') return inStyle(testText({ gateway: 'Telegram', who: 'Ana Silva', at: RAISED }, SITE, language, own), style)
  if (own !== undefined) return fillTemplate(own, fieldsOf(kind, language))
  const alarm = alarmOf(kind)
  switch (kind) {
    case 'alarm':
      return inStyle(alarmText(alarm, SITE, language, { now: RAISED, how: 'reply' }), style)
    case 'cleared':
      return inStyle(clearedText(alarm, SITE, language), style)
    case 'acknowledged':
      return inStyle(acknowledgedText(alarm, alarm.acknowledgedBy ?? '', alarm.acknowledgedAt ?? 0, SITE, language), style)
    case 'exhausted':
      return inStyle(exhaustedText(alarm, SITE, language, RAISED + 30 * MINUTE), style)
  }
}

function inStyle(text: MessageText, style: MessageTemplate['style']): string {
  return style === 'short' ? text.short : text.text
}

function fieldsOf(kind: MessageTemplate['kind'], language: MessageLanguage): AlarmFields {
  return templateFields(alarmOf(kind), SITE, language, { now: RAISED, how: 'reply' })
}

function alarmOf(kind: MessageTemplate['kind']): typeof ALARM {
  if (kind === 'cleared') return { ...ALARM, valueAtClear: 4.21, clearedAt: RAISED + 12 * MINUTE }
  if (kind === 'acknowledged') return { ...ALARM, acknowledgedBy: 'Telegram: Ana S.', acknowledgedAt: RAISED + 3 * MINUTE }
  return ALARM
}

function several(count: number): readonly AlarmFacts[] {
  const severities = ['critical', 'warning', 'info'] as const
  return Array.from({ length: count }, (_, index) => ({
    ...ALARM,
    displayNumber: FIRST_NUMBER + index,
    severity: severities[index % severities.length] ?? 'info',
    raisedAt: RAISED + index * 1_000_000,
  }))
}
