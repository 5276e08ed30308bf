import type { Micros } from '#base/time.ts'
import type { CallReply } from '../../api/client.ts'

type Change = CallReply<'GET /api/devices/:id/status-history'>[number]

/** A time in which a device was in one state. */
export interface StatusStretch {
  readonly from: Micros
  readonly to: Micros
  readonly status: Change['status']
  readonly problem: string | null
}

/**
 * The whole of [from, to), oldest first: what is before the first change is unknown, and the last state holds on.
 * @param changes oldest first, the one that held before `from` included
 */
export function statusStretches(changes: readonly Change[], from: Micros, to: Micros): readonly StatusStretch[] {
  const known = changes.filter((one) => one.at < to)
  const [first] = known
  const before = first === undefined || first.at > from ? [{ from, to: first?.at ?? to, status: 'unknown' as const, problem: null }] : []
  const stretches = known.map(({ at, status, problem }, index) => ({
    from: Math.max(at, from),
    to: known[index + 1]?.at ?? to,
    status,
    problem,
  }))
  return [...before, ...stretches].filter((one) => one.to > one.from)
}
