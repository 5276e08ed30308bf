import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'

/** The way back, above the title of a configuration page. */
export function Crumbs({ devices = false }: { devices?: boolean }): ReactNode {
  const t = useT()
  return (
    <nav className="crumbs" aria-label={t('config.back')}>
      <Link to="/config">{t('nav.configuration')}</Link>
      {devices && (
        <>
          {' / '}
          <Link to="/config/devices">{t('config.devices')}</Link>
        </>
      )}
    </nav>
  )
}
