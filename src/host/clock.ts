import type { Clock } from '#base/time.ts'

const origin = performance.timeOrigin

/** The machine's clocks. `now` has the resolution of the system clock, about a microsecond. */
export const systemClock: Clock = {
  now: () => systemNow(),
  mono: () => performance.now(),
}

/**
 * `Date.now()` follows steps of the system clock but only to the millisecond; `performance` is finer but never steps. The finer
 * one is used while both agree.
 */
function systemNow(): number {
  const coarse = Date.now()
  const fine = origin + performance.now()
  return Math.abs(fine - coarse) < 1 ? Math.round(fine * 1000) : coarse * 1000
}
