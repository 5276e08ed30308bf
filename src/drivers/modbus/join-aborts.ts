/** A signal that follows several others until disposed; unlike AbortSignal.any it leaves nothing behind on long-lived ones. */
export interface JoinedAborts extends Disposable {
  readonly signal: AbortSignal
  abort(reason: unknown): void
}

/** @returns a signal that aborts with the first of `signals`, or by its own `abort`. */
export function joinAborts(...signals: readonly AbortSignal[]): JoinedAborts {
  const own = new AbortController()
  const listeners = signals.map((signal) => ({ signal, onAbort: () => own.abort(signal.reason) }))
  for (const { signal, onAbort } of listeners) {
    if (signal.aborted) own.abort(signal.reason)
    else signal.addEventListener('abort', onAbort, { once: true })
  }
  return {
    signal: own.signal,
    abort: (reason) => own.abort(reason),
    [Symbol.dispose]() {
      for (const { signal, onAbort } of listeners) signal.removeEventListener('abort', onAbort)
    },
  }
}
