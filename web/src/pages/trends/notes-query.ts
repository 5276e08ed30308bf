import { useQuery } from '@tanstack/react-query'
import { call, type CallReply } from '../../api/client.ts'
import type { Tag } from '../../api/replies.ts'

export type Note = CallReply<'GET /api/annotations'>['annotations'][number]

/** What people wrote at these tags, oldest first. @param period seconds since 1970 */
export function useNotes(tags: readonly Tag[], period: { readonly from: number; readonly to: number }): readonly Note[] {
  const ids = tags.map((tag) => tag.id).join(',')
  const [from, to] = [Math.floor(period.from / 60) * 60, Math.ceil(period.to / 60) * 60]
  const { data } = useQuery({
    queryKey: ['annotations', ids, from, to],
    queryFn: async ({ signal }) => await call('GET /api/annotations', { query: { tags: ids, from: from * 1e6, to: to * 1e6 } }, signal),
    enabled: ids !== '',
    placeholderData: (before) => before,
  })
  return data?.annotations ?? NONE
}

const NONE: readonly Note[] = []
