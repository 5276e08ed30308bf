import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { FreshnessBadge, LiveValue } from '../../widgets/live-value.tsx'
import { Sparkline } from '../../widgets/trend/sparkline.tsx'
import { alarmsQuery } from '../alarms/alarms-query.ts'
import { rulesQuery } from '../configure/rules/rules-query.ts'
import { kpisOf } from './kpi-list.ts'
import { KpiMark, KpiTargetText } from './kpi-mark.tsx'

const MOST = 12

/** Key figures of the site beside their targets, for Home: those that a rule judges. */
export function SiteKpis(): ReactNode {
  const t = useT()
  const { tags, device } = useSession()
  const rules = useQuery(rulesQuery())
  const alarms = useInfiniteQuery(alarmsQuery({})).data?.pages.flatMap((page) => page.alarms) ?? []
  const shown = kpisOf(tags, rules.data ?? [])
    .filter((kpi) => kpi.main !== undefined)
    .slice(0, MOST)
  if (shown.length === 0) return null
  return (
    <section className="card" aria-labelledby="site-kpis">
      <div className="card-head">
        <h2 id="site-kpis">{t('kpi.title')}</h2>
      </div>
      <div className="card-body kpis">
        {shown.map((kpi) => (
          <Link key={kpi.tag.id} to="/trends" search={{ tags: [kpi.tag.id] }} className="kpi">
            <span className="meta clip">
              {kpi.tag.name} · {device(kpi.tag.deviceId)?.code}
            </span>
            <LiveValue tag={kpi.tag} />
            <span className="meta">
              <KpiTargetText kpi={kpi} />
            </span>
            <Sparkline tag={kpi.tag} />
            <span className="row">
              <KpiMark kpi={kpi} alarms={alarms} /> <FreshnessBadge tag={kpi.tag} />
            </span>
          </Link>
        ))}
      </div>
    </section>
  )
}
