import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { ApiError } from './api/client.ts'
import { queryClient } from './query-client.ts'
import { bootstrapQuery } from './session.tsx'
import { Shell } from './shell/shell.tsx'
import { RouteError } from './widgets/route-error.tsx'

export const rootRoute = createRootRoute({
  component: Outlet,
  errorComponent: RouteError,
  notFoundComponent: lazyRouteComponent(() => import('./pages/not-found.tsx'), 'NotFoundPage'),
})

/** Everything that needs a login hangs below; who has none is sent to the login page and comes back. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  notFoundComponent: lazyRouteComponent(() => import('./pages/not-found.tsx'), 'NotFoundPage'),
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(bootstrapQuery)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) redirect({ to: '/login', search: { next: location.href }, throw: true })
      throw error
    }
  },
})
