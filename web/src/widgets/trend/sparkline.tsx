import { useInViewport } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import type { Tag } from '../../api/replies.ts'
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
  // oxlint-disable-next-line react/exhaustive-deps -- `dataUpdatedAt`: with each answer the hour moves on, also when nothing new came
  const path = useMemo(() => (data === undefined ? '' : pathOf(data, tag)), [data, dataUpdatedAt, tag])
  return (
    <span ref={ref} className="sparkline" aria-hidden>
      <svg width="100%" height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        <path d={path} fill="none" stroke="var(--line)" strokeWidth="1.500" vectorEffect="non-scaling-stroke" />
      </svg>
    </span>
  )
}

function pathOf(data: Series, tag: Tag): string {
  const to = live.now() / 1_000_000
  const begin = data.held !== null ? 0 : (data.times[0] ?? 0)
  const from = Math.min(Math.max(to - WINDOW, begin), to - SHORTEST)
  const told = (live.device(tag.deviceId)?.newest ?? 0) / 1_000_000
  return sparklinePath(heldOver(data, from, Math.min(to, told)), from, to, WIDTH, HEIGHT)
}
