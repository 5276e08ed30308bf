import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Alarm, Tag } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { pinnedTags, usePins } from '../../pins.ts'
import { useSession } from '../../session.tsx'
import { FreshnessBadge, LiveValue } from '../../widgets/live-value.tsx'
import { SeverityGlyph } from '../../widgets/severity-mark.tsx'
import { Sparkline } from '../../widgets/trend/sparkline.tsx'
import { alarmsQuery } from '../alarms/alarms-query.ts'
import { byUrgency } from '../alarms/by-urgency.ts'

/** The few values that tell how the plant is: pinned by the person, else one of each of the first devices. */
export function KeyValues(): ReactNode {
  const t = useT()
  const { devices, tags } = useSession()
  const shown = pinnedTags(usePins(), devices, tags)
  const alarms = useInfiniteQuery(alarmsQuery({})).data?.pages.flatMap((page) => page.alarms) ?? []
  if (shown.length === 0) return null
  return (
    <section className="card" aria-labelledby="values">
      <div className="card-head">
        <h2 id="values">{t('home.values')}</h2>
        <span className="meta">{t('home.valuesHint')}</span>
      </div>
      <div className="card-body kpis">
        {shown.map((tag) => (
          <KeyValue key={tag.id} tag={tag} alarm={worst(alarms, tag)} />
        ))}
      </div>
    </section>
  )
}

function worst(alarms: readonly Alarm[], tag: Tag): Alarm | undefined {
  return alarms.filter((alarm) => alarm.tagId === tag.id && alarm.clearedAt === null).toSorted(byUrgency)[0]
}

function KeyValue({ tag, alarm }: { tag: Tag; alarm: Alarm | undefined }): ReactNode {
  const { device } = useSession()
  return (
    <Link to="/devices/$deviceId" params={{ deviceId: String(tag.deviceId) }} className="kpi" data-alarm={alarm?.severity}>
      <span className="meta clip">
        {device(tag.deviceId)?.code} · {tag.name}
      </span>
      <LiveValue tag={tag} />
      {tag.kind === 'text' ? null : <Sparkline tag={tag} />}
      {alarm === undefined ? (
        <FreshnessBadge tag={tag} />
      ) : (
        <span className="freshness" style={{ color: 'var(--text)' }}>
          <SeverityGlyph shape={alarm.severity} size={14} />
          <span className="clip">{alarm.name}</span>
        </span>
      )}
    </Link>
  )
}
