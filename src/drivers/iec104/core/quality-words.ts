import { QualityFlag, QualityReason, hasFlag, reasonOf } from '#domain/sample.ts'

const reasons: Readonly<Record<number, string>> = {
  [QualityReason.Invalid]: 'invalid (IV)',
  [QualityReason.NotTopical]: 'not topical (NT)',
  [QualityReason.Substituted]: 'substituted (SB)',
  [QualityReason.Blocked]: 'blocked (BL)',
  [QualityReason.Overflow]: 'overflow (OV)',
  [QualityReason.NoData]: 'intermediate or faulty position',
}

const flags: readonly (readonly [flag: number, words: string])[] = [
  [QualityFlag.TimeInvalid, 'clock of the station invalid'],
  [QualityFlag.SummerTime, 'summer time (SU)'],
  [QualityFlag.Ambiguous, 'local time that occurs twice or never'],
  [QualityFlag.TimeSubstituted, 'time of receipt'],
]

/** A packed quality in the protocol's own words; empty for good without remarks. */
export function qualityWords(quality: number): string {
  const reason = reasons[reasonOf(quality)]
  const remarks = flags.filter(([flag]) => hasFlag(quality, flag)).map(([, words]) => words)
  return [...(reason === undefined ? [] : [reason]), ...remarks].join(', ')
}
