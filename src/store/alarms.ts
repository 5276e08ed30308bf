import { InvalidRequest } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { AlarmEvent, Operator, Severity } from '#domain/alarm.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTimeOrNull } from './time.ts'

/** An occurrence with what was copied at the raise, so that it reads the same after its rule, tag or device is gone. */
export interface Alarm extends Omit<AlarmEvent, 'ruleId'> {
  /** Of a rule that allows a distance from it. */
  readonly target: number | null
  /** null when the rule was removed since. */
  readonly ruleId: number | null
  readonly ruleVersion: number
  readonly kind: string
  readonly deviceCode: string
  readonly tagName: string | null
  readonly unit: string
  readonly operator: Operator | null
  readonly valueAtClear: number | null
  /** The value arrived more than a minute after it was true. */
  readonly late: boolean
  /** Path in the tree of categories. */
  readonly category: string
  /** Why nobody is told of it. */
  readonly suppressed: 'shelved' | 'by_design' | 'out_of_service' | null
  /** It came and went so often that only some of its raises were told. */
  readonly chattering: boolean
  /** A flood began with it. */
  readonly firstOut: boolean
  /** Its value has returned; it stands until somebody resets it. */
  readonly latched: boolean
  /** Of one that had to be reset: when its value was back last, and what it was; null when it never was. */
  readonly returnedAt: Micros | null
  readonly valueAtReturn: number | null
  /** When it was beyond the limit again after that, not yet reset. */
  readonly resumedAt: Micros | null
  /** When the sample that raised it reached us, and when the raise was committed. */
  readonly receivedAt: Micros | null
  readonly committedAt: Micros
  /** When it was last put before people: its raise, its return from suppression, or its last re-alarm. */
  readonly annunciatedAt: Micros
  /** How often it was put before them again while it stood. */
  readonly reAlarms: number
}

export interface AlarmFilter {
  readonly severity?: Severity | undefined
  readonly deviceId?: number | undefined
  /** The category itself and everything below it. */
  readonly category?: string | undefined
  /** Found anywhere in name, device code, tag name, category, comment or attribution, without case; digits are a display number. */
  readonly text?: string | undefined
  /** Raised in [from, to). */
  readonly from?: Micros | undefined
  readonly to?: Micros | undefined
  readonly state?: 'standing' | 'returned' | 'unacknowledged' | 'acknowledged' | 'closed' | undefined
  /** 1 to 1000; 100 unless told. */
  readonly limit?: number | undefined
  /** From the page before. */
  readonly cursor?: string | undefined
}

export interface AlarmPage {
  readonly alarms: readonly Alarm[]
  /** Pass it back for the next page; null at the end. */
  readonly cursor: string | null
}

/** Open alarms by severity, and how many of all wait for an acknowledgement. */
export interface AlarmCounts {
  readonly critical: number
  readonly warning: number
  readonly info: number
  readonly unacknowledged: number
}

export interface TimelineEntry {
  readonly at: Micros
  readonly kind: 'raised' | 'returned' | 'resumed' | 'cleared' | 'released' | 'acknowledged' | 're_alarmed' | 'comment' | 'closed'
  /** Attribution, where somebody did it. */
  readonly who: string | null
  readonly text: string | null
  readonly value: number | null
}

const LATCHED = 'e.returned_at is not null and e.resumed_at is null and e.cleared_at is null'

const COLUMNS = `e.id, e.display_number as "displayNumber", e.rule_id as "ruleId", e.rule_version as "ruleVersion", e.kind,
  e.device_id as "deviceId", e.device_code as "deviceCode", e.tag_id as "tagId", e.tag_name as "tagName", e.unit, e.name, e.severity,
  e.operator, e.setpoint, (e.rule ->> 'target')::float8 as target, e.raised_at as "raisedAt", e.value_at_raise as "valueAtRaise", e.cleared_at as "clearedAt",
  e.value_at_clear as "valueAtClear", e.acknowledged_at as "acknowledgedAt", e.acknowledged_by as "acknowledgedBy", e.comment,
  e.closed_at as "closedAt", e.late, e.category, e.suppressed, e.chattering, e.first_out as "firstOut", e.received_at as "receivedAt", e.committed_at as "committedAt",
  coalesce(e.annunciated_at, e.committed_at) as "annunciatedAt", e.realarms as "reAlarms",
  e.returned_at as "returnedAt", e.value_at_return as "valueAtReturn", e.resumed_at as "resumedAt", ${LATCHED} as latched`

/** What needs a person comes first: it stands and nobody took notice, it returned and nobody took notice, the rest; each by severity. */
const URGENCY = `case when e.acknowledged_at is not null then 6 when e.cleared_at is not null then 3 else 0 end
  + case e.severity when 'critical' then 0 when 'warning' then 1 else 2 end`

/** Open alarms (not yet both acknowledged and returned), the most urgent first, then the newest: a flood hides none of them. */
export function listActive(db: Queryable, scope: DeviceScope, filter: AlarmFilter = {}): Promise<AlarmPage> {
  return list(db, scope, filter, 'e.closed_at is null and e.suppressed is null', URGENCY)
}

/** Open alarms that nobody is told of: shelved, suppressed by design, out of service. */
export function listSuppressed(db: Queryable, scope: DeviceScope, filter: AlarmFilter = {}): Promise<AlarmPage> {
  return list(db, scope, filter, 'e.closed_at is null and e.suppressed is not null', URGENCY)
}

/** Every occurrence, open or closed, newest first. */
export function listHistory(db: Queryable, scope: DeviceScope, filter: AlarmFilter = {}): Promise<AlarmPage> {
  return list(db, scope, filter, 'true', '0')
}

/** By their names in an address. */
export const ALARM_LISTS = { active: listActive, suppressed: listSuppressed, history: listHistory } as const

const STATES: Readonly<Record<NonNullable<AlarmFilter['state']>, string>> = {
  // closed is what has returned and was acknowledged: said here too, so that the index of the open ones serves
  standing: `e.closed_at is null and e.cleared_at is null and not (${LATCHED})`,
  returned: `(e.cleared_at is not null or ${LATCHED})`,
  unacknowledged: 'e.closed_at is null and e.acknowledged_at is null',
  acknowledged: 'e.acknowledged_at is not null',
  closed: 'e.closed_at is not null',
}

/** As migration 0019 has it: its index serves only the very same expression. */
const TEXT = `lower(e.name || ' ' || e.device_code || ' ' || coalesce(e.tag_name, '') || ' ' || e.category
         || ' ' || coalesce(e.comment, '') || ' ' || coalesce(e.acknowledged_by, ''))`

/** @returns the display number that a search is for: `#417`, or digits alone */
function numberIn(text: string): number | undefined {
  const [, digits] = /^#?(\d{1,9})$/.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits)
}

async function list(db: Queryable, scope: DeviceScope, filter: AlarmFilter, which: string, rank: string): Promise<AlarmPage> {
  const limit = Math.min(Math.max(filter.limit ?? 100, 1), 1000)
  const after = filter.cursor === undefined ? undefined : parseCursor(filter.cursor)
  const text = filter.text?.trim() ?? ''
  const number = numberIn(text)
  const rows = await db.query<Alarm & { rank: number }>(
    `select ${COLUMNS}, ${rank} as rank from alarm_events e
     where ${which} and ${filter.state === undefined ? 'true' : STATES[filter.state]}
       and ($1::int[] is null or e.device_id = any($1))
       and ($2::text is null or e.severity = $2)
       and ($3::int is null or e.device_id = $3)
       and ($4::text is null or ${TEXT} like $4)
       and ($12::int is null or e.display_number = $12)
       and ($5::timestamptz is null or e.raised_at >= $5)
       and ($6::timestamptz is null or e.raised_at < $6)
       and ($7::timestamptz is null or ${rank} > $9::int or (${rank} = $9 and (e.raised_at, e.id) < ($7, $8::bigint)))
       and ($11::text is null or e.category collate "C" = $11 or (e.category collate "C" > $11 || '/' and e.category collate "C" < $11 || '0'))
     order by rank, e.raised_at desc, e.id desc limit $10`,
    [
      idsOf(scope),
      filter.severity ?? null,
      filter.deviceId ?? null,
      text === '' || number !== undefined ? null : `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
      sqlTimeOrNull(filter.from ?? null),
      sqlTimeOrNull(filter.to ?? null),
      sqlTimeOrNull(after?.raisedAt ?? null),
      after?.id ?? null,
      after?.rank ?? null,
      limit + 1,
      filter.category ?? null,
      number ?? null,
    ],
  )
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const cursor = rows.length > limit && last !== undefined ? `${last.rank}-${last.raisedAt}-${last.id}` : null
  return { alarms: shown.map(({ rank: _, ...alarm }) => alarm), cursor }
}

function parseCursor(text: string): { rank: number; raisedAt: Micros; id: number } {
  const match = /^(\d)-(\d{1,16})-(\d{1,15})$/.exec(text)
  if (match === null) throw new InvalidRequest('This is not a cursor of the alarm list.', { field: 'cursor' })
  return { rank: Number(match[1]), raisedAt: Number(match[2]), id: Number(match[3]) }
}

/** @returns the occurrence, or undefined when there is none or it is out of scope. */
export async function getAlarm(db: Queryable, scope: DeviceScope, id: number): Promise<Alarm | undefined> {
  return (await getAlarms(db, scope, [id]))[0]
}

/** @returns those that exist and are in scope, by id. */
export async function getAlarms(db: Queryable, scope: DeviceScope, ids: readonly number[]): Promise<readonly Alarm[]> {
  return await db.query<Alarm>(
    `select ${COLUMNS} from alarm_events e
     where e.id = any($1::bigint[]) and ($2::int[] is null or e.device_id = any($2)) order by e.id`,
    [[...ids], idsOf(scope)],
  )
}

/** @returns open alarms that carry these numbers; people type them in replies. */
export async function openByNumber(db: Queryable, scope: DeviceScope, numbers: readonly number[]): Promise<readonly Alarm[]> {
  return await db.query<Alarm>(
    `select ${COLUMNS} from alarm_events e
     where e.closed_at is null and e.display_number = any($1::int[]) and ($2::int[] is null or e.device_id = any($2)) order by e.id`,
    [[...numbers], idsOf(scope)],
  )
}

/** What happened to one occurrence, oldest first; empty when there is none or it is out of scope. */
export async function alarmTimeline(db: Queryable, scope: DeviceScope, id: number): Promise<readonly TimelineEntry[]> {
  const alarm = await getAlarm(db, scope, id)
  if (alarm === undefined) return []
  const comments = await db.query<{ at: Micros; who: string; body: string }>(
    'select at, who, body from alarm_comments where alarm_event_id = $1 order by at, id',
    [id],
  )
  const again = await db.query<{ at: Micros; acknowledgedAt: Micros | null; acknowledgedBy: string | null }>(
    `select at, acknowledged_at as "acknowledgedAt", acknowledged_by as "acknowledgedBy" from alarm_realarms where alarm_event_id = $1 order by at`,
    [id],
  )
  const isBack = alarm.returnedAt !== null && alarm.resumedAt === null
  const entry = (at: Micros | null, kind: TimelineEntry['kind'], rest: Partial<TimelineEntry> = {}): TimelineEntry[] =>
    at === null ? [] : [{ at, kind, who: null, text: null, value: null, ...rest }]
  return [
    ...entry(alarm.raisedAt, 'raised', { value: alarm.valueAtRaise }),
    ...entry(alarm.returnedAt, 'returned', { value: alarm.valueAtReturn }),
    ...entry(alarm.resumedAt, 'resumed'),
    // what was held until its reset had returned before
    ...entry(alarm.clearedAt, isBack ? 'released' : 'cleared', { value: alarm.valueAtClear }),
    ...again.flatMap((one) => [...entry(one.acknowledgedAt, 'acknowledged', { who: one.acknowledgedBy }), ...entry(one.at, 're_alarmed')]),
    ...entry(alarm.acknowledgedAt, 'acknowledged', { who: alarm.acknowledgedBy }),
    ...comments.flatMap((comment) => entry(comment.at, 'comment', { who: comment.who, text: comment.body })),
    ...entry(alarm.closedAt, 'closed'),
  ].sort((a, b) => a.at - b.at)
}

export async function countActive(db: Queryable, scope: DeviceScope): Promise<AlarmCounts> {
  const [row] = await db.query<AlarmCounts>(
    `select count(*) filter (where severity = 'critical') as critical, count(*) filter (where severity = 'warning') as warning,
       count(*) filter (where severity = 'info') as info, count(*) filter (where acknowledged_at is null) as unacknowledged
     from alarm_events where closed_at is null and suppressed is null and ($1::int[] is null or device_id = any($1))`,
    [idsOf(scope)],
  )
  return row ?? { critical: 0, warning: 0, info: 0, unacknowledged: 0 }
}

/** Seconds since the alarm engine last showed life (it does so every second, also when idle); null before its first start. */
export async function engineAgeSeconds(db: Queryable): Promise<number | null> {
  const [row] = await db.query<{ age: number | null }>(
    `select extract(epoch from clock_timestamp() - max(clock))::float8 as age from watermarks where reader = 'alarm' and source = ''`,
  )
  return row?.age ?? null
}
