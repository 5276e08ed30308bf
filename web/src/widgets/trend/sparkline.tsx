import { useInViewport } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Tag } from '../../api/replies.ts'
import { live } from '../../live.ts'
import { recentSeries } from './samples.ts'
import { sparklinePath } from './sparkline-path.ts'

const WINDOW = 3600
/** What began a moment ago is stretched, so that a new plant shows life in its first minute. */
const SHORTEST = 120
const WIDTH = 120
const HEIGHT = 28

/** The last hour, or as much of it as there is, in one small line; fetched only while it is on the screen. Decoration: the trend beside it carries the numbers. */
export function Sparkline({ tag }: { tag: Tag }): ReactNode {
  const { ref, inViewport } = useInViewport()
  const { data } = useQuery({
    ...recentSeries(tag.id, WINDOW, () => live.now(), 60_000),
    enabled: inViewport,
    refetchInterval: ({ state }) => ((state.data?.times[0] ?? 0) > live.now() / 1_000_000 - WINDOW / 6 ? 5_000 : 60_000),
  })
  const to = live.now() / 1_000_000
  const from = Math.min(Math.max(to - WINDOW, data?.times[0] ?? 0), to - SHORTEST)
  return (
    <span ref={ref} className="sparkline" aria-hidden>
      <svg width="100%" height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        {data !== undefined && (
          <path
            d={sparklinePath(data, from, to, WIDTH, HEIGHT)}
            fill="none"
            stroke="var(--line)"
            strokeWidth="1.500"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
    </span>
  )
}
