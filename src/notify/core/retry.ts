import type { ChannelFault } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'

export interface Failure {
  readonly fault: ChannelFault
  readonly retriable: boolean
  readonly retryAfterSeconds: number | undefined
  /** This one included. */
  readonly tries: number
  /** Whether the contact has another channel that was not tried, and whether that one works. */
  readonly another: 'none' | 'failing' | 'works'
  /** Whether the circuit of its own channel is open. */
  readonly failing: boolean
  readonly now: Micros
  readonly notAfter: Micros
  /** 0 to 1, spreads retries. */
  readonly jitter: number
}

export type Next =
  | { readonly step: 'retry'; readonly at: Micros }
  /** The contact's next channel, now. `dead`: this address is not used again until edited or heard from. */
  | { readonly step: 'channel'; readonly dead: boolean }
  | { readonly step: 'give_up'; readonly dead: boolean }

const SECOND: Micros = 1_000_000
const PAUSES_SECONDS = [5, 15, 45, 120, 300] as const
/** A pause that a provider asks for longer than this is not waited for when there is another way. */
const PATIENCE_SECONDS = 30
/** A network that fails this often is left for the contact's next channel. */
const TRIES_BEFORE_NEXT = 2

/** What to do after a message could not be handed over. */
export function afterFailure(failure: Failure): Next {
  const { fault, another } = failure
  const dead = fault === 'blocked' || fault === 'address'
  const hopeless = dead || (fault === 'rejected' && !failure.retriable)
  if (hopeless) return { step: another === 'none' ? 'give_up' : 'channel', dead }
  const wished = failure.retryAfterSeconds ?? 0
  const impatient =
    failure.failing || fault === 'auth' || wished > PATIENCE_SECONDS || (fault !== 'rate_limited' && failure.tries >= TRIES_BEFORE_NEXT)
  if (another === 'works' && impatient) return { step: 'channel', dead: false }
  const pause = PAUSES_SECONDS[Math.min(failure.tries, PAUSES_SECONDS.length) - 1] ?? PAUSES_SECONDS[0]
  const own = pause * (0.9 + 0.2 * failure.jitter)
  const seconds = fault === 'rate_limited' && wished > 0 ? wished + 0.5 * failure.jitter : Math.max(wished, own)
  const at = failure.now + Math.round(seconds * SECOND)
  return at > failure.notAfter ? { step: 'give_up', dead: false } : { step: 'retry', at }
}
