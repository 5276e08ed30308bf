import { useInViewport } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import type { Tag } from '../../api/replies.ts'
import { useDeviceKnown } from '../../live/hooks.ts'
import { live } from '../../live.ts'
import { heldOver } from './held-over.ts'
import { recentSeries, type Series } from './samples.ts'
import { sparklinePath } from './sparkline-path.ts'

const WINDOW = 3600
/** What began a moment ago is stretched, so that a new plant shows life in its first minute. */
const SHORTEST = 120
const WIDTH = 120
const HEIGHT = 28

/** The last hour, or as much of it as there is, in one small line; fetched only while it is on the screen. Decoration: the trend beside it carries the numbers. */
export function Sparkline({ tag }: { tag: Tag }): ReactNode {
  const { ref, inViewport } = useInViewport()
  const { data, dataUpdatedAt } = useQuery({
    ...recentSeries(tag.id, WINDOW, () => live.now(), 60_000),
    enabled: inViewport,
    refetchInterval: ({ state }) => ((state.data?.times[0] ?? 0) > live.now() / 1_000_000 - WINDOW / 6 ? 5_000 : 60_000),
  })
  const known = useDeviceKnown(tag.deviceId)
  const path = useMemo(() => (data === undefined ? '' : pathOf(data, tag, dataUpdatedAt, known)), [data, tag, dataUpdatedAt, known])
  return (
    <span ref={ref} className="sparkline" aria-hidden>
      <svg width="100%" height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        <path d={path} fill="none" stroke="var(--line)" strokeWidth="1.500" vectorEffect="non-scaling-stroke" />
      </svg>
    </span>
  )
}

/** @param answeredAt milliseconds of this machine's clock @param known see {@link useDeviceKnown} */
function pathOf(data: Series, tag: Tag, answeredAt: number, known: boolean): string {
  const to = answeredAt / 1000 + (live.now() / 1_000_000 - Date.now() / 1000)
  const begin = data.held !== null ? 0 : (data.times[0] ?? 0)
  const from = Math.min(Math.max(to - WINDOW, begin), to - SHORTEST)
  const told = known ? (live.device(tag.deviceId)?.newest ?? 0) / 1_000_000 : 0
  return sparklinePath(heldOver(data, from, Math.min(to, told)), from, to, WIDTH, HEIGHT)
}
