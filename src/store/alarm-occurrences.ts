import type { Micros } from '#base/time.ts'
import { isTagRule } from '#domain/alarm.ts'
import { toldReason } from '#domain/told-reason.ts'
import { endCases, lockCases, type Intent } from './alarm-announce.ts'
import { QUIET_FOR, findChattering } from './alarm-guards.ts'
import type { Change } from './alarm-change.ts'
import { firstReturns, heldOf, holdStanding, isReturn } from './alarm-held.ts'
import { suppressionOf } from './alarm-suppress.ts'
import { ruleAsItWas } from './core/rule-as-it-was.ts'
import type { Queryable } from './database.ts'
import { sqlTime, sqlTimeOrNull } from './time.ts'

/** An occurrence that begins, and ends as well when its clear was judged together with it. */
interface Occurrence {
  readonly raise: Change
  clear: Change | undefined
  /** What its value did meanwhile, where it is held until a reset. */
  readonly held: Change[]
}

/** What became of the changes. */
export interface Written {
  /** One for each change that is a fact now, in order. */
  readonly intents: readonly Intent[]
  /** The newest occurrence of each rule raised. */
  readonly eventIds: ReadonlyMap<number, number>
}

/** An occurrence that was written. */
interface Begun {
  readonly id: number
  readonly told: boolean
}

const RETURNED = 'System: returned to normal'

/** Writes raises and clears: a new occurrence for each raise, the standing one of the rule for each clear. */
export async function writeChanges(tx: Queryable, changes: readonly Change[]): Promise<Written> {
  if (changes.length === 0) return { intents: [], eventIds: new Map() }
  const latest = new Map<number, Occurrence>()
  const occurrences: Occurrence[] = []
  const ends: Change[] = []
  const held: Change[] = []
  const owner = new Map<Change, Occurrence>()
  for (const change of changes) {
    const open = latest.get(change.rule.id)
    if (change.kind === 'raise') {
      const occurrence: Occurrence = { raise: change, clear: undefined, held: [] }
      latest.set(change.rule.id, occurrence)
      occurrences.push(occurrence)
      owner.set(change, occurrence)
    } else if (open !== undefined && open.clear === undefined) {
      if (change.kind === 'clear') open.clear = change
      else open.held.push(change)
      owner.set(change, open)
    } else if (change.kind === 'clear') {
      ends.push(change)
    } else {
      held.push(change)
    }
  }
  const heldNow = await holdStanding(tx, held)
  const toldReturns = new Set([...firstReturns(held, heldNow), ...occurrences.flatMap((one) => one.held.find(isReturn) ?? [])])
  const ended = await endStanding(tx, ends)
  const ids = await insertOccurrences(tx, occurrences)
  await limitOpen(tx, [...latest.keys()])
  const intents = changes.flatMap((change): Intent[] => {
    const occurrence = owner.get(change)
    const begun = occurrence === undefined ? undefined : ids.get(occurrence)
    const of = change.kind === 'clear' ? ended : heldNow
    const eventId = begun?.id ?? (change.kind === 'raise' ? undefined : of.get(change.rule.id)?.id)
    if (eventId === undefined) return []
    const told = begun?.told ?? true
    const body = { at: change.at, value: change.value, late: change.late }
    if (change.kind === 'raise') return [{ kind: 'raised', eventId, told, body: { ...body, standing: occurrence?.clear === undefined } }]
    // a value that comes and goes while its alarm is held is told once
    if (change.kind === 'return' || change.kind === 'resume') return [{ kind: 'returned', eventId, told: toldReturns.has(change), body }]
    return [{ kind: 'cleared', eventId, told: true, body: { ...body, closed: change.rule.autoClose } }]
  })
  const eventIds = new Map<number, number>()
  for (const [occurrence, { id }] of ids) eventIds.set(occurrence.raise.rule.id, id)
  return { intents, eventIds }
}

async function insertOccurrences(tx: Queryable, occurrences: readonly Occurrence[]): Promise<ReadonlyMap<Occurrence, Begun>> {
  const ids = new Map<Occurrence, Begun>()
  if (occurrences.length === 0) return ids
  const numbers = await freeNumbers(tx, occurrences.length)
  const raises = occurrences.map(({ raise }) => ({ ruleId: raise.rule.id, at: raise.at }))
  const chattering = await findChattering(tx, raises)
  // a rule that is being removed keeps its occurrence, without its id
  const rows = await tx.query<{ id: number; place: number; told: boolean }>(
    `with input as (
       select * from jsonb_to_recordset($1::jsonb) as x (place int, number int, rule_id int, rule_version int, kind text, device_id int, device_code text,
         tag_id int, tag_name text, unit text, name text, severity text, category text, operator text, setpoint float8, raised_at timestamptz,
         value_at_raise float8, cleared_at timestamptz, value_at_clear float8, returned_at timestamptz,
         value_at_return float8, resumed_at timestamptz, closed boolean, late boolean, received_at timestamptz, chattering boolean, rule jsonb)),
     live as (select id from alarm_rules where id in (select rule_id from input) order by id for key share),
     made as (
       insert into alarm_events (display_number, rule_id, rule_version, kind, device_id, device_code, tag_id, tag_name, unit, name, severity,
         category, operator, setpoint, raised_at, value_at_raise, cleared_at, value_at_clear, returned_at, value_at_return, resumed_at, acknowledged_at, acknowledged_by, attribution, closed_at,
         late, received_at, committed_at, suppressed, chattering, quiet_until, rule)
       select number, live.id, rule_version, kind, device_id, device_code, tag_id, tag_name, unit, name, severity, category, operator, setpoint, raised_at,
         value_at_raise, cleared_at, value_at_clear, returned_at, value_at_return, resumed_at, case when closed then cleared_at end, case when closed then $2 end,
         case when closed then $3::jsonb end, case when closed then cleared_at end, late, received_at, clock_timestamp(),
         ${suppressionOf('live.id', 'input.device_id')}, chattering, case when chattering then clock_timestamp() + ${QUIET_FOR} end, rule
       from input left join live on live.id = input.rule_id order by place
       returning id, display_number, suppressed is null and not chattering as told)
     select made.id, input.place, made.told from made join input on input.number = made.display_number`,
    [
      JSON.stringify(
        occurrences.map((one, place) => {
          const raise = raises[place]
          return { ...rowOf(one, place, numbers[place] ?? 0), chattering: raise !== undefined && chattering.has(raise) }
        }),
      ),
      RETURNED,
      JSON.stringify({ by: 'system', reason: 'returned to normal' }),
    ],
  )
  for (const { id, place, told } of rows) {
    const occurrence = occurrences[place]
    if (occurrence !== undefined) ids.set(occurrence, { id, told })
  }
  return ids
}

/** Kinds whose operator says something of the value. */
const COMPARES: ReadonlySet<string> = new Set(['threshold', 'totalizer', 'rate_of_change'])

function rowOf({ raise, clear, held }: Occurrence, place: number, number: number): Readonly<Record<string, unknown>> {
  const { rule } = raise
  const ofTag = isTagRule(rule) ? rule : undefined
  const compares = ofTag !== undefined && COMPARES.has(ofTag.kind)
  return {
    place,
    number,
    rule_id: rule.id,
    rule_version: rule.version,
    kind: rule.kind,
    device_id: rule.deviceId,
    device_code: raise.place.deviceCode,
    tag_id: ofTag?.tagId ?? null,
    tag_name: raise.place.tagName,
    unit: raise.place.unit,
    name: rule.name,
    severity: rule.severity,
    category: rule.category,
    operator: compares ? ofTag.operator : null,
    setpoint: ofTag?.setpoint ?? null,
    raised_at: sqlTime(raise.at),
    value_at_raise: raise.value,
    cleared_at: sqlTimeOrNull(clear?.at ?? null),
    value_at_clear: clear?.value ?? null,
    ...heldOf(held),
    closed: clear !== undefined && rule.autoClose,
    late: raise.late,
    received_at: sqlTime(raise.receivedAt),
    rule: ruleAsItWas(rule),
  }
}

/** @returns the occurrence that ended, by rule */
async function endStanding(tx: Queryable, ends: readonly Change[]): Promise<ReadonlyMap<number, { readonly id: number }>> {
  if (ends.length === 0) return new Map()
  const ruleIds = ends.map((one) => one.rule.id)
  await lockCases(tx, 'e.rule_id = any($1::int[]) and e.cleared_at is null', [ruleIds])
  const rows = await tx.query<{ id: number; ruleId: number; closed: boolean }>(
    `update alarm_events e set cleared_at = greatest(e.raised_at, input.at), value_at_clear = coalesce(input.value, e.value_at_return),
       acknowledged_at = coalesce(e.acknowledged_at, case when input.close then greatest(e.raised_at, input.at) end),
       acknowledged_by = coalesce(e.acknowledged_by, case when input.close then $5 end),
       attribution = coalesce(e.attribution, case when input.close then $6::jsonb end),
       closed_at = case when e.acknowledged_at is not null or input.close then greatest(e.raised_at, e.acknowledged_at, input.at) end
     from unnest($1::int[], $2::timestamptz[], $3::float8[], $4::boolean[]) as input(rule_id, at, value, close)
     where e.rule_id = input.rule_id and e.cleared_at is null and e.closed_at is null
     returning e.id, e.rule_id as "ruleId", e.acknowledged_by = $5 as closed`,
    [
      ruleIds,
      ends.map((one) => sqlTime(one.at)),
      ends.map((one) => one.value),
      ends.map((one) => one.rule.autoClose),
      RETURNED,
      JSON.stringify({ by: 'system', reason: 'returned to normal' }),
    ],
  )
  const closed = rows.filter((row) => row.closed).map((row) => row.id)
  const last = Math.max(...ends.map((one) => one.at))
  if (closed.length > 0) await endCases(tx, closed, 'cleared', RETURNED, sqlTime(last))
  return new Map(rows.map((row) => [row.ruleId, row]))
}

/** How many occurrences of one rule may wait for somebody: a list full of one chattering rule hides the others. */
const OPEN_OF_A_RULE = 5

/** Beyond five open occurrences of a rule the oldest ones that have returned are acknowledged by the system. */
async function limitOpen(tx: Queryable, ruleIds: readonly number[]): Promise<void> {
  if (ruleIds.length === 0) return
  const rows = await tx.query<{ id: number }>(
    `select id from (select id, cleared_at, acknowledged_at, row_number() over (partition by rule_id order by raised_at desc, id desc) as place
       from alarm_events where rule_id = any($1::int[]) and closed_at is null) as open
     where place > $2 and cleared_at is not null and acknowledged_at is null`,
    [[...ruleIds], OPEN_OF_A_RULE],
  )
  if (rows.length === 0) return
  const ids = rows.map((row) => row.id)
  await lockCases(tx, 'e.id = any($1::bigint[])', [ids])
  const closed = await tx.query<{ id: number; at: Micros }>(
    `update alarm_events set acknowledged_at = cleared_at, acknowledged_by = $2, attribution = $3, closed_at = cleared_at
     where id = any($1::bigint[]) and acknowledged_at is null returning id, closed_at as at`,
    [ids, toldReason('raised_again'), JSON.stringify({ by: 'system', reason: 'raised again' })],
  )
  for (const { id, at } of closed) await endCases(tx, [id], 'cancelled', toldReason('raised_again'), sqlTime(at))
}

/**
 * Ends what still stands of rules that are not in force any more, whenever they went: as `System: rule removed` and the like.
 * @param inForce every rule that is judged
 */
export async function closeGone(
  tx: Queryable,
  inForce: readonly number[],
  gone: ReadonlyMap<number, string>,
  at: Micros,
): Promise<readonly Intent[]> {
  // those of the system itself have no rule
  const which = `e.cleared_at is null and e.closed_at is null and e.kind <> 'system' and (e.rule_id is null or not e.rule_id = any($1::int[]))`
  await lockCases(tx, which, [inForce])
  const rows = await tx.query<{ id: number; reason: string }>(
    `update alarm_events e set cleared_at = greatest(e.raised_at, $2), closed_at = greatest(e.raised_at, e.acknowledged_at, $2),
       acknowledged_at = coalesce(e.acknowledged_at, greatest(e.raised_at, $2)),
       acknowledged_by = coalesce(e.acknowledged_by, 'System: ' || why.reason),
       attribution = coalesce(e.attribution, jsonb_build_object('by', 'system', 'reason', why.reason))
     from alarm_events other
       left join unnest($3::int[], $4::text[]) as input(rule_id, reason) on input.rule_id = other.rule_id
       cross join lateral (select coalesce(input.reason, 'rule removed') as reason) as why
     where other.id = e.id and ${which} returning e.id, why.reason`,
    [[...inForce], sqlTime(at), [...gone.keys()], [...gone.values()]],
  )
  for (const { id, reason } of rows) await endCases(tx, [id], 'cancelled', `System: ${reason}`, sqlTime(at))
  return rows.map(({ id, reason }) => ({
    kind: 'cleared',
    eventId: id,
    told: true,
    body: { at, value: null, late: false, closed: true, reason },
  }))
}

const FIRST = 100
const LAST = 9999

/**
 * Numbers for people: three or four digits, going round, none that an open alarm carries. Only the alarm engine gives them out.
 * Should all be taken, five digits and more follow.
 * @returns as many numbers that no open alarm has
 */
export async function freeNumbers(tx: Queryable, count: number): Promise<readonly number[]> {
  const [last] = await tx.query<{ number: number }>('select display_number as number from alarm_events order by id desc limit 1')
  // five digits: all others were taken a moment ago, and the nearest are not worth a look
  const full = last !== undefined && last.number > LAST
  const next = last === undefined || full ? FIRST : last.number + 1
  const near = full ? [] : await freeBetween(tx, next, Math.min(next + 2 * count + 50, LAST), next, count)
  const found = near.length < count ? [...(await freeBetween(tx, FIRST, LAST, next, count))] : [...near]
  if (found.length === count) return found
  const [most] = await tx.query<{ number: number }>(
    'select coalesce(max(display_number), 0) as number from alarm_events where closed_at is null',
  )
  for (let number = Math.max(most?.number ?? 0, LAST) + 1; found.length < count; number++) found.push(number)
  return found
}

/** @returns numbers from `first` to `last`, those from `next` on before the others */
async function freeBetween(tx: Queryable, first: number, last: number, next: number, count: number): Promise<readonly number[]> {
  const rows = await tx.query<{ number: number }>(
    `select number from (
       select generate_series($1::int, $2::int) as number
       except select display_number from alarm_events where closed_at is null and display_number between $1 and $2) as free
     order by number < $3, number limit $4`,
    [first, last, next, count],
  )
  return rows.map((row) => row.number)
}
