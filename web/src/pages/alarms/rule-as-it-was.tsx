import { limitOf } from '#domain/alarm-limit.ts'
import type { RuleAsItWas as RuleKept } from '#store/core/rule-as-it-was.ts'
import { Fragment, type ReactNode } from 'react'
import { Link } from '@tanstack/react-router'
import { formatShort } from '../../format/numbers.ts'
import { formatMillis } from '../../format/millis.ts'
import { formatValue } from '../../format/tag-value.ts'
import { useT } from '../../i18n/language.ts'
import type { Translate } from '../../i18n/translate.ts'
import { useSession, type Session } from '../../session.tsx'
import type { Occurrence } from './alarms-query.ts'

const SECONDS = ['onDelaySeconds', 'offDelaySeconds', 'windowSeconds', 'timeoutSeconds'] as const
const NUMBERS = ['deadband', 'target', 'bit', 'modulus', 'count'] as const
const FLAGS = ['latch', 'autoClose', 'transitionOnly'] as const

/** What was judged by: copied at the raise, so that a later edit does not rewrite it. */
export function RuleAsItWas({ occurrence }: { occurrence: Occurrence }): ReactNode {
  const t = useT()
  const session = useSession()
  const { locale, may } = session
  const { alarm, rule, ruleVersion } = occurrence
  const number = (key: string): number | null => (typeof rule[key] === 'number' ? rule[key] : null)
  const minutes = number('cooldownMinutes')
  const rows = [
    ...lineOf(occurrence, session, t),
    ...NUMBERS.flatMap((key) => (number(key) === null ? [] : [[t(`page.rule.${key}`), formatShort(number(key) ?? 0, locale, 6)]])),
    ...SECONDS.flatMap((key) => (number(key) === null ? [] : [[t(`page.rule.${key}`), formatMillis((number(key) ?? 0) * 1000, locale)]])),
    ...(minutes === null ? [] : [[t('page.rule.cooldownMinutes'), formatMillis(minutes * 60_000, locale)]]),
    ...FLAGS.flatMap((key) => (rule[key] === true ? [[t(`page.rule.${key}`), t('page.rule.yes')]] : [])),
    ...((alarm.category ?? '') === '' ? [] : [[t('filter.category'), alarm.category ?? '']]),
  ]
  return (
    <>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd className="numeric">{value}</dd>
          </Fragment>
        ))}
      </dl>
      <p className="meta">
        {t('page.rule.version', { version: ruleVersion })}. {alarm.ruleId === null && t('page.rule.gone')}{' '}
        {alarm.ruleId !== null && may('engineer') && <Link to="/config/rules">{t('page.rule.open')}</Link>}
      </p>
    </>
  )
}

/** Where its line was, in the words of its kind; none where that is all in its name. */
function lineOf({ alarm, rule }: Occurrence, { tag, locale }: Pick<Session, 'tag' | 'locale'>, t: Translate): string[][] {
  const short = (value: number): string => formatShort(value, locale, 6)
  const limit = limitOf(alarm)
  if (limit !== null) {
    const unit = alarm.kind === 'rate_of_change' ? `${limit.unit}/min` : limit.unit
    return [[t('alarm.limit'), `${limit.sign} ${short(limit.value)} ${unit}`.trim()]]
  }
  // made by the server's own ruleAsItWas()
  const { curve, bit } = rule as RuleKept
  if (curve !== undefined) {
    const [first, last] = [curve.points[0], curve.points.at(-1)]
    if (first === undefined || last === undefined) return []
    const tolerance = `${short(curve.tolerance)} ${curve.percent ? '%' : alarm.unit}`.trim()
    const figures = { points: String(curve.points.length), from: short(first[0]), to: short(last[0]), tolerance }
    return [[t('page.rule.curve'), t('page.rule.curveText', figures)]]
  }
  if (alarm.setpoint === null) return []
  if (alarm.kind === 'stale') return [[t('page.rule.age'), formatMillis(alarm.setpoint * 1000, locale)]]
  if (alarm.kind !== 'digital') return []
  const of = alarm.tagId === null || bit !== undefined ? undefined : tag(alarm.tagId)
  return [[t('alarm.limit'), `= ${of === undefined ? short(alarm.setpoint) : formatValue(alarm.setpoint, of, locale)}`]]
}
