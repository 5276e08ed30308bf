/** What a server made of one monitored item. */
export interface ItemOutcome {
  /** The number under which we asked for it, that comes back with each change. */
  readonly handle: number
  /** 0 when it is watched. */
  readonly status: number
  readonly samplingInterval: number
  readonly queueSize: number
  readonly subscriptionId: number
  /** The number that the server gave it; 0 when it is refused. */
  readonly itemId: number
}

type Run = [
  count: number,
  handle: number,
  status: number,
  samplingInterval: number,
  queueSize: number,
  subscriptionId: number,
  itemId: number,
]

/** So many items in a row with the same outcome; their numbers count up from those of the first, the server's unless they are refused. */
export type ItemRun = Readonly<Run>

/** Thousands of items mostly share one outcome, and servers number them one after the other: a few runs say the same. */
export function packRuns(items: readonly ItemOutcome[]): readonly ItemRun[] {
  const runs: Run[] = []
  for (const item of items) {
    const last = runs.at(-1)
    if (last !== undefined && isEqual(itemAt(last, last[0]), item)) last[0]++
    else runs.push([1, item.handle, item.status, item.samplingInterval, item.queueSize, item.subscriptionId, item.itemId])
  }
  return runs
}

export function unpackRuns(runs: readonly ItemRun[]): readonly ItemOutcome[] {
  return runs.flatMap((run) => Array.from({ length: run[0] }, (_, index) => itemAt(run, index)))
}

function itemAt([, handle, status, samplingInterval, queueSize, subscriptionId, itemId]: ItemRun, index: number): ItemOutcome {
  return { handle: handle + index, status, samplingInterval, queueSize, subscriptionId, itemId: status === 0 ? itemId + index : itemId }
}

function isEqual(a: ItemOutcome, b: ItemOutcome): boolean {
  return (
    a.handle === b.handle &&
    a.status === b.status &&
    a.samplingInterval === b.samplingInterval &&
    a.queueSize === b.queueSize &&
    a.subscriptionId === b.subscriptionId &&
    a.itemId === b.itemId
  )
}
