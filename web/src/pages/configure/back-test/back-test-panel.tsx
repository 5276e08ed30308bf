import { SegmentedControl } from '@mantine/core'
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { Micros } from '#base/time.ts'
import type { Tag } from '../../../api/replies.ts'
import { formatInstant } from '../../../format/instants.ts'
import { formatShort } from '../../../format/numbers.ts'
import { formatSpan } from '../../../format/span.ts'
import { useT } from '../../../i18n/language.ts'
import { live } from '../../../live.ts'
import { useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { useGaps } from '../../trends/ledger.ts'
import { pensOf } from '../../trends/pens.ts'
import type { Draft } from '../rules/rule-draft.ts'
import { type BackTestBody, backTestQuery, type Findings, historyQuery } from './back-test-query.ts'
import './back-test.css'
import { limitsOf } from './limits-of.ts'

const PensChart = onDemand(async () => (await import('../../trends/pens-chart.tsx')).PensChart)

const DAYS = ['1', '7', '30'] as const
const DAY = 86_400
/** How long somebody who moves a figure is left alone. */
const REST_MILLIS = 250

interface Props {
  readonly tag: Tag
  readonly rule: Draft
  /** As it stands in its form, instead of the one that the rule names. */
  readonly curve?: BackTestBody['curve']
}

/** What the rule would have done, judged by the engine itself over stored history, again with each figure that is moved. */
export function BackTestPanel({ tag, rule, curve = null }: Props): ReactNode {
  const t = useT()
  const { timeZone, locale, device, tags } = useSession()
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const [days, setDays] = useState<(typeof DAYS)[number]>('1')
  // it stands still: another figure is tried on the same history
  const [to] = useState<Micros>(() => live.now())
  const from = to - Number(days) * DAY * 1_000_000
  const [body] = useDebouncedValue(
    useMemo(() => ({ rule: judged(rule), curve }), [rule, curve]),
    REST_MILLIS,
  )
  const query = useQuery(backTestQuery(body, from, to))
  const history = useQuery(historyQuery(tag.id, from, to, timeZone))
  const findings = query.isError ? undefined : query.data
  const pens = useMemo(() => pensOf(history.data, [tag], device), [history.data, tag, device])
  const period = useMemo(() => ({ from: from / 1e6, to: to / 1e6 }), [from, to])
  const axes = useMemo(() => {
    const name = (one: Tag): string => `${device(one.deviceId)?.code ?? ''}:${one.name}`.toLowerCase()
    const other = rule.xTag === '' ? undefined : tags.find((one) => name(one) === rule.xTag.toLowerCase())
    return other === undefined ? [tag] : [tag, other]
  }, [tag, tags, device, rule.xTag])
  const gaps = useGaps(axes, period)
  const overlays = useMemo(
    () => ({
      limits: limitsOf(rule, tag),
      alarms: (findings?.occurrences ?? []).map((one) => ({
        from: one.raisedAt / 1e6,
        to: (one.clearedAt ?? to) / 1e6,
        severity: rule.severity,
      })),
      gaps: gaps.map((gap) => ({ ...gap, to: Math.min(gap.to, period.to) })),
      notes: [],
    }),
    [rule, tag, findings, gaps, period.to, to],
  )
  const dark = gaps.reduce((sum, gap) => sum + Math.max(0, Math.min(gap.to, period.to) - Math.max(gap.from, period.from)), 0)
  const first = pens[0]?.times[0]
  const head = useRef<HTMLHeadingElement>(null)
  // the button that asked for it is gone, and the focus with it
  useEffect(() => {
    if (document.activeElement !== document.body) return
    head.current?.focus({ preventScroll: true })
    head.current?.scrollIntoView({ block: 'center' })
  }, [])
  const time = (seconds: number): string => formatInstant(seconds * 1e6, 'dateTime', locale, timeZone)
  return (
    <section className="back-test stack" aria-labelledby="back-test">
      <div className="row spread">
        <h3 id="back-test" ref={head} tabIndex={-1}>
          {t('backTest.title')}
        </h3>
        <SegmentedControl
          aria-label={t('trends.span')}
          size="xs"
          value={days}
          data={DAYS.map((one) => ({ value: one, label: t('backTest.days', { count: Number(one) }) }))}
          onChange={(value) => setDays(DAYS.find((one) => one === value) ?? '1')}
        />
      </div>
      <ErrorNote error={query.error ?? history.error} retry={() => void Promise.all([query.refetch(), history.refetch()])} />
      <div aria-busy={query.isFetching} className="back-test-busy">
        {query.isFetching && <progress aria-label={t('backTest.running')} />}
      </div>
      {findings !== undefined && <Figures findings={findings} seconds={Number(days) * DAY} stale={query.isPlaceholderData} />}
      {pens.length > 0 && first !== undefined && (
        <PensChart
          pens={pens}
          from={period.from}
          to={period.to}
          label={t('trends.chartLabel', { names: tag.name, from: time(period.from), to: time(period.to) })}
          overlays={overlays}
          axes={1}
          cursor={null}
          cursorText=""
          onCursor={nothing}
          onPeriod={nothing}
          onHandle={nothing}
          height={phone ? 180 : 220}
        />
      )}
      {history.isSuccess && first === undefined && <p className="meta">{t('backTest.nothing')}</p>}
      {first !== undefined && first > period.from + 3600 && <p className="meta">{t('backTest.since', { time: time(first) })}</p>}
      {dark > 0 && <p className="meta">{t('backTest.gaps', { span: formatSpan(dark) })}</p>}
      {findings !== undefined && findings.count > 0 && <Newest findings={findings} tag={tag} />}
    </section>
  )
}

const nothing = (): void => undefined

/** A curve that is being drawn has no name yet, nor has a rule. */
function judged(rule: Draft): Draft {
  return { ...rule, name: rule.name.trim() === '' ? '–' : rule.name, enabled: true }
}

function Figures({ findings, seconds, stale }: { findings: Findings; seconds: number; stale: boolean }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const share = (100 * findings.timeInAlarm) / 1e6 / seconds
  const figures = [
    [t('backTest.occurrences'), formatShort(findings.count, locale), ''],
    [t('backTest.timeInAlarm'), `${formatShort(share, locale, 2)} %`, formatSpan(findings.timeInAlarm / 1e6)],
    [t('backTest.longest'), formatSpan(findings.longest / 1e6), ''],
    [t('backTest.chattering'), formatShort(findings.chattering, locale), ''],
    [t('backTest.floods'), formatShort(findings.floods, locale), ''],
  ] as const
  return (
    <dl className="back-test-figures" data-stale={stale}>
      {figures.map(([name, figure, aside]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <strong>{figure}</strong> <span className="meta">{aside}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

const LISTED = 50

function Newest({ findings, tag }: { findings: Findings; tag: Tag }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const shown = findings.occurrences.slice(-LISTED).toReversed()
  return (
    <details>
      <summary>{t('backTest.list', { count: Math.min(findings.count, LISTED) })}</summary>
      <div className="table-wrap">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t('backTest.raised')}</th>
              <th scope="col">{t('backTest.lasted')}</th>
              <th scope="col" className="number">
                {t('device.value')}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr key={one.raisedAt}>
                <td className="numeric">{formatInstant(one.raisedAt, 'dateTime', locale, timeZone)}</td>
                <td className="numeric">
                  {one.clearedAt === null ? t('backTest.stands') : formatSpan((one.clearedAt - one.raisedAt) / 1e6)}
                </td>
                <td className="number">{one.value === null ? '–' : `${formatShort(one.value, locale, tag.decimals)} ${tag.unit}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
