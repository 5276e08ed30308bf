import { hasFlag, QualityFlag, QualityReason, QualitySeverity, reasonOf, severityOf } from './sample.ts'

/** What is remarked of the time of a sample, or of the way it came. */
export const QualityRemark = {
  SummerTime: 'summerTime',
  TimeInvalid: 'timeInvalid',
  Ambiguous: 'ambiguous',
  TimeSubstituted: 'timeSubstituted',
  Historical: 'historical',
  Retained: 'retained',
  ClockReset: 'clockReset',
} as const
export type QualityRemark = (typeof QualityRemark)[keyof typeof QualityRemark]

const FLAGS: readonly (readonly [flag: number, remark: QualityRemark])[] = [
  [QualityFlag.TimeInvalid, QualityRemark.TimeInvalid],
  [QualityFlag.SummerTime, QualityRemark.SummerTime],
  [QualityFlag.Ambiguous, QualityRemark.Ambiguous],
  [QualityFlag.TimeSubstituted, QualityRemark.TimeSubstituted],
  [QualityFlag.Historical, QualityRemark.Historical],
  [QualityFlag.Retained, QualityRemark.Retained],
  [QualityFlag.ClockReset, QualityRemark.ClockReset],
]

const REASON_WORDS: Readonly<Record<number, string>> = {
  [QualityReason.CommunicationFailure]: 'communication failure',
  [QualityReason.Configuration]: 'wrong configuration',
  [QualityReason.NotTopical]: 'not topical',
  [QualityReason.Substituted]: 'substituted',
  [QualityReason.Blocked]: 'blocked',
  [QualityReason.Overflow]: 'overflow',
  [QualityReason.Invalid]: 'invalid',
  [QualityReason.Stale]: 'stale at the source',
  [QualityReason.TypeMismatch]: 'wrong data type',
  [QualityReason.BadAddress]: 'address refused',
  [QualityReason.NoData]: 'no data',
}

const REMARK_WORDS: Readonly<Record<QualityRemark, string>> = {
  summerTime: 'summer time (SU)',
  timeInvalid: 'clock of the source invalid',
  ambiguous: 'local time that occurs twice or never',
  timeSubstituted: 'time of receipt',
  historical: 'replayed',
  retained: 'retained by the broker',
  clockReset: 'clock of the source set back',
}

/** Of how we store it (heartbeat, last before a change) nothing is remarked. */
export function remarksOf(quality: number): readonly QualityRemark[] {
  return FLAGS.filter(([flag]) => hasFlag(quality, flag)).map(([, remark]) => remark)
}

/** Why a sample is not good, and what is remarked of it, in English as exports write it; empty when there is nothing to say. */
export function remarksText(quality: number): string {
  const reason = severityOf(quality) === QualitySeverity.Good ? undefined : REASON_WORDS[reasonOf(quality)]
  return [...(reason === undefined ? [] : [reason]), ...remarksOf(quality).map((remark) => REMARK_WORDS[remark])].join(', ')
}
