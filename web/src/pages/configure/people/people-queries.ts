import { queryOptions } from '@tanstack/react-query'
import { call, type CallReply } from '../../../api/client.ts'

export type Contact = CallReply<'GET /api/contacts'>[number]
export type Gateway = CallReply<'GET /api/gateways'>[number]
export type User = CallReply<'GET /api/users'>[number]

export const contactsQuery = queryOptions({
  queryKey: ['config', 'contacts'],
  queryFn: async ({ signal }) => await call('GET /api/contacts', {}, signal),
})

export const gatewaysQuery = queryOptions({
  queryKey: ['config', 'gateways'],
  queryFn: async ({ signal }) => await call('GET /api/gateways', {}, signal),
})

export const usersQuery = queryOptions({
  queryKey: ['config', 'users'],
  queryFn: async ({ signal }) => await call('GET /api/users', {}, signal),
})

export const tokensQuery = queryOptions({
  queryKey: ['config', 'tokens'],
  queryFn: async ({ signal }) => await call('GET /api/tokens', {}, signal),
})

export const templatesQuery = queryOptions({
  queryKey: ['config', 'templates'],
  queryFn: async ({ signal }) => await call('GET /api/message-templates', {}, signal),
})
