import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { call, type CallReply } from '../../api/client.ts'
import { formatMillis } from '../../format/millis.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Segments } from '../../widgets/controls/segments.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { SeverityChip } from '../../widgets/severity-mark.tsx'
import { PATH_SPANS } from '../searches.ts'
import { alarmName } from './alarm-text.ts'
import './alarms.css'

type Measured = CallReply<'GET /api/alarm-path'>

/** How long alarms take from the source to people, leg by leg: measured on real ones, never estimated. */
export function PathPage(): ReactNode {
  const t = useT()
  const { span = 'day' } = useSearch({ from: '/shell/alarm-path' })
  const navigate = useNavigate({ from: '/alarm-path' })
  const { data, error, refetch } = useQuery({
    queryKey: ['alarms', 'path', span],
    queryFn: async ({ signal }) => await call('GET /api/alarm-path', { query: { span } }, signal),
    refetchInterval: 15_000,
    placeholderData: (before) => before,
  })
  return (
    <>
      <Link to="/alarms">{t('page.crumb')}</Link>
      <PageHead title={t('path.title')} aside={<span className="muted">{t('path.hint')}</span>} />
      <Segments
        label={t('path.span')}
        value={span}
        onChange={(next) => void navigate({ search: { span: next }, replace: true })}
        choices={PATH_SPANS.map((value) => ({ value, label: t(`path.${value}`) }))}
      />
      <ErrorNote error={error} retry={() => void refetch()} />
      {data !== undefined && (
        <>
          <p className="muted">
            {t('path.alarms', { count: data.alarms })}
            {data.late > 0 && <> · {t('path.late', { count: data.late })}</>}
          </p>
          <Legs legs={data.legs} />
          <Worst worst={data.worst} />
        </>
      )}
    </>
  )
}

function Legs({ legs }: { legs: Measured['legs'] }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const cell = (millis: number | null): ReactNode =>
    millis === null ? <span className="muted">{t('path.none')}</span> : formatMillis(millis, locale)
  return (
    <div className="card table-wrap">
      <table className="grid">
        <thead>
          <tr>
            <th>{t('path.leg')}</th>
            <th className="number">p50</th>
            <th className="number">p95</th>
            <th className="number">p99</th>
          </tr>
        </thead>
        <tbody>
          {legs.map((leg) => (
            <tr key={leg.leg} data-leg={leg.leg}>
              <td>
                {leg.leg === 'whole' ? <strong>{t('path.whole')}</strong> : t(`path.${leg.leg}`)}
                <div className="meta">{t('path.measured', { count: leg.count })}</div>
              </td>
              <td className="number numeric">{cell(leg.p50)}</td>
              <td className="number numeric">{cell(leg.p95)}</td>
              <td className="number numeric">{cell(leg.p99)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Worst({ worst }: { worst: Measured['worst'] }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  return (
    <section className="card" aria-labelledby="path-worst">
      <div className="card-head">
        <h2 id="path-worst">{t('path.worst')}</h2>
      </div>
      {worst.length === 0 ? (
        <EmptyState title={t('path.noWorst')} />
      ) : (
        <ol className="plain-list card-body log-list">
          {worst.map((one) => (
            <li key={one.id}>
              <strong className="numeric">{formatMillis(one.whole, locale)}</strong>
              <span className="row">
                <SeverityChip severity={one.severity} />
                <Link to="/alarms/$alarmId" params={{ alarmId: String(one.id) }}>
                  {alarmName(one, t)}
                </Link>
                <span className="muted">{one.deviceCode}</span>
              </span>
              <Instant at={one.raisedAt} />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
