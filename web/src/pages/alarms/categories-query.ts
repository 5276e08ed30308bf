import { queryOptions } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { categoryTree } from './category-tree.ts'

/** The categories that rules name, and each that they lie in. */
export const categoriesQuery = queryOptions({
  queryKey: ['config', 'alarm-categories'],
  queryFn: async ({ signal }) => categoryTree((await call('GET /api/alarm-categories', {}, signal)).categories),
  staleTime: 60_000,
})
