import type { ReactNode } from 'react'
import { QualityReason, QualitySeverity, reasonOf, severityOf } from '#domain/sample.ts'
import type { Tag } from '../api/replies.ts'
import { formatAge } from '../format/instants.ts'
import { formatValue } from '../format/tag-value.ts'
import type { PlainKey } from '../i18n/translate.ts'
import { useT } from '../i18n/language.ts'
import { type FreshnessVerdict, freshnessOf } from '../live/freshness.ts'
import { useBeat, useDeviceState, useReading, useStreamState } from '../live/hooks.ts'
import { staleAfterSeconds } from '../live/pushes.ts'
import { live } from '../live.ts'
import { useSession } from '../session.tsx'

/** Freshness of a tag, judged again each second. */
export function useFreshness(tag: Tag): FreshnessVerdict {
  useBeat()
  const reading = useReading(tag.id)
  const device = useDeviceState(tag.deviceId)
  const stream = useStreamState()
  const owner = useSession().device(tag.deviceId)
  return freshnessOf({
    now: live.now(),
    stream,
    reading,
    device,
    staleAfterSeconds: owner === undefined ? 10 : staleAfterSeconds(owner),
  })
}

/** The newest value of a tag with its unit. What is old, bad or unknown is struck through: never an old number in a fresh dress. */
export function LiveValue({ tag }: { tag: Tag }): ReactNode {
  const { locale } = useSession()
  const reading = useReading(tag.id)
  const { state } = useFreshness(tag)
  const text = formatValue(reading?.value, tag, locale)
  return (
    <span
      className="value"
      data-state={state}
      data-tag={tag.id}
      data-long={text.length + tag.unit.length > 18 ? 'very' : text.length + tag.unit.length > 13}
    >
      <span>{text}</span>
      {tag.unit !== '' && <span className="unit">{tag.unit}</span>}
    </span>
  )
}

const FRESHNESS_WORD = {
  fresh: 'freshness.fresh',
  bad: 'freshness.fresh',
  stale: 'freshness.stale',
  lost: 'freshness.lost',
  none: 'freshness.none',
} as const satisfies Record<FreshnessVerdict['state'], PlainKey>

/** `1 s`, `6 min`, `no data`: since when the value is no longer confirmed. */
export function FreshnessBadge({ tag }: { tag: Tag }): ReactNode {
  const t = useT()
  const { state, ageSeconds } = useFreshness(tag)
  const age = ageSeconds === null ? '' : formatAge(ageSeconds)
  return (
    <span className="freshness" data-state={state} title={t(FRESHNESS_WORD[state])}>
      {age === '' ? t('freshness.none') : age}
      {(state === 'stale' || state === 'lost') && <span>· {t(FRESHNESS_WORD[state])}</span>}
    </span>
  )
}

const REASONS: Readonly<Record<number, PlainKey>> = {
  [QualityReason.CommunicationFailure]: 'quality.communication',
  [QualityReason.Configuration]: 'quality.configuration',
  [QualityReason.NotTopical]: 'quality.notTopical',
  [QualityReason.Substituted]: 'quality.substituted',
  [QualityReason.Blocked]: 'quality.blocked',
  [QualityReason.Overflow]: 'quality.overflow',
  [QualityReason.Invalid]: 'quality.invalid',
  [QualityReason.Stale]: 'quality.stale',
  [QualityReason.TypeMismatch]: 'quality.typeMismatch',
  [QualityReason.BadAddress]: 'quality.badAddress',
  [QualityReason.NoData]: 'quality.noData',
}
const PLAIN = {
  [QualitySeverity.Good]: 'quality.good',
  [QualitySeverity.Uncertain]: 'quality.uncertain',
  [QualitySeverity.Bad]: 'quality.bad',
} as const

/** Good, uncertain or bad, by shape and word, with the reason. */
export function QualityMark({ tag }: { tag: Tag }): ReactNode {
  const reading = useReading(tag.id)
  return reading === undefined ? <span className="quality muted">–</span> : <QualityWords quality={reading.quality} />
}

/** @param quality packed */
export function QualityWords({ quality }: { quality: number }): ReactNode {
  const t = useT()
  const severity = severityOf(quality)
  const reason = REASONS[reasonOf(quality)]
  const state = severity === QualitySeverity.Good ? 'good' : severity === QualitySeverity.Uncertain ? 'uncertain' : 'bad'
  return (
    <span className="quality" data-state={state}>
      <span aria-hidden>{severity === QualitySeverity.Good ? '●' : severity === QualitySeverity.Uncertain ? '◐' : '✕'}</span>
      {t(PLAIN[severity])}
      {reason !== undefined && severity !== QualitySeverity.Good ? `: ${t(reason)}` : ''}
    </span>
  )
}
