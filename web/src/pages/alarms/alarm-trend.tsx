import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Alarm } from '../../api/replies.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { windowSeries } from '../../widgets/trend/samples.ts'
import { Trend } from '../../widgets/trend/trend.tsx'

const AROUND = 30 * 60 * 1_000_000

/** The half hour before and after an alarm, with its limit where that is one of the value itself. */
export function AlarmTrend({ alarm, tagId, height = 180 }: { alarm: Alarm; tagId: number; height?: number }): ReactNode {
  const { tag } = useSession()
  const from = alarm.raisedAt - AROUND
  // Rounded, so that the half hour after a fresh alarm is not asked for each second.
  const to = Math.min(alarm.raisedAt + AROUND, Math.ceil(live.now() / 15_000_000) * 15_000_000)
  const query = useQuery(windowSeries(tagId, from, to))
  return (
    <Trend
      query={query}
      label={alarm.tagName ?? alarm.name}
      unit={alarm.unit}
      decimals={tag(tagId)?.decimals ?? 2}
      from={from / 1_000_000}
      to={to / 1_000_000}
      deviceId={alarm.deviceId}
      limit={alarm.kind === 'threshold' ? alarm.setpoint : null}
      height={height}
    />
  )
}
