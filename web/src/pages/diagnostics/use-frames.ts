import { useEffect, useState } from 'react'
import { call } from '../../api/client.ts'
import type { Frame } from './diagnostics-query.ts'

const ASK_MILLIS = 1000
/** More are forgotten from the oldest on. */
const MOST_KEPT = 5000

interface Log {
  readonly frames: readonly Frame[]
  /** Frames that were gone before they could be fetched. */
  readonly missed: number
  readonly error: unknown
}

/** The frames of a device from now on, with those the driver still has; rests while `paused` or while nobody looks. */
export function useFrames(deviceId: number, paused: boolean): Log {
  const [log, setLog] = useState<Log>({ frames: [], missed: 0, error: null })
  useEffect(() => {
    if (paused) return undefined
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout>
    let after = -1
    const ask = async (): Promise<void> => {
      if (document.visibilityState === 'visible') {
        try {
          const query = { after: Math.max(0, after), limit: 500 }
          const reply = await call('GET /api/devices/:id/frames', { params: { id: deviceId }, query }, stop.signal)
          const last = reply.frames.at(-1)?.seq
          // a driver that began anew counts from the beginning
          const anew = last !== undefined && last < after
          after = last ?? after
          setLog((before) => merge(anew ? { frames: [], missed: 0, error: null } : before, reply))
        } catch (error) {
          if (stop.signal.aborted) return
          setLog((before) => ({ ...before, error }))
        }
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void ask(), ASK_MILLIS)
    }
    void ask()
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [deviceId, paused])
  return log
}

function merge(before: Log, { frames, missed }: { frames: readonly Frame[]; missed: number }): Log {
  const newest = before.frames.at(-1)?.seq ?? 0
  const added = frames.filter((frame) => frame.seq > newest)
  return {
    frames: added.length === 0 ? before.frames : [...before.frames, ...added].slice(-MOST_KEPT),
    // what was gone before the first look is nobody's loss
    missed: before.missed + (before.frames.length === 0 ? 0 : missed),
    error: null,
  }
}
