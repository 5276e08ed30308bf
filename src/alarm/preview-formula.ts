import type { Micros, Millis } from '#base/time.ts'
import { compileFormula } from '#calc/formula/compile.ts'
import type { Formula } from '#calc/formula/tree.ts'
import { SampleWindow } from '#calc/window.ts'
import { QualitySeverity } from '#domain/sample.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from '#store/database.ts'
import { fillWindow } from './fill-windows.ts'

/** The newest reading of a tag that a formula reads. */
export interface NewestReading {
  readonly tagId: number | null
  /** null: none that is good. */
  readonly value: number | null
  readonly severity: number
  readonly at: Micros | null
}

/** Somebody is writing and waits for it. */
const LONGEST_MILLIS: Millis = 2000

/**
 * What a formula that is being written comes to at this moment, by the evaluator of the engine; its windows are filled from stored history.
 * @param readings one a reference
 * @returns NaN for no value; undefined when its windows are too long to be filled while somebody waits
 */
export async function previewFormula(
  db: Queryable,
  scope: DeviceScope,
  formula: Formula,
  readings: readonly NewestReading[],
  longest = LONGEST_MILLIS,
): Promise<number | undefined> {
  const deadline = performance.now() + longest
  const machine = compileFormula(formula)
  for (const [slot, { reference, window: spec }] of formula.slots.entries()) {
    const { tagId, value, severity, at } = readings[reference] ?? { tagId: null, value: null, severity: QualitySeverity.Bad, at: null }
    if (tagId === null || at === null) continue
    let now = value ?? Number.NaN
    if (spec !== null) {
      const window = new SampleWindow(spec.seconds)
      if (!(await fillWindow(db, scope, tagId, window, at, deadline))) return undefined
      window.add(at, now)
      now = window.value(spec.name, at, spec.minCover)
    }
    machine.values[slot] = now
    machine.severities[slot] = Number.isNaN(now) ? QualitySeverity.Bad : Math.min(severity, QualitySeverity.Uncertain)
  }
  return machine.evaluate()
}
