import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Tag } from '../../api/replies.ts'
import { formatNumber } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useBeat, useReading } from '../../live/hooks.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { Segments } from '../../widgets/controls/segments.tsx'
import { SideSheet } from '../../widgets/dialog.tsx'
import { FreshnessBadge, LiveValue, QualityMark } from '../../widgets/live-value.tsx'
import { QualityRemarks } from '../../widgets/trend/quality-remarks.tsx'
import { recentSeries, type Series } from '../../widgets/trend/samples.ts'
import { Trend } from '../../widgets/trend/trend.tsx'

const RANGES = { hour: 3600, shift: 28_800, day: 86_400 } as const
type Range = keyof typeof RANGES
const RANGE_NAMES = ['hour', 'shift', 'day'] as const

/** One tag: its value now, and what it did in the last hours. */
export function TagTrend({ tag, onClose }: { tag: Tag; onClose: () => void }): ReactNode {
  const t = useT()
  const [range, setRange] = useState<Range>('hour')
  const reading = useReading(tag.id)
  useBeat()
  const seconds = RANGES[range]
  const query = useQuery(recentSeries(tag.id, seconds, () => live.now(), range === 'hour' ? 5_000 : 60_000))
  // The window moves on with each answer, not each second.
  const to = query.dataUpdatedAt === 0 ? live.now() / 1_000_000 : query.dataUpdatedAt / 1000 + (live.now() / 1_000_000 - Date.now() / 1000)
  return (
    <SideSheet onClose={onClose} width={680} title={tag.name}>
      <div className="stack">
        <div className="row" style={{ fontSize: 24, lineHeight: '30px' }}>
          <LiveValue tag={tag} />
          <FreshnessBadge tag={tag} />
          <QualityMark tag={tag} />
        </div>
        {reading !== undefined && <QualityRemarks quality={reading.quality} />}
        <Segments
          label={t('trend.range')}
          value={range}
          onChange={setRange}
          choices={RANGE_NAMES.map((name) => ({ value: name, label: t(`trend.${name}`) }))}
        />
        <Trend
          query={query}
          label={tag.name}
          unit={tag.unit}
          decimals={tag.decimals}
          from={Math.floor(to) - seconds}
          to={Math.floor(to)}
          deviceId={tag.deviceId}
        />
        {query.data !== undefined && query.data.times.length > 0 && <Extremes series={query.data} tag={tag} />}
        <Link to="/trends" search={{ tags: [tag.id] }}>
          {t('trend.explore')}
        </Link>
      </div>
    </SideSheet>
  )
}

/** The chart in words, also for those who do not see it. */
function Extremes({ series, tag }: { series: Series; tag: Tag }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const values = series.values.filter((value) => value !== null)
  if (values.length === 0) return null
  const text = (value: number): string => `${formatNumber(value, tag.decimals, locale)} ${tag.unit}`
  return (
    <dl className="facts">
      <dt>{t('trend.minimum')}</dt>
      <dd>{text(values.reduce((a, b) => Math.min(a, b)))}</dd>
      <dt>{t('trend.maximum')}</dt>
      <dd>{text(values.reduce((a, b) => Math.max(a, b)))}</dd>
      <dt>{t('trend.samples')}</dt>
      <dd>{formatNumber(series.times.length, 0, locale)}</dd>
    </dl>
  )
}
