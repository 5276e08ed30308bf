import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withWords } from '../../i18n/language.ts'
import { shellRoute } from '../../root-routes.tsx'

/** Every page below /config. */
export const configureRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config',
    component: lazyRouteComponent(
      withWords(() => import('./overview.tsx')),
      'ConfigurePage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/devices',
    component: lazyRouteComponent(
      withWords(() => import('./devices/device-list.tsx')),
      'ConfigureDevicesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/devices/new',
    component: lazyRouteComponent(
      withWords(() => import('./devices/device-page.tsx')),
      'NewDevicePage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/devices/$deviceId',
    component: lazyRouteComponent(
      withWords(() => import('./devices/device-page.tsx')),
      'EditDevicePage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/brokers',
    component: lazyRouteComponent(
      withWords(() => import('./brokers/brokers.tsx')),
      'BrokersPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/devices/$deviceId/tags',
    component: lazyRouteComponent(
      withWords(() => import('./tag-grid/tag-grid-page.tsx')),
      'TagGridPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/sheets',
    component: lazyRouteComponent(
      withWords(() => import('./sheets/sheets-page.tsx')),
      'SheetsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/rules',
    component: lazyRouteComponent(
      withWords(() => import('./rules/rules.tsx')),
      'RulesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/contacts',
    component: lazyRouteComponent(
      withWords(() => import('./people/contacts.tsx')),
      'ContactsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/gateways',
    component: lazyRouteComponent(
      withWords(() => import('./people/gateways.tsx')),
      'GatewaysPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/users',
    component: lazyRouteComponent(
      withWords(() => import('./people/users.tsx')),
      'UsersPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/site',
    component: lazyRouteComponent(
      withWords(() => import('./system/site.tsx')),
      'SitePage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/storage',
    component: lazyRouteComponent(
      withWords(() => import('./storage/storage-page.tsx')),
      'StoragePage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/services',
    component: lazyRouteComponent(
      withWords(() => import('./system/services.tsx')),
      'ServicesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/plant',
    component: lazyRouteComponent(
      withWords(() => import('./system/plant-file.tsx')),
      'PlantFilePage',
    ),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/config/records',
    component: lazyRouteComponent(
      withWords(() => import('./system/records.tsx')),
      'RecordsPage',
    ),
  }),
] as const
