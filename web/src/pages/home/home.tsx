import { IconCpu } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT, withWords } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { buttonLook } from '../../widgets/controls/button.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { ActiveAlarms } from './active-alarms.tsx'
import { Areas } from './areas.tsx'
import { DemoBanner } from './demo-banner.tsx'
import { DiskBanner } from './disk-banner.tsx'
import { FleetHealth } from './fleet-health.tsx'
import { KeyValues } from './key-values.tsx'
import { UnansweredBanner } from './unanswered-banner.tsx'
import './home.css'

const SiteKpis = onDemand(withWords(async () => (await import('../kpis/site-kpis.tsx')).SiteKpis))

/** How the plant is, in one look. */
export function HomePage(): ReactNode {
  const t = useT()
  const { devices, tags, may } = useSession()
  return (
    <>
      <PageHead title={t('home.title')} />
      <UnansweredBanner />
      <DiskBanner />
      {devices.length === 0 ? (
        <div className="card">
          <EmptyState
            title={t('home.noDevices')}
            hint={may('engineer') ? t('home.noDevicesHint') : t('home.askEngineer')}
            icon={<IconCpu size={40} aria-hidden />}
            action={
              may('engineer') ? (
                <Link to="/config/devices/new" className={buttonLook()}>
                  {t('home.addDevice')}
                </Link>
              ) : undefined
            }
          />
        </div>
      ) : (
        <div className="home-grid">
          <ActiveAlarms />
          <FleetHealth />
          <div className="stack">
            <KeyValues />
            {tags.some((tag) => (tag.formula ?? '') !== '') && <SiteKpis />}
            <Areas />
          </div>
          <DemoBanner />
        </div>
      )}
    </>
  )
}
