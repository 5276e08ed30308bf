/** One thing that a driver learned of a device, or forgot. */
export interface MemoryChange {
  readonly deviceId: number
  readonly key: string
  /** JSON text; null forgets. */
  readonly value: string | null
}

/** The last change of each key, in the order of the first. */
export function lastChanges(changes: readonly MemoryChange[]): MemoryChange[] {
  const last = new Map<string, MemoryChange>()
  for (const change of changes) last.set(`${change.deviceId} ${change.key}`, change)
  return [...last.values()]
}
