import { queryOptions } from '@tanstack/react-query'
import { call, type CallReply } from '../../api/client.ts'

export type Diagnostics = CallReply<'GET /api/devices/:id/diagnostics'>
export type Frame = CallReply<'GET /api/devices/:id/frames'>['frames'][number]

/** Asked of the driver process anew every two seconds while somebody looks. */
export function diagnosticsQuery(deviceId: number) {
  return queryOptions({
    queryKey: ['diagnostics', deviceId],
    queryFn: async ({ signal }) => await call('GET /api/devices/:id/diagnostics', { params: { id: deviceId } }, signal),
    refetchInterval: 2000,
    staleTime: 0,
    retry: false,
  })
}
