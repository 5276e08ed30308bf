import { NotFound } from '#base/errors.ts'
import { Zone } from '#calc/zone.ts'
import { attributionText } from '#domain/alarm.ts'
import { XLSX_TYPE } from '#plant/sheets/workbook-stream.ts'
import { addComment, ruleOfAlarm, toldState } from '#store/alarm-comments.ts'
import { measurePath, pathOf } from '#store/alarm-path.ts'
import type { Queryable } from '#store/database.ts'
import { listCategories } from '#store/alarm-categories.ts'
import { alarmTimeline, getAlarm } from '#store/alarms.ts'
import { messagesOfAlarm } from '#store/messaging.ts'
import { readSettings } from '#store/settings.ts'
import { listSuppressionsOf } from '#store/suppressions.ts'
import { type AlarmExport, alarmsCsv, alarmsWorkbook } from '../alarm-export.ts'
import { Download } from '../download.ts'
import type { Contract } from '../contract/contract.ts'
import type { ParsedOf } from '../contract/endpoint.ts'
import type { Handlers } from '../handlers.ts'
import { mayHandle } from '../may-handle.ts'

type Keys =
  | 'GET /api/alarms/:id'
  | 'POST /api/alarms/:id/comments'
  | 'GET /api/alarm-path'
  | 'GET /api/alarms.csv'
  | 'GET /api/alarms.xlsx'
  | 'GET /api/alarm-categories'

const HOUR = 3_600_000_000
const SPANS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR } as const
const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' } as const
const DECIMALS = { point: '.', comma: ',' } as const

/** One occurrence with everything that is known of it, and how long alarms take on their way. */
export const occurrenceRoutes: Handlers<Keys> = {
  'GET /api/alarms/:id': async ({ params: { id } }, { db, scope }) => {
    const alarm = await getAlarm(db, scope, id)
    const path = await pathOf(db, scope, id)
    if (alarm === undefined || path === undefined) throw new NotFound(`There is no alarm ${id}.`)
    return {
      alarm,
      path,
      messages: await messagesOfAlarm(db, scope, id),
      timeline: await alarmTimeline(db, scope, id),
      suppressions: await listSuppressionsOf(db, alarm, alarm.raisedAt, alarm.closedAt),
      told: (await toldState(db, id)) ?? null,
      ruleVersion: alarm.ruleVersion,
      rule: { ...(await ruleOfAlarm(db, id)) },
    }
  },

  'POST /api/alarms/:id/comments': async ({ params: { id }, body: { text } }, call) => {
    await mayHandle(call, { alarms: [id] })
    const { db, scope, user, clock, note } = call
    await addComment(db, scope, id, { who: attributionText({ by: 'platform', user: user.displayName }), text, at: clock.now() })
    note({ object: `alarm ${id}`, after: { comment: text } })
    return {}
  },

  'GET /api/alarm-path': async ({ query: { span } }, { db, scope, clock }) => {
    const to = clock.now()
    const from = to - SPANS[span]
    return { from, to, ...(await measurePath(db, scope, from, to)) }
  },

  'GET /api/alarms.csv': async ({ query: { delimiter, decimal, ...query } }, { db, scope }) => {
    const { what } = await exportOf(db, query)
    const look = { delimiter: DELIMITERS[delimiter], decimal: DECIMALS[decimal] }
    return new Download('alarms.csv', 'text/csv; charset=utf-8', alarmsCsv(db, scope, what, look))
  },

  'GET /api/alarms.xlsx': async ({ query }, { db, scope }) => {
    const { what, timeZone } = await exportOf(db, query)
    return new Download('alarms.xlsx', XLSX_TYPE, alarmsWorkbook(db, scope, what, timeZone))
  },

  'GET /api/alarm-categories': async (_input, { db, scope }) => ({ categories: [...(await listCategories(db, scope))] }),
}

/** The list and filter of an export, in the zone that was asked for or that of the site. */
async function exportOf(
  db: Queryable,
  { state, is, timeZone: wanted, ...filter }: ParsedOf<Contract['GET /api/alarms.xlsx']>['query'],
): Promise<{ what: AlarmExport; timeZone: string }> {
  const timeZone = wanted ?? (await readSettings(db)).site.timeZone
  return { what: { list: state, filter: { ...filter, state: is }, zone: new Zone(timeZone) }, timeZone }
}
