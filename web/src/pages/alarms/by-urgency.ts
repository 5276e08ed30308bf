import type { Alarm } from '../../api/replies.ts'

const RANK = { critical: 0, warning: 1, info: 2 } as const

/** What needs a person comes first: it stands and nobody took notice, it returned and nobody took notice, the rest; each by severity. */
export function byUrgency(a: Alarm, b: Alarm): number {
  const waiting = (alarm: Alarm): number => (alarm.acknowledgedAt !== null ? 2 : alarm.clearedAt !== null ? 1 : 0)
  return waiting(a) - waiting(b) || RANK[a.severity] - RANK[b.severity] || b.raisedAt - a.raisedAt
}
