import type { Severity } from './alarm.ts'
import type { CategoryScope } from './category.ts'

/** Who takes turns, in the wall-clock time of the site. */
export interface ShiftLayer {
  readonly name: string
  /** In turn; one only is always that one. */
  readonly contactIds: readonly number[]
  /** The first day of the first one, `2026-11-24`. */
  readonly start: string
  /** When the next one takes over, `08:00`. */
  readonly handover: string
  /** Days until the next one takes over. */
  readonly everyDays: number
  /** Days of the week on which the duty begins, Monday is 1; empty: all. */
  readonly days: readonly number[]
  /** The duty of a day, `22:00` to `06:00`; both the same: around the clock. */
  readonly from: string
  readonly to: string
  readonly holidays: 'also' | 'only' | 'not'
}

/** Replaces every layer for a time: a swap, an absence. Local times of the site. */
export interface DutyOverride {
  /** Nobody at all when empty. */
  readonly contactIds: readonly number[]
  /** `2026-12-24T18:00` */
  readonly from: string
  readonly to: string
}

export interface DutySchedule {
  readonly layers: readonly ShiftLayer[]
  readonly overrides: readonly DutyOverride[]
  /** Local days, `2026-12-25`. */
  readonly holidays: readonly string[]
}

/** People who are told together, or of whom the one on duty is told. */
export interface ContactGroup {
  readonly id: number
  readonly name: string
  /** Who is told when nobody here answers. */
  readonly parentId: number | null
  readonly memberIds: readonly number[]
  readonly duty: 'everybody' | 'on_call'
  readonly schedule: DutySchedule
}

export interface ChainStep {
  readonly groupId: number
  /** How long an answer is waited for the first time; doubles with each repetition. */
  readonly waitMinutes: number
  /** How often the group is told before the next step. */
  readonly attempts: number
  /** Whether its parent groups follow before the next step. */
  readonly climb: boolean
}

/** Who is told one after the other until somebody answers. */
export interface EscalationChain {
  readonly id: number
  readonly name: string
  readonly enabled: boolean
  /** The first one that fits an alarm is its chain. */
  readonly position: number
  readonly minSeverity: Severity
  /** null is all devices. */
  readonly deviceIds: readonly number[] | null
  readonly categories: CategoryScope
  readonly steps: readonly ChainStep[]
  /** What happens when the alarm returns to normal unanswered. */
  readonly onClear: 'stop' | 'continue'
  /** Nothing older than this is told any more. */
  readonly maxAgeMinutes: number
  /** After the last step without an answer the chain begins anew after so long; 0: never. */
  readonly repeatMinutes: number
}

/** A chain as it was when its alarm came: later edits do not change what is under way. */
export interface ChainSnapshot extends Pick<EscalationChain, 'name' | 'onClear' | 'maxAgeMinutes' | 'repeatMinutes'> {
  readonly chainId: number
  /** Parent groups stand as steps of their own. */
  readonly steps: readonly (Pick<ChainStep, 'groupId' | 'waitMinutes' | 'attempts'> & { readonly groupName: string })[]
}
