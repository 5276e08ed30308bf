import { createRootRoute, createRoute, Outlet, redirect } from '@tanstack/react-router'
import { ApiError } from './api/client.ts'
import { queryClient } from './query-client.ts'
import { bootstrapQuery } from './session.tsx'
import { Shell } from './shell/shell.tsx'
import { RouteError } from './widgets/route-error.tsx'

export const rootRoute = createRootRoute({
  component: Outlet,
  errorComponent: RouteError,
})

/** Everything that needs a login hangs below; who has none is sent to the login page and comes back. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(bootstrapQuery)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) redirect({ to: '/login', search: { next: location.href }, throw: true })
      throw error
    }
  },
})
