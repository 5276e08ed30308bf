import { limitOf } from '#domain/alarm-limit.ts'
import type { Alarm } from '../../api/replies.ts'
import { formatShort } from '../../format/numbers.ts'
import { formatValue } from '../../format/tag-value.ts'
import type { PlainKey, Translate } from '../../i18n/translate.ts'
import type { Session } from '../../session.tsx'

const MOST_DECIMALS = 6

/** Alarms of the system itself, by the code of their event. */
const TROUBLES: Readonly<Record<string, PlainKey>> = {
  'keeper.disk_room': 'trouble.diskLow',
  'keeper.backup_failed': 'trouble.backupFailed',
  'keeper.backup_overdue': 'trouble.backupOverdue',
  'keeper.backup_hook_failed': 'trouble.backupHookFailed',
  'keeper.deliveries_unread': 'trouble.deliveriesUnread',
  'notify.answers_lost': 'trouble.answersLost',
  'alarm.engine_silent': 'trouble.engineSilent',
  'alarm.flood': 'trouble.flood',
}

/** What the operator reads first. What has no rule of somebody's own is named in the reader's language. */
export function alarmName(alarm: Pick<Alarm, 'kind' | 'name'>, t: Translate): string {
  if (alarm.kind === 'communication_loss') return t('alarm.communicationLost')
  const words = alarm.kind === 'system' ? TROUBLES[alarm.name] : undefined
  return words === undefined ? alarm.name : t(words)
}

/** `76.86 / > 69.3 %`; empty for alarms without a number. A value at its limit gets the decimals that tell them apart. */
export function valueAndLimit(alarm: Alarm, session: Pick<Session, 'tag' | 'locale'>): string {
  const { valueAtRaise: value, unit } = alarm
  const tag = alarm.tagId === null ? undefined : session.tag(alarm.tagId)
  const limit = limitOf(alarm)
  const decimals = decimalsThatTell(value, limit?.value ?? null, Math.max(tag?.decimals ?? 3, 1), session.locale)
  const text = (one: number, of: string): string =>
    `${tag?.kind === 'digital' ? formatValue(one, tag, session.locale) : formatShort(one, session.locale, decimals)}${of === '' ? '' : ` ${of}`}`
  if (limit === null) return value === null ? '' : text(value, unit)
  const around = limit.around === null ? '' : `${text(limit.around, limit.unit === unit ? '' : unit)} `
  const told = `${around}${limit.sign} ${text(limit.value, limit.unit)}`
  if (value === null) return told
  return `${text(value, limit.unit === unit ? '' : unit)} / ${told}`
}

function decimalsThatTell(value: number | null, limit: number | null, from: number, locale: string): number {
  if (value === null || limit === null || value === limit) return from
  let decimals = from
  while (decimals < MOST_DECIMALS && formatShort(value, locale, decimals) === formatShort(limit, locale, decimals)) decimals++
  return decimals
}
