import type { Micros } from '#base/time.ts'
import type { ChainSnapshot } from '#domain/escalation.ts'
import type { DeviceScope } from '#domain/user.ts'
import { toldReason } from '#domain/told-reason.ts'
import { changeChain, listRunningCases, lockRunningCases, type RunningCase } from '#store/cases.ts'
import type { Database, Queryable } from '#store/database.ts'
import { wakeNotify } from '#store/outbox.ts'
import { chainOf, readPolicy, type SitePolicy } from './chain-of.ts'
import { takeUpPolicy, type TakenUp } from './core/take-up-policy.ts'

/** What would be, or was, different for an alarm that somebody is being told of. */
export interface PolicyChange {
  readonly case: RunningCase
  readonly before: ChainSnapshot | null
  readonly after: TakenUp
}

/** Running cases, in scope, whose policy is another one by now. */
export async function policyChanges(db: Queryable, scope: DeviceScope, now: Micros): Promise<readonly PolicyChange[]> {
  const cases = await listRunningCases(db, scope)
  return cases.length === 0 ? [] : changesOf(cases, await readPolicy(db), now)
}

/**
 * Lets running cases go on by the policy of now. Each is locked as an acknowledgement locks it: whichever comes first holds, and what was
 * acknowledged meanwhile is not among those that are returned.
 * @param by who wants it, for people
 */
export async function changePolicy(
  db: Database,
  scope: DeviceScope,
  caseIds: readonly number[],
  by: { readonly who: string; readonly at: Micros },
): Promise<readonly PolicyChange[]> {
  return await db.transaction(async (tx) => {
    const changes = changesOf(await lockRunningCases(tx, scope, caseIds), await readPolicy(tx), by.at)
    for (const one of changes) await changeChain(tx, one.case.id, one.after, toldReason('changed_chain', { by: by.who }))
    if (changes.length > 0) await wakeNotify(tx)
    return changes
  })
}

function changesOf(cases: readonly RunningCase[], policy: SitePolicy, now: Micros): readonly PolicyChange[] {
  return cases.flatMap((one) => {
    const after = takeUpPolicy(one, chainOf(policy, one), now)
    return after === undefined ? [] : [{ case: one, before: one.chain, after }]
  })
}
