import { queryOptions } from '@tanstack/react-query'
import { call } from '../../../api/client.ts'

/** The processes and how they are. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }) => await call('GET /api/health', {}, signal),
  refetchInterval: 3000,
})
