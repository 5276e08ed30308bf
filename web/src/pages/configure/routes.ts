import { createRoute } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { richPage } from '../../rich-page.ts'
import { shellRoute } from '../../root-routes.tsx'

const page = <const Path extends string>(path: Path, load: () => Promise<ComponentType>) =>
  createRoute({ getParentRoute: () => shellRoute, path, component: richPage(load) })

/** Every page below /config. */
export const configureRoutes = [
  page('/config', async () => (await import('./overview.tsx')).ConfigurePage),
  page('/config/devices', async () => (await import('./devices/device-list.tsx')).ConfigureDevicesPage),
  page('/config/devices/new', async () => (await import('./devices/device-page.tsx')).NewDevicePage),
  page('/config/devices/$deviceId', async () => (await import('./devices/device-page.tsx')).EditDevicePage),
  page('/config/brokers', async () => (await import('./brokers/brokers.tsx')).BrokersPage),
  page('/config/devices/$deviceId/tags', async () => (await import('./tag-grid/tag-grid-page.tsx')).TagGridPage),
  page('/config/sheets', async () => (await import('./sheets/sheets-page.tsx')).SheetsPage),
  page('/config/rules', async () => (await import('./rules/rules.tsx')).RulesPage),
  page('/config/curves', async () => (await import('./curves/curve-list.tsx')).CurveListPage),
  page('/config/curves/new', async () => (await import('./curves/curve-page.tsx')).NewCurvePage),
  page('/config/curves/$curveId', async () => (await import('./curves/curve-page.tsx')).EditCurvePage),
  page('/config/kpis', async () => (await import('./kpis/kpis.tsx')).KpisPage),
  page('/config/contacts', async () => (await import('./people/contacts.tsx')).ContactsPage),
  page('/config/escalation', async () => (await import('./escalation/escalation.tsx')).EscalationPage),
  page('/config/templates', async () => (await import('./people/templates.tsx')).TemplatesPage),
  page('/config/guide', async () => (await import('./guide/guide.tsx')).GuidePage),
  page('/config/guide/$guide', async () => (await import('./guide/guide.tsx')).GuidePage),
  page('/config/gateways', async () => (await import('./people/gateways.tsx')).GatewaysPage),
  page('/config/users', async () => (await import('./people/users.tsx')).UsersPage),
  page('/config/site', async () => (await import('./system/site.tsx')).SitePage),
  page('/config/storage', async () => (await import('./storage/storage-page.tsx')).StoragePage),
  page('/config/import', async () => (await import('./import/import-page.tsx')).ImportPage),
  page('/config/services', async () => (await import('./system/services.tsx')).ServicesPage),
  page('/config/plant', async () => (await import('./system/plant-file.tsx')).PlantFilePage),
  page('/config/records', async () => (await import('./system/records.tsx')).RecordsPage),
] as const
