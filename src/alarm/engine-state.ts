import type { Micros } from '#base/time.ts'
import { readMemories, readStates, readWatermarks, type StoredState } from '#store/alarm-memory.ts'
import type { Change } from '#store/alarm-change.ts'
import { readAlarmPlan, type RulePlace, type StoredPlan } from '#store/alarm-plan.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { openSource } from '#store/sources.ts'
import { missingWindows } from './core/missing-windows.ts'
import { configure, prune, withoutRules, type SavedRule } from './core/configure.ts'
import { evaluate } from './core/evaluate.ts'
import { DERIVED, createMemory, type EngineMemory, type Outcome, type RuleMemory, type Transition } from './core/memory.ts'
import { fillWindows } from './fill-windows.ts'
import { restoreSource, saveRule, type SavedSource } from './core/saved-memory.ts'
import { isStanding } from './core/step.ts'

/** What a running engine owns. */
export interface EngineState {
  readonly memory: EngineMemory
  /** The last delivery judged of each source. */
  readonly positions: Map<string, number>
  plan: StoredPlan
  /** With which this engine writes the values of virtual tags. */
  readonly derivedEpoch: number
}

const PAGE = 500

/**
 * The state as of the last commit, as if there had been no interruption: what was remembered, then the deliveries between that
 * and the watermark once more (into memory only, their verdicts are facts already), then the rules with their states.
 * @returns also the rules that are gone, and the sources of which more is known than was remembered
 */
export async function loadEngine(
  db: Database,
): Promise<EngineState & Outcome & { readonly dropped: readonly number[]; readonly unremembered: ReadonlySet<string> }> {
  const plan = await readAlarmPlan(db)
  const memory = createMemory()
  const remembered = new Map<string, number>()
  for (const { source, seq, body } of await readMemories(db)) {
    // written by this engine, in this table, and nowhere else
    restoreSource(memory, source, body as SavedSource)
    remembered.set(source, seq)
  }
  // windows of what was edited meanwhile
  await fillWindows(db, memory, missingWindows(memory, plan))
  // with the windows of all rules, which fill from what is read again; the rules themselves are not judged a second time
  configure(memory, plan, () => undefined)
  withoutRules(memory)
  const positions = new Map<string, number>()
  const unremembered = new Set<string>()
  for (const { source, seq } of await readWatermarks(db)) {
    positions.set(source, seq)
    if (await remember(db, memory, source, remembered.get(source) ?? 0, seq)) unremembered.add(source)
  }
  // virtual tags are written with the verdicts: all that stands there is judged
  const { seq: derivedSeq, epoch: derivedEpoch } = await openSource(db, DERIVED)
  if (!positions.has(DERIVED)) await remember(db, memory, DERIVED, remembered.get(DERIVED) ?? 0, derivedSeq)
  positions.set(DERIVED, derivedSeq)
  const states = (await readStates(db)) as ReadonlyMap<number, SavedRule>
  const outcome = configure(memory, plan, (source) => source.clock ?? undefined, states)
  prune(memory, plan)
  const inForce = new Set(plan.rules.map((rule) => rule.id))
  const dropped = [...states.keys()].filter((id) => !inForce.has(id))
  return { memory, positions, unremembered, plan, derivedEpoch, ...outcome, dropped: [...outcome.dropped, ...dropped] }
}

/** @returns whether anything was read again */
async function remember(db: Database, memory: EngineMemory, source: string, from: number, to: number): Promise<boolean> {
  let seq = from
  while (seq < to) {
    const deliveries = (await readAfter(db, source, seq, Math.min(PAGE, to - seq))).filter((one) => one.seq <= to)
    for (const delivery of deliveries) evaluate(memory, delivery)
    const last = deliveries.at(-1)
    if (last === undefined) break
    seq = last.seq
  }
  return seq > from
}

/** @returns what is to be stored of the transitions; the end of a rule that went away is written by the store itself */
export function changesOf(transitions: readonly Transition[], places: ReadonlyMap<number, RulePlace>): readonly Change[] {
  return transitions.flatMap((one): Change[] => {
    const place = places.get(one.rule.id)
    if (one.removed !== null || place === undefined) return []
    const value = one.value === undefined ? null : Number(one.value)
    return [{ kind: one.kind, rule: one.rule, place, at: one.at, value, receivedAt: one.receivedAt, late: one.late }]
  })
}

export function statesOf(changed: Iterable<RuleMemory>): readonly StoredState[] {
  return Array.from(changed, (rule) => {
    const { condition } = rule.state
    const pending: Micros | null = condition === 'pending_on' || condition === 'pending_off' ? rule.state.since : null
    const since = condition === 'active' ? rule.state.raisedAt : pending
    return { ruleId: rule.rule.id, condition, since, standing: isStanding(rule.state), state: saveRule(rule) }
  })
}
