import type { Micros } from '#base/time.ts'
import type { Zone } from '#calc/zone.ts'
import { limitOf } from '#domain/alarm-limit.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { CsvLook } from '#plant/sheets/core/csv.ts'
import type { SheetCell } from '#plant/sheets/core/sheet-xml.ts'
import { streamWorkbook } from '#plant/sheets/workbook-stream.ts'
import { ALARM_LISTS, type Alarm, type AlarmFilter } from '#store/alarms.ts'
import type { Queryable } from '#store/database.ts'
import { csvLine, timeText } from './core/history-csv.ts'

/** What is exported: a list as it is filtered, its times in a zone. */
export interface AlarmExport {
  readonly list: keyof typeof ALARM_LISTS
  readonly filter: AlarmFilter
  readonly zone: Zone
}

interface Column {
  readonly title: string
  readonly width: number
  readonly of: (alarm: Alarm) => string | number | null
}
/** Titles name the zone where cells are times. */
interface TimeColumn {
  readonly title: string
  readonly at: (alarm: Alarm) => Micros | null
}

const COLUMNS: readonly (Column | TimeColumn)[] = [
  { title: 'number', width: 10, of: (alarm) => alarm.displayNumber },
  { title: 'severity', width: 10, of: (alarm) => alarm.severity },
  { title: 'alarm', width: 32, of: (alarm) => alarm.name },
  { title: 'category', width: 20, of: (alarm) => alarm.category },
  { title: 'device', width: 12, of: (alarm) => alarm.deviceCode },
  { title: 'tag', width: 20, of: (alarm) => alarm.tagName },
  { title: 'value', width: 12, of: (alarm) => alarm.valueAtRaise },
  { title: 'operator', width: 10, of: (alarm) => limitOf(alarm)?.sign ?? null },
  { title: 'limit', width: 12, of: (alarm) => limitOf(alarm)?.value ?? null },
  { title: 'unit', width: 10, of: (alarm) => alarm.unit },
  { title: 'raised', at: (alarm) => alarm.raisedAt },
  { title: 'returned, held until reset', at: (alarm) => alarm.returnedAt },
  { title: 'cleared', at: (alarm) => alarm.clearedAt },
  { title: 'acknowledged', at: (alarm) => alarm.acknowledgedAt },
  { title: 'acknowledged by', width: 28, of: (alarm) => alarm.acknowledgedBy },
  { title: 'comment', width: 40, of: (alarm) => alarm.comment },
  { title: 'closed', at: (alarm) => alarm.closedAt },
  { title: 'hidden', width: 14, of: (alarm) => alarm.suppressed ?? (alarm.chattering ? 'chattering' : null) },
]
const PAGE = 1000

/** Page after page: only one is in memory. */
async function* pagesOf(db: Queryable, scope: DeviceScope, { list, filter }: AlarmExport): AsyncGenerator<readonly Alarm[]> {
  let cursor: string | undefined
  do {
    const page = await ALARM_LISTS[list](db, scope, { ...filter, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    yield page.alarms
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined)
}

/** As CSV, in the order of the list. Times are ISO 8601 with the offset of the zone. */
export async function* alarmsCsv(db: Queryable, scope: DeviceScope, what: AlarmExport, look: CsvLook): AsyncGenerator<string> {
  const cellOf = (column: Column | TimeColumn, alarm: Alarm): string | number | null => {
    if ('of' in column) return column.of(alarm)
    const at = column.at(alarm)
    return at === null ? null : timeText(at, 'iso', what.zone)
  }
  const title = csvLine(
    COLUMNS.map((column) => column.title),
    look,
  )
  yield `\uFEFF${title}`
  for await (const alarms of pagesOf(db, scope, what)) {
    yield alarms
      .map((alarm) =>
        csvLine(
          COLUMNS.map((column) => cellOf(column, alarm)),
          look,
        ),
      )
      .join('')
  }
}

/**
 * As an .xlsx workbook, in the order of the list. Times are dates on the wall clock of the zone, which their titles name; the last column has
 * the raise in UTC, since an hour that clocks put back show twice looks the same on both.
 * @param timeZone IANA, for the titles
 */
export function alarmsWorkbook(db: Queryable, scope: DeviceScope, what: AlarmExport, timeZone: string): AsyncGenerator<Uint8Array> {
  const { zone } = what
  const cellOf = (column: Column | TimeColumn, alarm: Alarm): SheetCell => {
    if ('of' in column) return column.of(alarm)
    const at = column.at(alarm)
    return at === null ? null : { at, zone }
  }
  const columns = COLUMNS.map((column) =>
    'of' in column ? { title: column.title, width: column.width } : { title: `${column.title} (${timeZone})`, width: 24 },
  )
  const rows = async function* (): AsyncGenerator<SheetCell[][]> {
    for await (const alarms of pagesOf(db, scope, what)) {
      yield alarms.map((alarm) => [...COLUMNS.map((column) => cellOf(column, alarm)), new Date(alarm.raisedAt / 1000).toISOString()])
    }
  }
  return streamWorkbook('Alarms', [...columns, { title: 'raised (UTC)', width: 26 }], rows())
}
