import { queryOptions } from '@tanstack/react-query'
import { call, type CallReply } from '../../../api/client.ts'

export type Rule = CallReply<'GET /api/rules'>[number]

/** Threshold rules of a device, or of all. */
export const rulesQuery = (deviceId?: number) =>
  queryOptions({
    queryKey: ['config', 'rules', deviceId ?? 'all'],
    queryFn: async ({ signal }) => await call('GET /api/rules', { query: deviceId === undefined ? {} : { deviceId } }, signal),
  })
