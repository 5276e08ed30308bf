import { queryOptions } from '@tanstack/react-query'
import { call } from '../../../api/client.ts'

/** Operating curves of the site. */
export const curvesQuery = queryOptions({
  queryKey: ['config', 'curves'],
  queryFn: async ({ signal }) => await call('GET /api/curves', {}, signal),
})
