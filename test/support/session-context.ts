import { systemClock } from '#host/clock.ts'
import type { Sample } from '#domain/sample.ts'
import type { FrameDirection, SessionContext } from '#drivers/driver.ts'

/** A session's context that writes down everything a driver says. */
export interface RecordedContext extends SessionContext {
  readonly emitted: Sample[]
  readonly learned: Map<string, unknown>
  readonly counts: Map<string, number>
  readonly frames: { readonly direction: FrameDirection; readonly bytes: Uint8Array }[]
  /** Every word of `absent`, in order. */
  readonly absences: (string | null)[]
  /** Resolves when the condition holds after an emission, an absence or a count; rejects after `millis`. */
  until(condition: () => boolean, what: string, millis?: number): Promise<void>
}

export function recordedContext(options: Partial<SessionContext> & { learned?: Map<string, unknown> } = {}): RecordedContext {
  const { learned = new Map<string, unknown>(), ...given } = options
  const emitted: Sample[] = []
  const counts = new Map<string, number>()
  const frames: RecordedContext['frames'] = []
  const absences: (string | null)[] = []
  const waiting = new Set<() => void>()
  const changed = (): void => {
    for (const look of waiting) look()
  }
  const quiet = (): void => undefined
  return {
    clock: systemClock,
    signal: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet },
    folder: '',
    emit: (samples) => {
      emitted.push(...samples)
      changed()
    },
    accepted: () => Promise.resolve(),
    alive: changed,
    absent: (problem) => {
      absences.push(problem)
      changed()
    },
    recall: (key) => learned.get(key),
    remember: (key, value) => void (value === undefined ? learned.delete(key) : learned.set(key, value)),
    recalled: (prefix) => [...learned.keys()].filter((key) => key.startsWith(prefix)),
    frame: (direction, bytes) => void frames.push({ direction, bytes: bytes.slice() }),
    count: (name, by = 1) => {
      counts.set(name, (counts.get(name) ?? 0) + by)
      changed()
    },
    ...given,
    emitted,
    learned,
    counts,
    frames,
    absences,
    async until(condition, what, millis = 120_000) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const look = (): void => void (condition() && resolve())
      const timer = setTimeout(() => reject(new Error(`${what}: not within ${millis} ms`)), millis)
      waiting.add(look)
      look()
      await promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(look)
      })
    },
  }
}
