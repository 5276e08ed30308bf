import { queryOptions } from '@tanstack/react-query'
import { call, type CallReply } from '../../../api/client.ts'

export type Group = CallReply<'GET /api/groups'>[number]
export type Messaging = CallReply<'GET /api/messaging'>
export type Chain = CallReply<'GET /api/chains'>[number]
export type Layer = Group['schedule']['layers'][number]
export type Stretch = CallReply<'POST /api/groups/duty'>[number]

export const groupsQuery = queryOptions({
  queryKey: ['config', 'groups'],
  queryFn: async ({ signal }) => await call('GET /api/groups', {}, signal),
})

export const chainsQuery = queryOptions({
  queryKey: ['config', 'chains'],
  queryFn: async ({ signal }) => await call('GET /api/chains', {}, signal),
})

export const messagingQuery = queryOptions({
  queryKey: ['config', 'messaging'],
  queryFn: async ({ signal }) => await call('GET /api/messaging', {}, signal),
})
