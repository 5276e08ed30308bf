import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { withWords } from './i18n/language.ts'
import { configureRoutes } from './pages/configure/routes.ts'
import { curvesSearch } from './pages/curves/curves-search.ts'
import { alarmsSearch, devicesSearch, pathSearch, performanceSearch } from './pages/searches.ts'
import { trendsSearch } from './pages/trends/trends-search.ts'
import { rootRoute, shellRoute } from './root-routes.tsx'
import { richPage } from './rich-page.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const publicRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/login',
    validateSearch: (search: Record<string, unknown>): { next?: string } =>
      text(search['next']) === '' ? {} : { next: text(search['next']) },
    component: richPage(async () => (await import('./pages/login.tsx')).LoginPage),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/setup',
    validateSearch: (search: Record<string, unknown>) => ({ token: text(search['token']) }),
    component: richPage(async () => (await import('./pages/setup.tsx')).SetupPage),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/password',
    validateSearch: (search: Record<string, unknown>) => ({ token: text(search['token']) }),
    component: richPage(async () => (await import('./pages/password-link.tsx')).PasswordLinkPage),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/a/$token',
    component: lazyRouteComponent(() => import('./pages/acknowledge-link.tsx'), 'AcknowledgeLinkPage'),
  }),
] as const

const shellRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/',
    component: lazyRouteComponent(() => import('./pages/home/home.tsx'), 'HomePage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alarms',
    validateSearch: alarmsSearch,
    component: lazyRouteComponent(
      withWords(() => import('./pages/alarms/alarms.tsx')),
      'AlarmsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alarms/performance',
    validateSearch: performanceSearch,
    component: lazyRouteComponent(
      withWords(() => import('./pages/performance/performance.tsx')),
      'PerformancePage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alarms/$alarmId',
    component: richPage(async () => (await import('./pages/alarms/alarm-page.tsx')).AlarmPage),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/alarm-path',
    validateSearch: pathSearch,
    component: lazyRouteComponent(
      withWords(() => import('./pages/alarms/path-page.tsx')),
      'PathPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/devices',
    validateSearch: devicesSearch,
    component: lazyRouteComponent(() => import('./pages/devices/devices.tsx'), 'DevicesPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/devices/$deviceId',
    component: lazyRouteComponent(() => import('./pages/devices/device.tsx'), 'DevicePage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/devices/$deviceId/diagnostics',
    component: richPage(async () => (await import('./pages/diagnostics/diagnostics.tsx')).DiagnosticsPage),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/trends',
    validateSearch: trendsSearch,
    component: lazyRouteComponent(
      withWords(() => import('./pages/trends/trends.tsx')),
      'TrendsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/curves',
    validateSearch: curvesSearch,
    component: lazyRouteComponent(
      withWords(() => import('./pages/curves/curves.tsx')),
      'CurvesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/messages',
    component: richPage(withWords(async () => (await import('./pages/messages/messages.tsx')).MessagesPage)),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/me',
    component: richPage(async () => (await import('./pages/me.tsx')).MePage),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '$',
    component: lazyRouteComponent(() => import('./pages/not-found.tsx'), 'NotFoundPage'),
  }),
] as const

let loaded = false

/** Whether a page begins at its top, or where it was left: not the first one when somebody has scrolled it before all of it was there. */
function beginsAnew(): boolean {
  const first = !loaded
  loaded = true
  return !first || window.scrollY === 0
}

export const router = createRouter({
  routeTree: rootRoute.addChildren([...publicRoutes, shellRoute.addChildren([...shellRoutes, ...configureRoutes])]),
  defaultPreload: 'intent',
  scrollRestoration: beginsAnew,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
