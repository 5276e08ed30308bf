import { lockCases } from './alarm-announce.ts'
import type { Change } from './alarm-change.ts'
import type { Queryable } from './database.ts'
import { sqlTime, sqlTimeOrNull } from './time.ts'

/** What an occurrence that waits for a reset says of its value: when it was back last, and whether it is beyond the limit again. */
interface Held {
  readonly returned_at: string | null
  readonly value_at_return: number | null
  readonly resumed_at: string | null
}

/** The occurrence that stood, and whether its value was back for the first time. */
interface HeldEvent {
  readonly id: number
  readonly ruleId: number
  readonly first: boolean
}

export function isReturn({ kind }: Change): boolean {
  return kind === 'return'
}

/** What returns and resumptions of one occurrence, in order, come to. */
export function heldOf(changes: readonly Change[]): Held | undefined {
  const last = changes.at(-1)
  if (last === undefined) return undefined
  const back = changes.findLast(isReturn)
  return {
    returned_at: sqlTimeOrNull(back?.at ?? null),
    value_at_return: back?.value ?? null,
    resumed_at: isReturn(last) ? null : sqlTime(last.at),
  }
}

/** Notes of what stands that its value is back though it waits for a reset, or is not any more. @returns what stood, by rule */
export async function holdStanding(tx: Queryable, changes: readonly Change[]): Promise<ReadonlyMap<number, HeldEvent>> {
  if (changes.length === 0) return new Map()
  const byRule = Map.groupBy(changes, (one) => one.rule.id)
  const ruleIds = [...byRule.keys()]
  await lockCases(tx, 'e.rule_id = any($1::int[]) and e.cleared_at is null', [ruleIds])
  const held = Array.from(byRule, ([rule_id, of]) => ({ rule_id, ...heldOf(of) }))
  const rows = await tx.query<HeldEvent>(
    `update alarm_events e set returned_at = coalesce(input.returned_at, e.returned_at), resumed_at = input.resumed_at,
       value_at_return = case when input.returned_at is null then e.value_at_return else input.value_at_return end
     from jsonb_to_recordset($1::jsonb) as input(rule_id int, returned_at timestamptz, value_at_return float8, resumed_at timestamptz)
       join alarm_events was on was.rule_id = input.rule_id and was.cleared_at is null and was.closed_at is null
     where e.id = was.id returning e.id, e.rule_id as "ruleId", was.returned_at is null as first`,
    [JSON.stringify(held)],
  )
  return new Map(rows.map((row) => [row.ruleId, row]))
}

/** Of each occurrence whose value was never back before the first return: a value that comes and goes meanwhile is told once. */
export function firstReturns(changes: readonly Change[], events: ReadonlyMap<number, HeldEvent>): readonly Change[] {
  return [...events.values()].flatMap(({ ruleId, first }) =>
    first ? (changes.find((one) => one.rule.id === ruleId && isReturn(one)) ?? []) : [],
  )
}
