/** What a server made of one monitored item. */
export interface ItemOutcome {
  /** 0 when it is watched. */
  readonly status: number
  readonly samplingInterval: number
  readonly queueSize: number
}

/** So many items in a row with the same outcome. */
export type ItemRun = readonly [count: number, status: number, samplingInterval: number, queueSize: number]

/** Thousands of items mostly share one outcome: a few runs say the same. */
export function packRuns(items: readonly ItemOutcome[]): readonly ItemRun[] {
  const runs: [number, number, number, number][] = []
  for (const { status, samplingInterval, queueSize } of items) {
    const last = runs.at(-1)
    if (last?.[1] === status && last[2] === samplingInterval && last[3] === queueSize) last[0]++
    else runs.push([1, status, samplingInterval, queueSize])
  }
  return runs
}

export function unpackRuns(runs: readonly ItemRun[]): readonly ItemOutcome[] {
  return runs.flatMap(([count, status, samplingInterval, queueSize]) =>
    Array.from({ length: count }, () => ({ status, samplingInterval, queueSize })),
  )
}
