import type { Millis } from '#base/time.ts'

/** Failures in a row of one process. */
export interface RestartState {
  readonly failures: number
}

export const FIRST_START: RestartState = { failures: 0 }

const SHORTEST: Millis = 1000
const LONGEST: Millis = 60_000
/** Who ran so long was well: the next failure counts as the first. */
const HEALTHY: Millis = 60_000

/** @param ranMillis how long the process lived before it ended unasked; @returns the wait before the next start: none at first, then 1 s doubling to 60 s */
export function afterExit(state: RestartState, ranMillis: Millis): { state: RestartState; waitMillis: Millis } {
  const failures = ranMillis >= HEALTHY ? 1 : state.failures + 1
  const waitMillis = failures === 1 ? 0 : Math.min(LONGEST, SHORTEST * 2 ** Math.min(failures - 2, 10))
  return { state: { failures }, waitMillis }
}

/** A process whose event loop gave no sign for so long does nothing for anybody. */
export const HUNG_AFTER: Millis = 15_000

/** A slow or busy machine takes its time to load a program for the first time: who was ended for it would never come up. */
const LOADING: Millis = 60_000

/** @param sinceBeatMillis since its last sign of life, or since its start while it has given none (`isLoading`) */
export function isHung(sinceBeatMillis: Millis, isLoading: boolean): boolean {
  return sinceBeatMillis > (isLoading ? LOADING : HUNG_AFTER)
}

/** Beyond its heap a process holds buffers and code. */
const BESIDE_THE_HEAP = 200 * 1024 * 1024

/** @returns whether a process has grown far beyond what it was given */
export function isTooLarge(rssBytes: number, memoryMegabytes: number): boolean {
  return rssBytes > memoryMegabytes * 1024 * 1024 * 1.25 + BESIDE_THE_HEAP
}
