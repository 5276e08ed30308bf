import { asError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'

/**
 * Runs work that may take so long and no longer: then, or when `stop` aborts, its signal aborts and nobody waits for it any more, even
 * if it does not listen.
 * @throws what the work throws; `overdue()` when its time is over; the reason of `stop`
 */
export async function bounded<T>(
  stop: AbortSignal,
  patience: Millis,
  work: (signal: AbortSignal) => Promise<T>,
  overdue: () => Error,
): Promise<T> {
  stop.throwIfAborted()
  const control = new AbortController()
  const given = Promise.withResolvers<never>()
  const giveUp = (reason: Error): void => {
    given.reject(reason)
    control.abort(reason)
  }
  const onStop = (): void => giveUp(asError(stop.reason))
  const timer = setTimeout(() => giveUp(overdue()), patience)
  stop.addEventListener('abort', onStop, { once: true })
  try {
    const running = work(control.signal)
    // whoever was given up may still fail
    running.catch(() => undefined)
    return await Promise.race([running, given.promise])
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', onStop)
  }
}
