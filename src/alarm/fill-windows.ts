import type { Micros, Millis } from '#base/time.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from '#store/database.ts'
import { numberAt } from '#store/core/sample-columns.ts'
import { readHistory } from '#store/measurements.ts'
import type { EngineMemory, TagWindow } from './core/memory.ts'
import type { MissingWindow } from './core/missing-windows.ts'
import { windowOf } from './core/window-key.ts'

/** What held when the window began was told at some time before. */
const BEFORE_SECONDS = 3600
/** Nothing is judged meanwhile: what is not filled by then begins with the value that holds now. */
const LONGEST_MILLIS: Millis = 3000

/**
 * Fills windows that begin to be used from stored history, so that a rule that was edited judges as if it had always been so.
 * @returns how many were left for want of time
 */
export async function fillWindows(
  db: Queryable,
  memory: EngineMemory,
  missing: readonly MissingWindow[],
  longest: Millis = LONGEST_MILLIS,
): Promise<number> {
  const deadline = performance.now() + longest
  for (const [done, { tagId, key, seconds, modulus, until }] of missing.entries()) {
    const window = windowOf(key, seconds, modulus)
    if (!(await fillWindow(db, 'all', tagId, window, until, deadline))) return missing.length - done
    const tag = memory.tags.get(tagId)
    if (tag === undefined) continue
    // report by exception keeps the last values for itself
    if (tag.newest !== null) window.add(tag.newest, tag.value === undefined || tag.severity === 2 ? Number.NaN : Number(tag.value))
    tag.windows.set(key, window)
  }
  return 0
}

/**
 * @param until the last instant that is read
 * @param deadline by `performance.now()`
 * @returns false when there was not enough time
 */
export async function fillWindow(
  db: Queryable,
  scope: DeviceScope,
  tagId: number,
  window: TagWindow,
  until: Micros,
  deadline: Millis,
): Promise<boolean> {
  const from = until - window.span - BEFORE_SECONDS * 1_000_000
  for await (const columns of readHistory(db, scope, tagId, from, until + 1)) {
    for (const [index, at] of columns.times.entries()) window.add(at, numberAt(columns, index) ?? Number.NaN)
    if (performance.now() > deadline) return false
  }
  return true
}
