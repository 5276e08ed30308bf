import { useState } from 'react'
import { tellDone } from '../../widgets/notices.tsx'

export interface Action {
  readonly busy: boolean
  /** What went wrong last; null after a success. */
  readonly error: unknown
  /** Runs it once at a time. @returns whether it succeeded; `done` is then told to the person */
  readonly run: (work: () => Promise<unknown>, done?: string) => Promise<boolean>
  readonly reset: () => void
}

/** The state of something a person asked for: running, failed, done. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const run = async (work: () => Promise<unknown>, done?: string): Promise<boolean> => {
    if (busy) return false
    setBusy(true)
    setError(null)
    try {
      await work()
      if (done !== undefined) tellDone(done)
      return true
    } catch (thrown) {
      setError(thrown)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, run, reset: () => setError(null) }
}
