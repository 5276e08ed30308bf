import type { CallReply } from '../../../api/client.ts'

export type Change = CallReply<'GET /api/cases/changes'>[number]

/** Alarms for which the same changes, with when the next of them is due and when the last. */
export interface SameChange {
  readonly first: Change
  readonly alarms: readonly Change[]
  readonly next: { readonly from: number; readonly to: number } | null
}

/** A chain that was changed is changed for all of its alarms: what is the same for several is said once. */
export function groupChanges(changes: readonly Change[], now: number): readonly SameChange[] {
  const atOnce = ({ nextActionAt: at }: Change): string => (at === null ? 'never' : at <= now ? 'now' : 'later')
  const same = (one: Change): string => JSON.stringify([one.before, one.after, one.toldAlready, one.next, atOnce(one)])
  return [...Map.groupBy(changes, same).values()].flatMap((alarms) => {
    const [first] = alarms
    if (first === undefined) return []
    const due = alarms.flatMap((one) => one.nextActionAt ?? [])
    return [{ first, alarms, next: due.length === 0 ? null : { from: Math.min(...due), to: Math.max(...due) } }]
  })
}
