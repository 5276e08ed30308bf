import { queryOptions, useMutation, type UseMutationResult } from '@tanstack/react-query'
import { call, type CallReply } from '../../api/client.ts'
import { refresh } from '../../query-client.ts'
import { tellDone, tellError } from '../../widgets/notices.tsx'

export type Suppressions = CallReply<'GET /api/suppressions'>
export type SuppressionEntry = Suppressions['history'][number]

/** What nobody is told of. The stream invalidates everything below `alarms`. */
export const suppressionsQuery = queryOptions({
  queryKey: ['alarms', 'suppressions'],
  queryFn: ({ signal }) => call('GET /api/suppressions', {}, signal),
  refetchInterval: 30_000,
})

/** Something that changes what people are told of, and what to say when it is done. */
export interface Deed {
  readonly work: () => Promise<unknown>
  readonly done: string
}

/** Does it, says so, and has every list of alarms fetched again. */
export function useDeed(): UseMutationResult<void, Error, Deed> {
  return useMutation({
    mutationFn: async ({ work }: Deed) => void (await work()),
    onSuccess: async (_nothing, { done }) => {
      tellDone(done)
      await Promise.all([refresh(['alarms']), refresh(['alarm'])])
    },
    onError: (error: Error) => tellError(error),
  })
}
