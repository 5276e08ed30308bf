import type { Micros } from '#base/time.ts'

/** When an occurrence ended, and of one that latches when its value was back last, and beyond the limit again. */
export interface Returned {
  readonly clearedAt: Micros | null
  readonly returnedAt?: Micros | null | undefined
  readonly resumedAt?: Micros | null | undefined
}

/** @returns since when its value is back to normal, null while it is not: of what was held until its reset, before its end */
export function backToNormalAt({ clearedAt, returnedAt = null, resumedAt = null }: Returned): Micros | null {
  return resumedAt === null ? (returnedAt ?? clearedAt) : clearedAt
}

/** Whether the value is back, and only the reset is waited for. */
export function isHeld(of: Returned): boolean {
  return of.clearedAt === null && backToNormalAt(of) !== null
}
