import type { Micros } from '#base/time.ts'
import { SEVERITIES, type Severity } from '#domain/alarm.ts'
import { Chatter } from '#domain/chatter.ts'
import { FLOOD_ABOVE, FLOOD_BELOW } from '#domain/flood.ts'

/** What is measured of one occurrence; suppressed ones were told to nobody and are none. */
export interface Raised {
  /** Null when the rule was removed since: its name then stands for it. */
  readonly ruleId: number | null
  readonly deviceId: number
  readonly deviceCode: string
  readonly kind: string
  readonly name: string
  readonly severity: Severity
  readonly raisedAt: Micros
  readonly clearedAt: Micros | null
  readonly acknowledgedAt: Micros | null
  /** It returned to normal and needed nobody: nobody took any time. */
  readonly byItself: boolean
}

export interface Span {
  readonly from: Micros
  readonly to: Micros
  readonly alarms: number
}

export interface BadActor {
  readonly ruleId: number | null
  readonly deviceId: number
  readonly deviceCode: string
  readonly kind: string
  readonly name: string
  readonly severity: Severity
  readonly alarms: number
  /** How often it began to chatter. */
  readonly chattering: number
}

export interface Performance {
  /** What is counted begins here: nothing is said of a time when there was nobody to judge. */
  readonly from: Micros
  readonly alarms: number
  /** Averages over the time that has gone by. */
  readonly perTenMinutes: number
  readonly perHour: number
  readonly perDay: number
  readonly peak: { readonly minute: number; readonly tenMinutes: number; readonly hour: number }
  /** Blocks of ten minutes from local midnight; above: with more than ten alarms. */
  readonly blocks: { readonly all: number; readonly above: number }
  readonly floods: readonly Span[]
  /** Share of the blocks in a flood, 0 to 1. */
  readonly floodShare: number
  /** Rules that chattered, and how often one began to. */
  readonly chattering: { readonly rules: number; readonly times: number }
  /** Gone within ten seconds without anybody, and not back within ten minutes. */
  readonly fleeting: number
  /** The ten rules with most alarms, and their share of all, 0 to 1. */
  readonly badActors: readonly BadActor[]
  readonly topShare: number
  readonly split: Readonly<Record<Severity, number>>
  /** By people; seconds from raise to acknowledgement, null without any. */
  readonly acknowledged: { readonly count: number; readonly p50: number | null; readonly p95: number | null }
  /** Not acknowledged within an hour, then or by now. */
  readonly slow: number
}

const MINUTE: Micros = 60_000_000
const BLOCK: Micros = 10 * MINUTE
const HOUR: Micros = 60 * MINUTE
const DAY: Micros = 24 * HOUR
const ACTORS = 10

/**
 * Figures of ISA-18.2 and EEMUA 191 over whole days of the site.
 * @param raised by ascending raisedAt, all of [days[0], last of days)
 * @param days edges at local midnight, ascending: a day may have 23 or 25 hours
 * @param now nothing is counted after it: a day that is under way is as long as it has gone by
 * @param since when alarms began to be judged here: a site of an hour is not measured by a week of silence
 */
export function measurePerformance(raised: readonly Raised[], days: readonly Micros[], now: Micros, since: Micros = 0): Performance {
  const from = Math.min(Math.max(days[0] ?? now, since), now)
  const to = Math.max(from, Math.min(days.at(-1) ?? now, now))
  const gone = Math.max(1, to - from)
  const counted = raised.filter((one) => one.raisedAt >= from && one.raisedAt < to)
  const edges = blockEdges(days, to).filter((_, index, all) => (all[index + 1] ?? Infinity) > from)
  const blocks = countIn(counted, edges)
  const floods = floodsOf(edges, blocks)
  const rules = [...Map.groupBy(counted, (one) => one.ruleId ?? `${one.deviceId} ${one.name}`).values()]
  const actors = rules.map(actorOf).toSorted((a, b) => b.alarms - a.alarms || a.name.localeCompare(b.name))
  const badActors = actors.slice(0, ACTORS)
  const waits = counted
    .flatMap((one) => (one.acknowledgedAt === null || one.byItself ? [] : [Math.max(0, one.acknowledgedAt - one.raisedAt) / 1_000_000]))
    .toSorted((a, b) => a - b)
  const split = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>
  for (const one of counted) split[one.severity]++
  return {
    from,
    alarms: counted.length,
    perTenMinutes: (counted.length * BLOCK) / gone,
    perHour: (counted.length * HOUR) / gone,
    perDay: (counted.length * DAY) / gone,
    peak: { minute: mostWithin(counted, MINUTE), tenMinutes: Math.max(0, ...blocks), hour: mostWithin(counted, HOUR) },
    blocks: { all: blocks.length, above: blocks.filter((count) => count > FLOOD_ABOVE).length },
    floods,
    floodShare: floods.reduce((sum, one) => sum + one.to - one.from, 0) / gone,
    chattering: {
      rules: actors.filter((actor) => actor.chattering > 0).length,
      times: actors.reduce((sum, actor) => sum + actor.chattering, 0),
    },
    fleeting: rules.reduce((sum, own) => sum + fleetingOf(own), 0),
    badActors,
    topShare: counted.length === 0 ? 0 : badActors.reduce((sum, actor) => sum + actor.alarms, 0) / counted.length,
    split,
    acknowledged: { count: waits.length, p50: percentile(waits, 0.5), p95: percentile(waits, 0.95) },
    slow: counted.filter((one) => Math.min(one.acknowledgedAt ?? now, now) - one.raisedAt > HOUR).length,
  }
}

/** Ten minutes each, from each midnight on, as far as time has gone by. */
export function blockEdges(days: readonly Micros[], to: Micros): readonly Micros[] {
  const edges: Micros[] = []
  for (const [index, day] of days.entries()) {
    const end = Math.min(days[index + 1] ?? day, to)
    for (let at = day; at < end; at += BLOCK) edges.push(at)
  }
  return [...edges, Math.min(days.at(-1) ?? to, to)]
}

/** How many were raised in each [edge, next edge). @param raised by ascending raisedAt; @param edges ascending */
export function countIn(raised: readonly Pick<Raised, 'raisedAt'>[], edges: readonly Micros[]): number[] {
  const counts = edges.slice(1).map(() => 0)
  let block = 0
  for (const { raisedAt } of raised) {
    while (block < counts.length && raisedAt >= (edges[block + 1] ?? Infinity)) block++
    if (block < counts.length && raisedAt >= (edges[block] ?? Infinity)) counts[block] = (counts[block] ?? 0) + 1
  }
  return counts
}

function floodsOf(edges: readonly Micros[], blocks: readonly number[]): Span[] {
  const floods: Span[] = []
  let open: { from: Micros; alarms: number } | undefined
  for (const [index, count] of blocks.entries()) {
    const from = edges[index] ?? 0
    if (open === undefined && count > FLOOD_ABOVE) open = { from, alarms: 0 }
    else if (open !== undefined && count < FLOOD_BELOW) {
      floods.push({ ...open, to: from })
      open = undefined
    }
    if (open !== undefined) open.alarms += count
  }
  if (open !== undefined) floods.push({ ...open, to: edges.at(-1) ?? open.from })
  return floods
}

function actorOf(own: readonly Raised[]): BadActor {
  const [first] = own
  const last = own.at(-1) ?? first
  if (first === undefined || last === undefined) throw new RangeError('a rule without alarms')
  const { ruleId, deviceId, deviceCode, kind, name, severity } = last
  const chatter = new Chatter()
  for (const { raisedAt } of own) chatter.raise(raisedAt)
  return { ruleId, deviceId, deviceCode, kind, name, severity, alarms: own.length, chattering: chatter.spells }
}

function fleetingOf(own: readonly Raised[]): number {
  return own.filter(({ raisedAt, clearedAt, acknowledgedAt }, index) => {
    const next = own[index + 1]
    const gone = clearedAt !== null && clearedAt - raisedAt < 10_000_000
    return gone && (acknowledgedAt === null || acknowledgedAt > clearedAt) && (next === undefined || next.raisedAt - raisedAt > BLOCK)
  }).length
}

/** The most in any stretch of that length, wherever it begins. */
function mostWithin(raised: readonly Raised[], width: Micros): number {
  let first = 0
  let most = 0
  for (const [index, { raisedAt }] of raised.entries()) {
    while (raisedAt - (raised[first]?.raisedAt ?? raisedAt) >= width) first++
    most = Math.max(most, index - first + 1)
  }
  return most
}

/** Nearest rank. @param sorted ascending */
function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}
