import type { Micros } from '#base/time.ts'

const SECOND: Micros = 1_000_000

/** More alarms than this of the whole site in a minute are a storm. */
export const STORM_ALARMS = 20
export const STORM_WINDOW: Micros = 60 * SECOND

/** @param alarms so many in {@link STORM_WINDOW}, or in one message */
export function isStorm(alarms: number): boolean {
  return alarms > STORM_ALARMS
}

/** So many messages at once; what comes on top waits and is told in one. */
export interface StormLimit {
  readonly burst: number
  readonly window: Micros
}

/** Each SMS takes a modem some seconds and somebody a glance. */
export const SMS_LIMIT: StormLimit = { burst: 3, window: 120 * SECOND }
export const CHAT_LIMIT: StormLimit = { burst: 10, window: 30 * SECOND }

/**
 * When a message may leave. The first ones at once; from the burst on they gather, and leave together. In a storm of the site only the first
 * leaves at once. Nothing is dropped.
 * @param recent messages of the last window, and when the bundle that is being gathered leaves
 */
export function gather(
  limit: StormLimit,
  recent: { readonly count: number; readonly bundleAt: Micros | null },
  now: Micros,
  storm = false,
): { readonly bundled: boolean; readonly at: Micros } {
  if (recent.bundleAt !== null) return { bundled: true, at: recent.bundleAt }
  return recent.count < (storm ? 1 : limit.burst) ? { bundled: false, at: now } : { bundled: true, at: now + limit.window }
}
