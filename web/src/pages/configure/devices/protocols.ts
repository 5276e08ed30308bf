import { queryOptions } from '@tanstack/react-query'
import { call } from '../../../api/client.ts'

/** Protocols with the schemas of their forms; they change with the program only. */
export const protocolsQuery = queryOptions({
  queryKey: ['protocols'],
  queryFn: async ({ signal }) => await call('GET /api/protocols', {}, signal),
  staleTime: Infinity,
})
