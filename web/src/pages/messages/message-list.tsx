import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AlarmMessage } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import type { PlainKey } from '../../i18n/translate.ts'
import { channelName } from '../../widgets/channel-name.ts'
import { toldText } from '../../widgets/told-text.ts'
import { Instant } from '../../widgets/instant.tsx'

const STATES: Readonly<Record<string, PlainKey>> = {
  queued: 'messageState.queued',
  leased: 'messageState.sending',
  handed: 'messageState.handed',
  delivered: 'messageState.delivered',
  read: 'messageState.read',
  failed: 'messageState.failed',
  unknown: 'messageState.unknown',
  cancelled: 'messageState.cancelled',
  expired: 'messageState.expired',
  suppressed: 'messageState.suppressed',
}
/** An SMS is one long line. */
const HEAD_LETTERS = 80

/** The state of a message in words, with the reason when it did not arrive. */
export function MessageState({ message }: { message: AlarmMessage }): ReactNode {
  const t = useT()
  const key = STATES[message.state]
  const counts = [
    ...(message.attempt > 1 ? [t('messages.attempt', { number: message.attempt })] : []),
    ...(message.parts !== null && message.parts > 1 ? [t('messages.parts', { count: message.parts })] : []),
  ]
  return (
    <span>
      <span className="pill">{key === undefined ? message.state : t(key)}</span>
      {counts.length > 0 && <span className="meta"> {counts.join(' · ')}</span>}
      {message.reason !== null && <div className="meta">{toldText(message.reason, t)}</div>}
      {message.providerId !== null && (
        <div className="meta" style={{ overflowWrap: 'anywhere' }}>
          {t('messages.provider', { id: message.providerId })}
        </div>
      )}
    </span>
  )
}

/** Messages as a list of cards: phones, and the detail of an alarm; `linked` where they are of several alarms. */
export function MessageList({ messages, linked = false }: { messages: readonly AlarmMessage[]; linked?: boolean }): ReactNode {
  const t = useT()
  return (
    <ul className="plain-list stack" style={{ gap: 8 }}>
      {messages.map((message) => (
        <li key={message.id} className="card card-body stack" style={{ gap: 4 }}>
          <div className="row spread">
            <strong>
              {message.contactName} · {channelName(message.channel)}
            </strong>
            <Instant at={message.createdAt} />
          </div>
          <MessageState message={message} />
          <details>
            <summary>{headOf(message)}</summary>
            <p style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{message.body}</p>
            <span className="meta">{message.address}</span>
          </details>
          {linked && message.alarmEventId !== null && (
            <Link to="/alarms/$alarmId" params={{ alarmId: String(message.alarmEventId) }}>
              {t('alarm.alarm')}
            </Link>
          )}
        </li>
      ))}
    </ul>
  )
}

/** What it says, in a line. */
function headOf({ body, address }: AlarmMessage): string {
  const [first = ''] = body.split('\n')
  if (first === '') return address
  return first.length > HEAD_LETTERS ? `${first.slice(0, HEAD_LETTERS).trimEnd()}…` : first
}
