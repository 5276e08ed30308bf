import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Micros } from '#base/time.ts'
import { call, type CallInput, type CallReply } from '../../../api/client.ts'

export type BackTestBody = Pick<CallInput<'POST /api/rules/back-test'>['body'], 'rule' | 'curve'>
export type Findings = CallReply<'POST /api/rules/back-test'>

/** What a rule would have done between two instants. A question that nobody waits for any more is cancelled. */
export function backTestQuery(body: BackTestBody, from: Micros, to: Micros) {
  return queryOptions({
    queryKey: ['back-test', body, from, to],
    queryFn: async ({ signal }) => await call('POST /api/rules/back-test', { body: { ...body, from, to } }, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  })
}

/** The history under it. */
export function historyQuery(tagId: number, from: Micros, to: Micros, timeZone: string) {
  return queryOptions({
    queryKey: ['back-test', 'history', tagId, from, to, timeZone],
    queryFn: async ({ signal }) =>
      await call('GET /api/trend', { query: { tags: String(tagId), from, to, points: 800, timeZone } }, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  })
}
