import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '../../root-routes.tsx'

/** Every page below /config. */
export const configureRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config',
    component: lazyRouteComponent(() => import('./overview.tsx'), 'ConfigurePage'),
  }),
] as const
