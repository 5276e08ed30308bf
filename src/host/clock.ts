import type { Clock, Millis } from '#base/time.ts'

/** The machine's clocks. `now` has the resolution of the system clock, about a microsecond, and goes back only where that does. */
export const systemClock: Clock = {
  now: () => systemNow(),
  mono: () => performance.now(),
}

/** Just below the next millisecond, in microseconds still another one. */
const END: Millis = 0.999

let origin: Millis = performance.timeOrigin

/**
 * `Date.now()` follows steps of the system clock but only to the millisecond; `performance` is finer but never steps, and drifts. The
 * finer one tells where within the millisecond of the other we are, and is moved on by the least that makes both agree.
 */
function systemNow(): number {
  const coarse = Date.now()
  const mono = performance.now()
  const within = origin + mono - coarse
  if (within < 0) origin = coarse - mono
  else if (within > END) origin = coarse - mono + END
  return Math.round((origin + mono) * 1000)
}
