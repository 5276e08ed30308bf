import { Fragment, type ReactNode } from 'react'
import { Link } from '@tanstack/react-router'
import { formatShort } from '../../format/numbers.ts'
import { formatSpan } from '../../format/spans.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import type { Occurrence } from './alarms-query.ts'

const SECONDS = ['onDelaySeconds', 'offDelaySeconds', 'windowSeconds', 'timeoutSeconds'] as const
const NUMBERS = ['deadband', 'target', 'bit', 'modulus', 'count'] as const
const FLAGS = ['latch', 'autoClose', 'transitionOnly'] as const

/** What was judged by: copied at the raise, so that a later edit does not rewrite it. */
export function RuleAsItWas({ occurrence }: { occurrence: Occurrence }): ReactNode {
  const t = useT()
  const { locale, may } = useSession()
  const { alarm, rule, ruleVersion } = occurrence
  const number = (key: string): number | null => (typeof rule[key] === 'number' ? rule[key] : null)
  const minutes = number('cooldownMinutes')
  const rows = [
    ...(alarm.setpoint === null
      ? []
      : [[t('alarm.limit'), `${alarm.operator ?? ''} ${formatShort(alarm.setpoint, locale, 6)} ${alarm.unit}`.trim()]]),
    ...NUMBERS.flatMap((key) => (number(key) === null ? [] : [[t(`page.rule.${key}`), formatShort(number(key) ?? 0, locale, 6)]])),
    ...SECONDS.flatMap((key) => (number(key) === null ? [] : [[t(`page.rule.${key}`), formatSpan((number(key) ?? 0) * 1000, locale)]])),
    ...(minutes === null ? [] : [[t('page.rule.cooldownMinutes'), formatSpan(minutes * 60_000, locale)]]),
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
