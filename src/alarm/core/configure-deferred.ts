import { compileFormula } from '#calc/formula/compile.ts'
import { parseFormula } from '#calc/formula/parse.ts'
import { FormulaProblem } from '#calc/formula/problem.ts'
import type { Formula } from '#calc/formula/tree.ts'
import { SampleWindow } from '#calc/window.ts'
import { formulaWindowKey } from './window-key.ts'
import { tagOf, type Deferred, type DerivedMemory, type EngineMemory, type Outcome, type TagMemory, type TagWindow } from './memory.ts'

/** A virtual tag. */
export interface DerivedTag {
  readonly tagId: number
  readonly formula: string
  /** The tags that its references mean, in the order of the formula's references; null for one that is gone. */
  readonly inputs: readonly (number | null)[]
}

/** Makes ready what is judged after whole deliveries: virtual tags, each after those that it reads, then curves. */
export function configureDeferred(memory: EngineMemory, plan: readonly DerivedTag[], outcome: Outcome): void {
  const before = new Map(memory.deferred.flatMap((one) => (one.kind === 'derived' ? [[one.tag.tagId, one] as const] : [])))
  const derived = new Map<number, DerivedMemory>()
  for (const one of plan) {
    const made = make(memory, one, before.get(one.tagId), outcome)
    if (made !== undefined) derived.set(one.tagId, made)
  }
  const curves = [...memory.rules.values()].flatMap((rule) => (rule.kind === 'tag' && rule.x !== undefined ? [rule] : []))
  memory.deferred = [...inOrder(derived), ...curves]
  for (const tag of memory.tags.values()) tag.feeds = []
  for (const one of memory.deferred) {
    const reads = one.kind === 'derived' ? one.sources : [one.tag, one.x]
    for (const tag of new Set(reads)) if (tag !== undefined) tag.feeds = [...tag.feeds, one]
  }
  dropWindows(memory)
}

function make(
  memory: EngineMemory,
  { tagId, formula: text, inputs }: DerivedTag,
  known: DerivedMemory | undefined,
  outcome: Outcome,
): DerivedMemory | undefined {
  const formula = readFormula(text)
  const tag = tagOf(memory, tagId)
  const sources = (formula?.slots ?? []).map(({ reference }) => {
    const id = inputs[reference]
    return id === null || id === undefined || id === tagId ? undefined : tagOf(memory, id)
  })
  if (known?.text === text && known.sources.every((one, slot) => one === sources[slot])) return known
  if (formula === undefined || sources.includes(undefined)) {
    outcome.notices.push({ code: 'virtual_tag_broken', deviceId: tag.device?.deviceId ?? null, detail: { tagId, formula: text } })
  }
  if (formula === undefined) return undefined
  memory.dirty = true
  const windows = formula.slots.map(({ window }, slot) => (window === null ? undefined : windowOver(sources[slot], window.seconds)))
  return {
    kind: 'derived',
    tag,
    text,
    formula,
    machine: compileFormula(formula),
    sources,
    windows,
    lookAt: null,
    lookArmed: null,
    dirty: true,
  }
}

export function readFormula(text: string): Formula | undefined {
  try {
    return parseFormula(text)
  } catch (error) {
    // it was checked when it was saved; a newer version of this program may read it no more
    if (error instanceof FormulaProblem) return undefined
    throw error
  }
}

/** Shared by every formula that looks as far back. */
function windowOver(tag: TagMemory | undefined, seconds: number): SampleWindow | undefined {
  if (tag === undefined) return undefined
  const key = formulaWindowKey(seconds)
  const known = tag.windows.get(key)
  if (known instanceof SampleWindow) return known
  const window = new SampleWindow(seconds)
  tag.windows.set(key, window)
  if (tag.newest !== null && tag.value !== undefined && tag.severity < 2) window.add(tag.newest, Number(tag.value))
  return window
}

/** Each after what it reads. What goes round in a circle has no value and is left out. */
function inOrder(derived: ReadonlyMap<number, DerivedMemory>): DerivedMemory[] {
  const sorted: DerivedMemory[] = []
  const state = new Map<DerivedMemory, 'open' | 'done' | 'circular'>()
  const visit = (one: DerivedMemory): boolean => {
    const seen = state.get(one)
    if (seen !== undefined) return seen === 'done'
    state.set(one, 'open')
    const fine = one.sources.every((tag) => {
      const inner = tag === undefined ? undefined : derived.get(tag.tagId)
      return inner === undefined || visit(inner)
    })
    state.set(one, fine ? 'done' : 'circular')
    if (fine) sorted.push(one)
    return fine
  }
  for (const one of derived.values()) visit(one)
  return sorted
}

function dropWindows(memory: EngineMemory): void {
  const used = new Set<TagWindow | undefined>()
  const add = (one: Deferred): void => {
    if (one.kind === 'derived') for (const window of one.windows) used.add(window)
  }
  memory.deferred.forEach(add)
  for (const tag of memory.tags.values()) {
    if (tag.windows.size === 0) continue
    const own = new Set(tag.rules.map((rule) => rule.window))
    for (const [key, window] of tag.windows) if (!used.has(window) && !own.has(window)) tag.windows.delete(key)
  }
}
