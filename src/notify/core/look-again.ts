import type { Micros } from '#base/time.ts'
import type { ContactGroup } from '#domain/escalation.ts'
import { dutyBetween } from './duty.ts'

const MINUTE: Micros = 60_000_000
const LONGEST_PAUSE_MINUTES = 15

/**
 * When it is looked again whether somebody can be told of what nobody could be told: soon, later every quarter of an hour, and in the moment
 * in which somebody's duty begins.
 * @param rounds so far
 * @param groups those that are to be told
 */
export function lookAgainAt(rounds: number, now: Micros, groups: readonly ContactGroup[] = [], timeZone = 'UTC'): Micros {
  const latest = now + Math.min(2 ** Math.min(rounds, 10), LONGEST_PAUSE_MINUTES) * MINUTE
  const begins = groups
    .filter((one) => one.duty === 'on_call')
    .flatMap((one) => dutyBetween(one.schedule, now, latest, timeZone))
    .filter((one) => one.from > now && one.contactIds.length > 0)
  return Math.min(latest, ...begins.map((one) => one.from))
}
