import type { Millis } from '#base/time.ts'

/** Wakes a loop; what comes while the loop is busy is not lost. */
export class Wake {
  #woken = true
  #resolve: (() => void) | undefined

  now(): void {
    this.#woken = true
    this.#resolve?.()
  }

  /** Resolves at the next call of {@link now}, at once when there was one since the last wait, and after `timeout` in any case. */
  async wait(timeout: Millis, signal: AbortSignal): Promise<void> {
    if (!this.#woken && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, timeout)
      this.#resolve = resolve
      const stop = (): void => resolve()
      signal.addEventListener('abort', stop)
      await promise
      signal.removeEventListener('abort', stop)
      clearTimeout(timer)
      this.#resolve = undefined
    }
    this.#woken = false
  }
}
