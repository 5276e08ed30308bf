import { queryOptions } from '@tanstack/react-query'
import { call, type CallReply } from '../../../api/client.ts'

export type Broker = CallReply<'GET /api/brokers'>[number]
export type Shared = NonNullable<CallReply<'GET /api/protocols'>[number]['shared']>

export const brokersQuery = queryOptions({
  queryKey: ['config', 'brokers'],
  queryFn: async ({ signal }) => await call('GET /api/brokers', {}, signal),
})
