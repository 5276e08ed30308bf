import type { Micros } from '#base/time.ts'

/** One end of the process for which a device was being worked. */
export interface Crash {
  readonly deviceId: number
  readonly at: Micros
}

const SAME_IN_A_ROW = 3
const WITHIN: Micros = 600_000_000
const KEPT = 10

export function withCrash(crashes: readonly Crash[], crash: Crash): readonly Crash[] {
  return [...crashes, crash].slice(-KEPT)
}

/**
 * @returns the device that brought the process down three times in a row within ten minutes, so that it alone is kept out; undefined
 * when none did: one crash may have any reason, and the device that happened to be next in line is not to blame
 */
export function culprit(crashes: readonly Crash[], now: Micros): number | undefined {
  const last = crashes.slice(-SAME_IN_A_ROW)
  const [first] = last
  if (first === undefined || last.length < SAME_IN_A_ROW) return undefined
  const same = last.every((crash) => crash.deviceId === first.deviceId)
  return same && now - first.at <= WITHIN ? first.deviceId : undefined
}
