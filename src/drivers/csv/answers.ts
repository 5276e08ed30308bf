import type { Millis } from '#base/time.ts'

/** A server that hangs lets a call wait for ever: after this its folder counts as gone, though the call goes on. */
const SILENT: Millis = 20_000

/**
 * Waits for calls of the file system, one at a time.
 * @param onSilence told true when a call gets no answer, false when the answer came after all
 * @returns passes on what the call gives
 */
export function answersWithin(onSilence: (silent: boolean) => void, limit: Millis = SILENT): <T>(call: Promise<T>) => Promise<T> {
  return async (call) => {
    let silent = false
    const timer = setTimeout(() => {
      silent = true
      onSilence(true)
    }, limit)
    try {
      return await call
    } finally {
      clearTimeout(timer)
      if (silent) onSilence(false)
    }
  }
}
