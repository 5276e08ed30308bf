import type { ReactNode } from 'react'
import { formatInstant } from '../format/instants.ts'
import { inWords, useT } from '../i18n/language.ts'
import type { PlainKey } from '../i18n/translate.ts'
import { useSession } from '../session.tsx'
import { toldText } from './told-text.ts'

const WORDS: Readonly<Record<string, PlainKey>> = {
  'device.lost': 'event.deviceLost',
  'device.quarantined': 'event.deviceQuarantined',
  'device.recovered': 'event.deviceRecovered',
  'ingest.samples_lost': 'event.samplesLost',
  'ingest.record_refused': 'event.recordRefused',
  'alarm.deliveries_missed': 'event.deliveriesMissed',
  'alarm.device_clock_stepped_back': 'event.clockBack',
  'alarm.source_clock_stepped_back': 'event.sourceClockBack',
  'keeper.deliveries_unread': 'event.deliveriesUnread',
  'notify.gateway_down': 'event.gatewayDown',
  'notify.gateway_up': 'event.gatewayUp',
  'notify.overdue': 'event.overdue',
  'notify.answers_lost': 'event.answersLost',
  'keeper.disk_room': 'event.diskRoom',
  'keeper.backup_failed': 'event.backupFailed',
  'keeper.backup_hook_failed': 'event.backupHookFailed',
}
const ALARMS: Readonly<Record<string, 'event.nobodyTold' | 'event.exhausted'>> = {
  'notify.nobody_told': 'event.nobodyTold',
  'notify.exhausted': 'event.exhausted',
}
/** Micros of this century: no other figure of an event is as large. */
const LOOKS_LIKE_AN_INSTANT = 1e15

/** What the system noticed, in words where we have some; the details as they were noted. */
export function EventText({ code, detail }: { code: string; detail: Readonly<Record<string, unknown>> }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const key = WORDS[code]
  const { problem, why, displayNumber, name, alarmEventId: _, ...rest } = detail
  const alarm = ALARMS[code]
  const title = alarm !== undefined ? t(alarm, { number: textOf(displayNumber), name: textOf(name) }) : key === undefined ? code : t(key)
  const facts = Object.entries(alarm === undefined ? rest : {}).map(([fact, value]) => {
    const instant = typeof value === 'number' && value > LOOKS_LIKE_AN_INSTANT
    return `${fact}: ${instant ? formatInstant(value, 'dateTime', locale, timeZone) : textOf(value)}`
  })
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      {title}
      {[problem, why].map((text) =>
        typeof text === 'string' ? (
          <span key={text} className="meta" style={{ display: 'block' }}>
            {inWords(toldText(text, t))}
          </span>
        ) : null,
      )}
      {facts.length > 0 && (
        <span className="meta" style={{ display: 'block' }}>
          {facts.join(' · ')}
        </span>
      )}
    </span>
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : JSON.stringify(value)
}
