import type { Zone } from '#calc/zone.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { CsvLook } from '#plant/sheets/core/csv.ts'
import { type Alarm, type AlarmFilter, listHistory } from '#store/alarms.ts'
import type { Queryable } from '#store/database.ts'
import { csvLine, timeText } from './core/history-csv.ts'

const COLUMNS = [
  'number',
  'severity',
  'alarm',
  'category',
  'device',
  'tag',
  'value',
  'operator',
  'limit',
  'unit',
  'raised',
  'cleared',
  'acknowledged',
  'acknowledged by',
  'comment',
  'closed',
  'hidden',
] as const
const PAGE = 1000

/** The history of alarms as CSV, newest first, page after page: only one is in memory. Times are ISO 8601 with the offset of the zone. */
export async function* exportAlarms(
  db: Queryable,
  scope: DeviceScope,
  filter: AlarmFilter,
  look: CsvLook,
  zone: Zone,
): AsyncGenerator<string> {
  yield `\uFEFF${csvLine(COLUMNS, look)}`
  let cursor: string | undefined
  do {
    const page = await listHistory(db, scope, { ...filter, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    if (page.alarms.length > 0) yield page.alarms.map((alarm) => csvLine(cellsOf(alarm, zone), look)).join('')
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined)
}

function cellsOf(alarm: Alarm, zone: Zone): (string | number | null)[] {
  const time = (at: number | null): string | null => (at === null ? null : timeText(at, 'iso', zone))
  return [
    alarm.displayNumber,
    alarm.severity,
    alarm.name,
    alarm.category,
    alarm.deviceCode,
    alarm.tagName,
    alarm.valueAtRaise,
    alarm.operator,
    alarm.setpoint,
    alarm.unit,
    time(alarm.raisedAt),
    time(alarm.clearedAt),
    time(alarm.acknowledgedAt),
    alarm.acknowledgedBy,
    alarm.comment,
    time(alarm.closedAt),
    alarm.suppressed ?? (alarm.chattering ? 'chattering' : null),
  ]
}
