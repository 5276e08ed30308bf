import type { Millis } from '#base/time.ts'

/** What a subscription is asked for, and how long its silence may last. */
export interface Pace {
  readonly publishingInterval: Millis
  readonly maxKeepAliveCount: number
  readonly lifetimeCount: number
}

/** A link that is silent for longer is dead: keep-alives come this often when nothing changes. */
const KEEP_ALIVE: Millis = 3000
/** Silence of this many keep-alive intervals ends the link. */
const PATIENCE = 1.5
const MIN_PATIENCE: Millis = 2000

/**
 * Keep-alives at least every 3 s so that a dead link is seen, and a lifetime that outlives the longest outage to be bridged: it
 * counts publishing intervals without a Publish request (Part 4, 5.14.1.1) and must be three times the keep-alive count or more.
 */
export function subscriptionPace(publishingInterval: Millis, bridge: Millis): Pace {
  const maxKeepAliveCount = Math.max(1, Math.floor(KEEP_ALIVE / publishingInterval))
  return { publishingInterval, maxKeepAliveCount, lifetimeCount: Math.max(3 * maxKeepAliveCount, Math.ceil(bridge / publishingInterval)) }
}

/** @param revised what the server made of it */
export function silenceAllowed(revised: Pace): Millis {
  return Math.max(MIN_PATIENCE, revised.publishingInterval * revised.maxKeepAliveCount * PATIENCE)
}

/** How long the subscription lives on without us. */
export function lifetimeOf(revised: Pace): Millis {
  return revised.publishingInterval * revised.lifetimeCount
}
