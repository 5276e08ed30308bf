import type { Millis } from '#base/time.ts'
import { DeviceStatus } from '#domain/device.ts'

/** How one attempt to poll a device ended. */
export type PollOutcome =
  /** It answered; `badTags` of its `tags` came back Bad. */
  | { readonly kind: 'answered'; readonly tags: number; readonly badTags: number; readonly problem: string | null }
  /** It did not answer, or refused to talk; `retryAfterMillis` is its own wish. */
  | { readonly kind: 'failed'; readonly problem: string; readonly retryAfterMillis?: Millis | undefined }
  /** A person must do something (settings, password, certificate): trying again soon would only hammer it, or lock the account. */
  | { readonly kind: 'misconfigured'; readonly problem: string }
  /** The conversation stands, but the device behind it is gone: nothing to try again. */
  | { readonly kind: 'absent'; readonly problem: string }

/** What is known of the communication with one device. A value: every step returns a new one. */
export interface Health {
  readonly status: DeviceStatus
  readonly consecutiveFailures: number
  /** Outcomes of the last 20 polls, the newest in bit 0, 1 is good. */
  readonly recent: number
  readonly recentCount: number
  /** Where on the ladder of retries we stand: it is left only after three good polls in a row. */
  readonly backoffStep: number
  readonly goodStreak: number
  readonly problem: string | null
}

/** What a step means for the log, the events and the tags. */
export type HealthChange = 'first_failure' | 'failed_again' | 'lost' | 'quarantined' | 'recovered' | null

export interface HealthStep {
  readonly health: Health
  readonly change: HealthChange
  /** When to try again; null: at the next slot of the timeline. */
  readonly retryInMillis: Millis | null
}

/** Polls failed in a row that make the status Error, whatever the success rate says. */
export const FAILURES_TO_ERROR = 3
/** Polls failed in a row after which a device is quarantined: logged once, then retried at the cap. */
export const FAILURES_TO_QUARANTINE = 10
const RATE_WINDOW = 20
const DEGRADED_BELOW = 0.9
const GOOD_POLLS_TO_RESET = 3
const CAP: Millis = 300_000
const JITTER = 0.2

/** @param known the state that survived a restart of the process; its failures count on, its back-off does not */
export function newHealth(known?: { status: DeviceStatus; consecutiveFailures: number; problem: string | null }): Health {
  const failing = known?.status === DeviceStatus.Error || known?.status === DeviceStatus.Quarantined
  return {
    status: failing ? known.status : DeviceStatus.Unknown,
    consecutiveFailures: failing ? known.consecutiveFailures : 0,
    recent: 0,
    recentCount: 0,
    backoffStep: 0,
    goodStreak: 0,
    problem: failing ? known.problem : null,
  }
}

/** Share of the last 20 polls that succeeded, 0 to 1; 1 before the first. */
export function successRate(health: Health): number {
  if (health.recentCount === 0) return 1
  let good = 0
  for (let bits = health.recent; bits !== 0; bits &= bits - 1) good += 1
  return good / health.recentCount
}

/** No poll failed, so neither the success rate nor the back-off knows of it. */
function afterAbsence(health: Health, problem: string): HealthStep {
  const consecutiveFailures = Math.max(1, health.consecutiveFailures)
  const next: Health = { ...health, status: DeviceStatus.Error, consecutiveFailures, goodStreak: 0, problem }
  return { health: next, change: failureChange(health, next), retryInMillis: null }
}

/** @param random uniform in [0, 1), for the jitter of the back-off */
export function afterPoll(health: Health, outcome: PollOutcome, random: number): HealthStep {
  if (outcome.kind === 'absent') return afterAbsence(health, outcome.problem)
  // a device that refuses every tag is as good as silent for whoever watches it, but it talks: no back-off
  const answered = outcome.kind === 'answered'
  const good = answered && (outcome.tags === 0 || outcome.badTags < outcome.tags)
  const recent = ((health.recent << 1) | (good ? 1 : 0)) & ((1 << RATE_WINDOW) - 1)
  const recentCount = Math.min(RATE_WINDOW, health.recentCount + 1)
  if (good) return afterGood({ ...health, recent, recentCount }, outcome)

  const consecutiveFailures = health.consecutiveFailures + 1
  const backoffStep = answered ? 0 : health.backoffStep + 1
  const status = failedStatus(health, outcome, consecutiveFailures)
  const next: Health = { status, consecutiveFailures, recent, recentCount, backoffStep, goodStreak: 0, problem: outcome.problem }
  return {
    health: next,
    change: failureChange(health, next),
    retryInMillis: retryIn(outcome, backoffStep, random),
  }
}

function retryIn(outcome: Exclude<PollOutcome, { kind: 'absent' }>, backoffStep: number, random: number): Millis | null {
  if (outcome.kind === 'answered') return null
  if (outcome.kind === 'misconfigured') return jittered(CAP, random)
  if (outcome.retryAfterMillis === undefined) return backoffMillis(backoffStep, random)
  return Math.round(Math.min(CAP, outcome.retryAfterMillis) * (1 + JITTER * random))
}

function afterGood(health: Health, outcome: PollOutcome & { kind: 'answered' }): HealthStep {
  const goodStreak = health.goodStreak + 1
  const next = {
    ...health,
    consecutiveFailures: 0,
    goodStreak,
    backoffStep: goodStreak >= GOOD_POLLS_TO_RESET ? 0 : health.backoffStep,
    problem: outcome.badTags > 0 ? outcome.problem : null,
  }
  const degraded = outcome.badTags > 0 || successRate(next) < DEGRADED_BELOW
  return {
    health: { ...next, status: degraded ? DeviceStatus.Degraded : DeviceStatus.Online },
    change: health.consecutiveFailures > 0 ? 'recovered' : null,
    retryInMillis: null,
  }
}

function failedStatus(health: Health, outcome: Exclude<PollOutcome, { kind: 'absent' }>, failures: number): DeviceStatus {
  // a device that answers is never quarantined: it costs nothing to go on asking it
  if (failures >= FAILURES_TO_QUARANTINE && outcome.kind !== 'answered') return DeviceStatus.Quarantined
  if (failures >= FAILURES_TO_ERROR || outcome.kind === 'misconfigured') return DeviceStatus.Error
  // one or two failures do not yet say anything about a device that was never heard of
  if (health.status === DeviceStatus.Unknown) return DeviceStatus.Unknown
  return DeviceStatus.Degraded
}

function isLost(status: DeviceStatus): boolean {
  return status === DeviceStatus.Error || status === DeviceStatus.Quarantined
}

function failureChange(before: Health, after: Health): HealthChange {
  if (after.status === DeviceStatus.Quarantined && before.status !== DeviceStatus.Quarantined) return 'quarantined'
  if (isLost(after.status) && !isLost(before.status)) return 'lost'
  return before.consecutiveFailures === 0 || before.problem !== after.problem ? 'first_failure' : 'failed_again'
}

/** Ends the back-off now: somebody pressed "retry now", or the settings changed. Failures still count. */
export function retryNow(health: Health): Health {
  return { ...health, backoffStep: 0 }
}

/**
 * The ladder: the first retry at once, the second after 1 s (a cable that was pulled and put back), then 5 s doubling to
 * five minutes, each with 20 % jitter either way so that a site does not come back in lockstep.
 * @param step 1 for the first failure
 */
export function backoffMillis(step: number, random: number): Millis {
  if (step <= 1) return 0
  const base = step === 2 ? 1000 : Math.min(CAP, 5000 * 2 ** Math.min(step - 3, 10))
  return Math.min(jittered(base, random), CAP * (1 + JITTER))
}

function jittered(base: Millis, random: number): Millis {
  return Math.round(base * (1 - JITTER + 2 * JITTER * random))
}
