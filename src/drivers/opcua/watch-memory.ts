import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Micros } from '#base/time.ts'
import type { DevicePlan, SessionContext } from '../driver.ts'
import type { OpcUaConfig, OpcUaPoint } from './config.ts'
import { packRuns } from './core/item-runs.ts'
import { lifetimeOf, type Pace } from './core/pace.ts'
import type { WatchedNode } from './node-table.ts'
import type { Watch } from './watch.ts'

type Memory = Pick<SessionContext, 'recall' | 'remember' | 'recalled'>

const WATCH = 'subscription'
const NEXT = 'next message of subscription '

const remembered = z.object({
  plan: z.string(),
  run: z.string(),
  nodes: z.string(),
  clockOffset: z.number(),
  subscriptions: z.array(z.object({ id: z.int(), publishingInterval: z.number(), maxKeepAliveCount: z.int(), lifetimeCount: z.int() })),
  items: z.array(z.tuple([z.int(), z.int(), z.int(), z.number(), z.int(), z.int(), z.int()])).readonly(),
})

const next = z.object({ expected: z.int(), at: z.number() })

/** What the process before this one watched, if it was for the very same settings and tags. */
export interface RecalledWatch {
  /** See Server.run. */
  readonly run: string
  /** See {@link digestOf}. */
  readonly nodes: string
  readonly clockOffset: Micros
  readonly items: z.infer<typeof remembered>['items']
  readonly subscriptions: readonly { readonly id: number; readonly pace: Pace; readonly expected: number }[]
  /** False when settings or tags have changed since: the subscriptions are of no use any more. */
  readonly fits: boolean
}

/** Written whenever other items are watched; how far its messages were taken is told by {@link rememberNext}. */
export function rememberWatch(
  memory: Memory,
  plan: DevicePlan<OpcUaConfig, OpcUaPoint>,
  { run, clockOffset, watch }: { readonly run: string; readonly clockOffset: Micros; readonly watch: Watch },
): void {
  const items = new Map(watch.items.map((item) => [item.handle, item]))
  const inOrder = [...watch.nodes.keys()].flatMap((handle) => items.get(handle) ?? [])
  const value: z.input<typeof remembered> = {
    plan: digestOfPlan(plan),
    run,
    nodes: digestOf([...watch.nodes.values()]),
    clockOffset,
    subscriptions: watch.subscriptions.map(({ id, pace }) => ({ id, ...pace })),
    items: packRuns(inOrder).map((run) => [...run]),
  }
  memory.remember(WATCH, value)
  const known = new Set(watch.subscriptions.map(({ id }) => `${NEXT}${id}`))
  for (const key of memory.recalled(NEXT)) if (!known.has(key)) memory.remember(key, undefined)
}

/**
 * To be called in the same turn as the message's samples are emitted: then a crash keeps both or neither.
 * @param at by our clock
 */
export function rememberNext(memory: Memory, subscriptionId: number, expected: number, at: Micros): void {
  memory.remember(`${NEXT}${subscriptionId}`, { expected, at })
}

export function forgetWatch(memory: Memory): void {
  memory.remember(WATCH, undefined)
  for (const key of memory.recalled(NEXT)) memory.remember(key, undefined)
}

/** @returns undefined also when the server has forgotten it since: then it may be a copy of a plant that runs elsewhere */
export function recallWatch(memory: Memory, plan: DevicePlan<OpcUaConfig, OpcUaPoint>, now: Micros): RecalledWatch | undefined {
  const parsed = remembered.safeParse(memory.recall(WATCH))
  if (!parsed.success) return undefined
  const { subscriptions, ...watch } = parsed.data
  const recalled = subscriptions.flatMap(({ id, ...pace }) => {
    const heard = next.safeParse(memory.recall(`${NEXT}${id}`))
    const isAlive = heard.success && now >= heard.data.at && (now - heard.data.at) / 1000 < lifetimeOf(pace)
    return isAlive ? [{ id, pace, expected: heard.data.expected }] : []
  })
  if (recalled.length < subscriptions.length) return undefined
  return { ...watch, fits: watch.plan === digestOfPlan(plan), subscriptions: recalled }
}

/** @returns what tells one node table from another: the items stand in its order */
export function digestOf(nodes: readonly WatchedNode[]): string {
  return digest(nodes.map(({ nodeId, samplingInterval, queueSize, shares }) => [nodeId.toString(), samplingInterval, queueSize, shares]))
}

function digestOfPlan({ config, points }: DevicePlan<OpcUaConfig, OpcUaPoint>): string {
  const { password: _, userPrivateKey: _key, ...settings } = config
  return digest([settings, points.map(({ tag, point }) => [tag.id, point])])
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}
