import { useEffect, useState } from 'react'
import type { FunctionCode } from '#drivers/modbus/core/pdu.ts'
import type { Registers } from '#drivers/modbus/core/interpret.ts'
import type { DeviceForm } from '../devices/device-draft.ts'
import { runAction } from '../devices/run-action.ts'

export interface Span {
  readonly functionCode: FunctionCode
  /** Counted from 0. */
  readonly start: number
  readonly count: number
}

export interface RegistersState {
  /** Oldest first, all of the same span. */
  readonly history: readonly Registers[]
  /** Why an address has no value. */
  readonly holes: ReadonlyMap<number, string>
  readonly millis: number | null
  readonly error: unknown
  readonly busy: boolean
}

interface Reply {
  readonly values: readonly (number | null)[]
  readonly holes: readonly { readonly address: number; readonly problem: string }[]
  readonly millis: number
}

const EMPTY: RegistersState = { history: [], holes: new Map(), millis: null, error: null, busy: false }
const SNAPSHOTS = 12
const REFRESH_MILLIS = 1000

/**
 * Reads a span once a second while `live`, or once. Holes are asked for once; the last snapshots are kept, since how a value moves
 * tells much of what it is.
 * @param round another number reads anew, holes included
 */
export function useRegisters(form: DeviceForm, span: Span | null, live: boolean, round: number): RegistersState {
  const [state, setState] = useState(EMPTY)
  const { functionCode, start, count } = span ?? { functionCode: 3 as const, start: 0, count: 0 }
  // of the form only what was said, not which object says it
  const { deviceId, protocol, timeoutMillis, connection, secrets } = form
  const asked = JSON.stringify({ deviceId, protocol, timeoutMillis, connection, secrets })

  useEffect(() => {
    setState(EMPTY)
  }, [asked, functionCode, start, count, round])

  useEffect(() => {
    if (count === 0) return undefined
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let holes: ReadonlyMap<number, string> = new Map()
    const read = async (): Promise<void> => {
      if (!document.hidden) {
        setState((old) => ({ ...old, busy: true }))
        try {
          const reply = await readOnce(asked, { functionCode, start, count }, [...holes.keys()], abort.signal)
          holes = new Map([...holes, ...reply.holes.map((hole) => [hole.address, hole.problem] as const)])
          const { values, millis } = reply
          setState((old) => ({ history: [...old.history, values].slice(-SNAPSHOTS), holes, millis, error: null, busy: false }))
        } catch (error) {
          if (abort.signal.aborted) return
          setState((old) => ({ ...old, error, busy: false }))
        }
      }
      if (live && !abort.signal.aborted) timer = setTimeout(() => void read(), REFRESH_MILLIS)
    }
    void read()
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [asked, functionCode, start, count, live, round])
  return state
}

async function readOnce(asked: string, span: Span, skip: readonly number[], signal: AbortSignal): Promise<Reply> {
  const reply = await runAction<Reply>(JSON.parse(asked) as DeviceForm, 'read_registers', { ...span, skip })
  signal.throwIfAborted()
  return reply
}
