import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import type { Tag } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { boundsOf } from '../../widgets/curve/curve-bounds.ts'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { LiveValue } from '../../widgets/live-value.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import { bodyOfCurve } from '../configure/curves/curve-draft.ts'
import { CURVE_SPANS, type CurveSpan } from './curve-spans.ts'
import { CurveTimeFigures, VerdictMark } from './curve-time-text.tsx'
import type { CurveUse } from './curve-uses.ts'
import { measuredQuery } from './measured-query.ts'
import { NowVerdict, useNowPoint } from './now-verdict.tsx'

const CurveChart = onDemand(async () => (await import('../../widgets/curve/curve-chart.tsx')).CurveChart)

/** One curve of a device over what was measured. */
export function CurveView({ use, x, span }: { use: CurveUse; x: Tag; span: CurveSpan }): ReactNode {
  const t = useT()
  const { device } = useSession()
  const { curve, y } = use
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const query = useQuery(measuredQuery({ xTagId: x.id, yTagId: y.id, span, curves: [bodyOfCurve(curve)] }))
  const now = useNowPoint(x, y)
  const measured = query.data?.points ?? null
  const bounds = useMemo(() => boundsOf(curve, [measured]), [curve, measured])
  const time = query.data?.times[0]
  const named = (tag: Tag): string => `${device(tag.deviceId)?.code ?? ''} · ${tag.name}${tag.unit === '' ? '' : ` (${tag.unit})`}`
  return (
    <>
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      <div className="card">
        <div className="card-body stack">
          <div className="row">
            <span>
              {x.name} <LiveValue tag={x} />
            </span>
            <span>
              {y.name} <LiveValue tag={y} />
            </span>
            <NowVerdict x={x} y={y} curve={curve} />
          </div>
          {time !== undefined && query.data !== undefined && (
            <CurveTimeFigures time={time} known={query.data.known} period={CURVE_SPANS[span]} />
          )}
          {query.data !== undefined && query.data.known === 0 && <EmptyState title={t('curves.nothing')} hint={t('curves.nothingHint')} />}
          <CurveChart
            label={t('curves.chartLabel', { curve: curve.name, x: named(x), y: named(y) })}
            xLabel={named(x)}
            yLabel={named(y)}
            bounds={bounds}
            band={curve}
            measured={measured}
            now={now}
            height={phone ? 320 : 460}
          />
          <p className="curve-legend meta">
            {(['inside', 'outside', 'beyond'] as const).map((verdict) => (
              <span key={verdict}>
                <VerdictMark verdict={verdict} /> {t(`curves.${verdict}`)}
              </span>
            ))}
            <span>{t('curves.beyondHint')}</span>
          </p>
        </div>
      </div>
    </>
  )
}
