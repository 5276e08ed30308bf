import type { ChainSnapshot, ContactGroup, EscalationChain } from '#domain/escalation.ts'
import type { Severity } from '#domain/alarm.ts'
import type { Queryable } from '#store/database.ts'
import { listChains, listGroups } from '#store/escalation.ts'
import { readSettings, type Settings } from '#store/settings.ts'
import { chainFor, snapshotOf } from './core/escalate.ts'
import { systemChain } from './core/system-trouble.ts'

/** Who is told of what, as the site has it now. */
export interface SitePolicy {
  readonly chains: readonly EscalationChain[]
  readonly groups: readonly ContactGroup[]
  readonly systemRoute: Settings['systemRoute']
}

export async function readPolicy(db: Queryable): Promise<SitePolicy> {
  const { systemRoute } = await readSettings(db)
  return { chains: await listChains(db), groups: await listGroups(db), systemRoute }
}

/** The chain of an alarm; null: everybody concerned is told once. */
export function chainOf(
  { chains, groups, systemRoute }: SitePolicy,
  alarm: { readonly kind: string; readonly severity: Severity; readonly deviceId: number; readonly category: string },
): ChainSnapshot | null {
  if (alarm.kind === 'system') return systemChain(systemRoute, groups, chains)
  const chain = chainFor(chains, alarm)
  return chain === undefined ? null : snapshotOf(chain, groups)
}
