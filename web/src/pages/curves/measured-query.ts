import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { call, type CallInput, type CallReply } from '../../api/client.ts'
import { live } from '../../live.ts'
import { CURVE_SPANS, type CurveSpan } from './curve-spans.ts'

export type CurveBody = CallInput<'POST /api/measured-points'>['body']['curves'] extends readonly (infer One)[] | undefined ? One : never
export type Measured = CallReply<'POST /api/measured-points'>

interface Question {
  readonly xTagId: number
  readonly yTagId: number
  readonly span: CurveSpan
  readonly curves: readonly CurveBody[]
  readonly points?: number
}

/** Two tags over one another for a period that ends now. */
export function measuredQuery({ xTagId, yTagId, span, curves, points = 3000 }: Question) {
  const every = CURVE_SPANS[span] <= 28_800 ? 15_000 : 60_000
  return queryOptions({
    queryKey: ['measured-points', xTagId, yTagId, span, curves, points],
    queryFn: async ({ signal }) => {
      const to = live.now()
      const body = { xTagId, yTagId, from: to - CURVE_SPANS[span] * 1_000_000, to, curves: [...curves], points }
      return await call('POST /api/measured-points', { body }, signal)
    },
    placeholderData: keepPreviousData,
    refetchInterval: every,
    staleTime: every,
  })
}
