import type { Millis } from '#base/time.ts'

export interface Woken {
  /** Sources that delivered; `all` when any of them may have. */
  readonly sources: ReadonlySet<string> | 'all'
  readonly config: boolean
}

/** A notification can be lost with its connection: everything is looked at this often all the same. */
const LOOK_MILLIS: Millis = 1000

/** Gathers notifications while the engine is busy, and wakes it while it waits. */
export class Wake {
  #sources = new Set<string>()
  #all = true
  #config = true
  #resolve: (() => void) | undefined
  #lookedAt = Number.NEGATIVE_INFINITY

  /** @param name empty: any source */
  source(name: string): void {
    if (name === '') this.#all = true
    else this.#sources.add(name)
    this.#resolve?.()
  }

  config(): void {
    this.#config = true
    this.#resolve?.()
  }

  /** Resolves at the next notification, at once when there was one since the last call, and after `timeout` in any case. */
  async next(timeout: Millis, signal: AbortSignal): Promise<Woken> {
    if (this.#sources.size === 0 && !this.#all && !this.#config && !signal.aborted) await this.#wait(timeout, signal)
    if (performance.now() - this.#lookedAt >= LOOK_MILLIS) {
      this.#all = true
      this.#config = true
    }
    if (this.#all) this.#lookedAt = performance.now()
    const woken: Woken = { sources: this.#all ? 'all' : this.#sources, config: this.#config }
    this.#sources = new Set()
    this.#all = false
    this.#config = false
    return woken
  }

  async #wait(timeout: Millis, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    this.#resolve = wake
    signal.addEventListener('abort', wake)
    const timer = setTimeout(wake, timeout)
    await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', wake)
    this.#resolve = undefined
  }
}
