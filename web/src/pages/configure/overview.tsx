import {
  IconAdjustments,
  IconBellCog,
  IconBroadcast,
  IconChartDots,
  IconClipboardList,
  IconCpu,
  IconDatabase,
  IconFileCode,
  IconFileSpreadsheet,
  IconHistory,
  IconMailCog,
  IconMathFunction,
  IconMessage2Cog,
  IconServerCog,
  IconStairsUp,
  IconUserCog,
  IconUsers,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Role } from '#domain/user.ts'
import { useT } from '../../i18n/language.ts'
import type { PlainKey } from '../../i18n/translate.ts'
import { useSession } from '../../session.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import './configure.css'

interface Section {
  readonly to:
    | '/config/devices'
    | '/config/brokers'
    | '/config/rules'
    | '/config/curves'
    | '/config/kpis'
    | '/config/sheets'
    | '/config/contacts'
    | '/config/escalation'
    | '/config/templates'
    | '/config/gateways'
    | '/config/users'
    | '/config/site'
    | '/config/import'
    | '/config/storage'
    | '/config/services'
    | '/config/plant'
    | '/config/records'
  readonly title: PlainKey
  readonly hint: PlainKey
  readonly icon: TablerIcon
  readonly role: Role
}

const sections: readonly Section[] = [
  { to: '/config/devices', title: 'config.devices', hint: 'config.devicesHint', icon: IconCpu, role: 'engineer' },
  { to: '/config/brokers', title: 'broker.title', hint: 'broker.hint', icon: IconBroadcast, role: 'engineer' },
  { to: '/config/rules', title: 'config.rules', hint: 'config.rulesHint', icon: IconBellCog, role: 'engineer' },
  { to: '/config/curves', title: 'curves.title', hint: 'curves.hint', icon: IconChartDots, role: 'engineer' },
  { to: '/config/kpis', title: 'kpi.title', hint: 'kpi.hint', icon: IconMathFunction, role: 'engineer' },
  { to: '/config/contacts', title: 'config.contacts', hint: 'config.contactsHint', icon: IconUsers, role: 'engineer' },
  { to: '/config/escalation', title: 'esc.title', hint: 'esc.hint', icon: IconStairsUp, role: 'engineer' },
  { to: '/config/gateways', title: 'config.gateways', hint: 'config.gatewaysHint', icon: IconMailCog, role: 'engineer' },
  { to: '/config/templates', title: 'template.title', hint: 'template.cardHint', icon: IconMessage2Cog, role: 'engineer' },
  { to: '/config/sheets', title: 'sheets.title', hint: 'sheets.hint', icon: IconFileSpreadsheet, role: 'engineer' },
  { to: '/config/plant', title: 'config.plant', hint: 'config.plantHint', icon: IconFileCode, role: 'engineer' },
  { to: '/config/site', title: 'config.site', hint: 'config.siteHint', icon: IconAdjustments, role: 'administrator' },
  { to: '/config/import', title: 'import.title', hint: 'import.hint', icon: IconHistory, role: 'engineer' },
  { to: '/config/storage', title: 'storage.title', hint: 'storage.hint', icon: IconDatabase, role: 'engineer' },
  { to: '/config/users', title: 'config.users', hint: 'config.usersHint', icon: IconUserCog, role: 'administrator' },
  { to: '/config/services', title: 'config.services', hint: 'config.servicesHint', icon: IconServerCog, role: 'administrator' },
  { to: '/config/records', title: 'config.records', hint: 'config.recordsHint', icon: IconClipboardList, role: 'engineer' },
]

/** Where configuration begins. */
export function ConfigurePage(): ReactNode {
  const t = useT()
  const { may } = useSession()
  return (
    <>
      <PageHead title={t('nav.configuration')} />
      <div className="config-grid">
        {sections
          .filter((section) => may(section.role))
          .map((section) => (
            <Link key={section.to} to={section.to} className="card config-card">
              <section.icon size={28} stroke={1.6} aria-hidden />
              <h2>{t(section.title)}</h2>
              <span className="muted">{t(section.hint)}</span>
            </Link>
          ))}
      </div>
    </>
  )
}
