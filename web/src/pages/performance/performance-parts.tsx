import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatNumber, formatShort } from '../../format/numbers.ts'
import { formatSpan } from '../../format/span.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { SeverityChip } from '../../widgets/severity-mark.tsx'
import { alarmName } from '../alarms/alarm-text.ts'
import { DeviceLink } from '../alarms/device-link.tsx'
import { judgedFigures, type PerformanceReply, RECOMMENDED, verdictOf } from './targets.ts'

interface Props {
  readonly reply: PerformanceReply
}

/** Rates and peaks beside their targets. */
export function Rates({ reply, operators }: Props & { operators: number }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const figure = (value: number, percent: boolean): string => `${formatShort(value, locale, 2)}${percent ? ' %' : ''}`
  return (
    <section className="card" aria-labelledby="perf-rates">
      <div className="card-head">
        <h2 id="perf-rates">{t('perf.rates')}</h2>
      </div>
      <div className="table-wrap">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t('perf.figure')}</th>
              <th scope="col" className="number">
                {t('perf.value')}
              </th>
              <th scope="col" className="number">
                {t('perf.target')}
              </th>
              <th scope="col" className="number">
                {t('perf.limit')}
              </th>
              <th scope="col">{t('perf.verdict')}</th>
            </tr>
          </thead>
          <tbody>
            {judgedFigures(reply, operators).map((one) => {
              const verdict = verdictOf(one)
              return (
                <tr key={one.key}>
                  <th scope="row">{t(`perf.${one.key}`)}</th>
                  <td className="number strong">{figure(one.value, one.percent)}</td>
                  <td className="number">≤ {figure(one.target, one.percent)}</td>
                  <td className="number">{one.limit === null ? '–' : figure(one.limit, one.percent)}</td>
                  <td className="perf-verdict" data-verdict={verdict}>
                    <span aria-hidden>{verdict === 'good' ? '●' : verdict === 'high' ? '▲' : '✕'}</span> {t(`perf.is.${verdict}`)}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** The split over the severities beside the recommended one. */
export function Priorities({ reply }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  return (
    <section className="card" aria-labelledby="perf-split">
      <div className="card-head">
        <h2 id="perf-split">{t('perf.split')}</h2>
      </div>
      <div className="card-body stack">
        {(['critical', 'warning', 'info'] as const).map((severity) => {
          const share = reply.alarms === 0 ? 0 : (100 * reply.split[severity]) / reply.alarms
          return (
            <div key={severity} className="perf-split">
              <SeverityChip severity={severity} />
              <span className="perf-bar" aria-hidden>
                <span data-severity={severity} style={{ width: `${share}%` }} />
                <i style={{ left: `${RECOMMENDED[severity]}%` }} />
              </span>
              <span className="numeric">
                <strong>{formatNumber(share, 1, locale)} %</strong>{' '}
                <span className="meta">{t('perf.recommended', { share: RECOMMENDED[severity] })}</span>
              </span>
            </div>
          )
        })}
      </div>
    </section>
  )
}

function Facts({ id, title, facts }: { id: string; title: string; facts: readonly (readonly [string, ReactNode, string?])[] }): ReactNode {
  return (
    <section className="card" aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{title}</h2>
      </div>
      <dl className="card-body perf-facts">
        {facts.map(([name, value, aside]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <strong>{value}</strong> <span className="meta">{aside}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** How long it takes until somebody answers. */
export function Acknowledging({ reply }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const { count, p50, p95 } = reply.acknowledged
  const span = (seconds: number | null): string => (seconds === null ? '–' : formatSpan(seconds))
  return (
    <Facts
      id="perf-ack"
      title={t('perf.ack')}
      facts={[
        [t('perf.ackP50'), span(p50)],
        [t('perf.ackP95'), span(p95)],
        [t('perf.acked'), formatShort(count, locale), t('perf.ofAlarms', { alarms: reply.alarms })],
        [t('perf.slow'), formatShort(reply.slow, locale)],
      ]}
    />
  )
}

/** Alarms that nobody needs. */
export function Nuisance({ reply }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const number = (value: number): string => formatShort(value, locale)
  return (
    <Facts
      id="perf-nuisance"
      title={t('perf.nuisance')}
      facts={[
        [t('perf.chattering'), number(reply.chattering.times), t('perf.byRules', { count: reply.chattering.rules })],
        [t('perf.fleeting'), number(reply.fleeting), t('perf.fleetingHint')],
        [t('perf.stale'), number(reply.stale.length), t('perf.staleHint')],
        [t('perf.shelved'), number(reply.shelved)],
      ]}
    />
  )
}

/** The ten rules that alarm most. */
export function Actors({ reply }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  return (
    <section className="card" aria-labelledby="perf-actors">
      <div className="card-head">
        <h2 id="perf-actors">{t('perf.actors')}</h2>
        <span className="meta">{t('perf.actorsShare', { share: formatNumber(100 * reply.topShare, 0, locale) })}</span>
      </div>
      {reply.badActors.length === 0 ? (
        <p className="card-body muted">{t('perf.noAlarms')}</p>
      ) : (
        <div className="table-wrap">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t('perf.rule')}</th>
                <th scope="col">{t('curves.device')}</th>
                <th scope="col">{t('config.severity')}</th>
                <th scope="col" className="number">
                  {t('perf.alarms')}
                </th>
                <th scope="col" className="number">
                  {t('perf.share')}
                </th>
                <th scope="col" className="number">
                  {t('perf.chattering')}
                </th>
              </tr>
            </thead>
            <tbody>
              {reply.badActors.map((one) => (
                <tr key={`${one.ruleId ?? 'gone'} ${one.deviceId} ${one.name}`}>
                  <td>
                    <Link to="/alarms" search={{ state: 'history', device: one.deviceId, text: one.name }}>
                      {alarmName(one, t)}
                    </Link>
                  </td>
                  <td>
                    <DeviceLink id={one.deviceId} code={one.deviceCode} />
                  </td>
                  <td>
                    <SeverityChip severity={one.severity} />
                  </td>
                  <td className="number">{formatShort(one.alarms, locale)}</td>
                  <td className="number">{formatNumber((100 * one.alarms) / reply.alarms, 1, locale)} %</td>
                  <td className="number">{one.chattering === 0 ? '–' : formatShort(one.chattering, locale)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

/** What has stood for more than a day. */
export function Stale({ reply, time }: Props & { time: (at: number) => string }): ReactNode {
  const t = useT()
  if (reply.stale.length === 0) return null
  return (
    <section className="card" aria-labelledby="perf-stale">
      <div className="card-head">
        <h2 id="perf-stale">{t('perf.staleList')}</h2>
      </div>
      <ul className="plain-list card-body perf-list">
        {reply.stale.map((one) => (
          <li key={`${one.ruleId ?? 'gone'} ${one.raisedAt}`}>
            <SeverityChip severity={one.severity} /> {alarmName(one, t)} · {one.deviceCode}{' '}
            <span className="meta">
              {t('perf.since', { time: time(one.raisedAt) })} ({formatSpan((reply.now - one.raisedAt) / 1e6)})
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function Floods({ reply, time }: Props & { time: (at: number) => string }): ReactNode {
  const t = useT()
  if (reply.floods.length === 0) return null
  return (
    <section className="card" aria-labelledby="perf-floods">
      <div className="card-head">
        <h2 id="perf-floods">{t('perf.floods')}</h2>
      </div>
      <ul className="plain-list card-body perf-list">
        {reply.floods.map((one) => (
          <li key={one.from} className="numeric">
            {time(one.from)} – {time(one.to)} <span className="meta">{t('perf.floodOf', { alarms: one.alarms })}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
