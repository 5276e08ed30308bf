import type { Micros } from '#base/time.ts'
import { isTagRule } from '#domain/alarm.ts'
import { readFormula } from './configure-deferred.ts'
import type { AlarmPlan } from './configure.ts'
import type { EngineMemory } from './memory.ts'
import { formulaWindowKey, ruleWindowKey } from './window-key.ts'

/** A window over one tag that the plan asks for and the memory does not hold yet. */
export interface MissingWindow {
  readonly tagId: number
  /** By which the tag keeps it. */
  readonly key: string
  readonly seconds: number
  readonly modulus: number | null
  /** Of the newest reading that was judged: what history says after it comes with deliveries. */
  readonly until: Micros
}

/** What a plan that is about to be put in force must first be given from history; the shortest windows first. */
export function missingWindows(memory: EngineMemory, plan: AlarmPlan): readonly MissingWindow[] {
  const missing = new Map<string, MissingWindow>()
  const want = (tagId: number, key: string, seconds: number, modulus: number | null): void => {
    const tag = memory.tags.get(tagId)
    // of a tag that never spoke there is no history to go on from
    if (tag?.newest === null || tag === undefined || tag.windows.has(key)) return
    missing.set(`${tagId} ${key}`, { tagId, key, seconds, modulus, until: tag.newest })
  }
  for (const rule of plan.rules) {
    const key = isTagRule(rule) ? ruleWindowKey(rule) : undefined
    if (isTagRule(rule) && key !== undefined) want(rule.tagId, key, rule.windowSeconds ?? 0, rule.modulus)
  }
  for (const { formula, inputs } of plan.derived) {
    for (const { reference, window } of readFormula(formula)?.slots ?? []) {
      const input = inputs[reference]
      if (window !== null && typeof input === 'number') want(input, formulaWindowKey(window.seconds), window.seconds, null)
    }
  }
  return [...missing.values()].toSorted((a, b) => a.seconds - b.seconds)
}
