import type { Micros } from '#base/time.ts'
import type { ChainSnapshot } from '#domain/escalation.ts'
import { waitOf } from './escalate.ts'

/** How far a case has come by the policy that it began with. */
export interface Underway {
  readonly state: 'open' | 'exhausted'
  readonly chain: ChainSnapshot | null
  readonly step: number
  readonly tries: number
  readonly passed: readonly number[]
  readonly begun: boolean
  /** Rounds so far. */
  readonly attempt: number
  readonly nextActionAt: Micros | null
  /** It ended, and nobody could be told. */
  readonly untold: boolean
}

/** The same case by the policy of now. */
export interface TakenUp {
  readonly state: 'open' | 'exhausted'
  readonly chain: ChainSnapshot
  readonly step: number
  readonly tries: number
  readonly passed: readonly number[]
  readonly begun: boolean
  readonly nextActionAt: Micros | null
  /** The group that is told next; null: all of them were. */
  readonly next: string | null
}

const MINUTE: Micros = 60_000_000

/**
 * Takes up a changed policy: whoever was told in this round is not told again, everybody else comes in the order of the new chain. The group
 * whose answer is waited for keeps what the new chain adds to it, unless somebody now stands before it; its wait is the new one. A chain that
 * had ended goes on at once where somebody new is to be told.
 * @returns undefined when nothing would change: the policy is the same, or no chain fits any more (then it goes on as it began)
 */
export function takeUpPolicy(current: Underway, fresh: ChainSnapshot | null, now: Micros): TakenUp | undefined {
  const { chain, nextActionAt } = current
  if (fresh === null || (chain !== null && samePolicy(chain, fresh))) return undefined
  if (current.state === 'exhausted' && current.untold) {
    const next = fresh.steps[0]?.groupName ?? null
    return {
      state: 'exhausted',
      chain: fresh,
      step: fresh.steps.length,
      tries: 0,
      passed: [],
      begun: current.begun,
      nextActionAt: now,
      next,
    }
  }
  const waiting = chain?.steps[current.step]
  const told = waiting !== undefined && current.tries > 0 && !current.passed.includes(waiting.groupId) ? waiting : undefined
  const over = [...current.passed, ...(chain?.steps.slice(0, current.step).map((one) => one.groupId) ?? [])]
  const open = fresh.steps.findIndex(
    (one) => !over.includes(one.groupId) && (one.groupId !== told?.groupId || current.tries < one.attempts),
  )
  const goesOn = told !== undefined && fresh.steps[open]?.groupId === told.groupId
  const passed = [...new Set([...over, ...(told === undefined || goesOn ? [] : [told.groupId])])]
  const begun = current.begun || current.step > 0 || current.tries > 0 || (chain === null && current.attempt > 0 && nextActionAt === null)
  const rest = { chain: fresh, passed, begun }
  const next = fresh.steps[open]
  if (next === undefined) {
    // nobody is left: the answers that are waited for still are
    const state = current.state
    const ended = { ...rest, state, step: fresh.steps.length, tries: 0, next: null }
    return { ...ended, nextActionAt: state === 'exhausted' ? anewAt(current, fresh, now) : (shifted(current, fresh, told, now) ?? now) }
  }
  const tries = goesOn ? current.tries : 0
  const at = current.state === 'exhausted' ? now : (shifted(current, fresh, told, now) ?? now)
  return { ...rest, state: 'open', step: open, tries, nextActionAt: at, next: next.groupName }
}

/** When the answer of the group that was told is not waited for any longer, by what the new chain says of it. */
function shifted({ nextActionAt, tries }: Underway, fresh: ChainSnapshot, told: ChainSnapshot['steps'][number] | undefined, now: Micros) {
  if (nextActionAt === null) return null
  const step = told === undefined ? undefined : fresh.steps.find((one) => one.groupId === told.groupId)
  if (told === undefined || step === undefined) return nextActionAt
  return Math.max(now, nextActionAt - waitOf(told, tries) + waitOf(step, tries))
}

/** When a chain that ended unanswered begins anew. */
function anewAt({ chain, nextActionAt }: Underway, fresh: ChainSnapshot, now: Micros): Micros | null {
  if (fresh.repeatMinutes === 0) return null
  const ended = nextActionAt === null ? now : nextActionAt - (chain?.repeatMinutes ?? 0) * MINUTE
  return Math.max(now, ended + fresh.repeatMinutes * MINUTE)
}

function samePolicy(a: ChainSnapshot, b: ChainSnapshot): boolean {
  return (
    a.chainId === b.chainId &&
    a.name === b.name &&
    a.onClear === b.onClear &&
    a.maxAgeMinutes === b.maxAgeMinutes &&
    a.repeatMinutes === b.repeatMinutes &&
    a.steps.length === b.steps.length &&
    a.steps.every((step, index) => {
      const other = b.steps[index]
      return step.groupId === other?.groupId && step.waitMinutes === other.waitMinutes && step.attempts === other.attempts
    })
  )
}
