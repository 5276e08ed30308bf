import {
  IconBell,
  IconChartDots,
  IconChartLine,
  IconCpu,
  IconDots,
  IconHome,
  IconMessage,
  IconSettings,
  type TablerIcon,
} from '@tabler/icons-react'
import { Link, useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Role } from '#domain/user.ts'
import { useT } from '../i18n/language.ts'
import type { PlainKey } from '../i18n/translate.ts'
import { useSession } from '../session.tsx'
import { PopMenu } from './pop-menu.tsx'

interface Item {
  readonly to: '/' | '/alarms' | '/devices' | '/trends' | '/curves' | '/messages' | '/config'
  readonly label: Extract<PlainKey, `nav.${string}`>
  readonly icon: TablerIcon
  readonly role: Role
  readonly section: 'nav.monitor' | 'nav.manage'
}

const items: readonly Item[] = [
  { to: '/', label: 'nav.home', icon: IconHome, role: 'viewer', section: 'nav.monitor' },
  { to: '/alarms', label: 'nav.alarms', icon: IconBell, role: 'viewer', section: 'nav.monitor' },
  { to: '/devices', label: 'nav.devices', icon: IconCpu, role: 'viewer', section: 'nav.monitor' },
  { to: '/trends', label: 'nav.trends', icon: IconChartLine, role: 'viewer', section: 'nav.monitor' },
  { to: '/curves', label: 'nav.curves', icon: IconChartDots, role: 'viewer', section: 'nav.monitor' },
  { to: '/messages', label: 'nav.messages', icon: IconMessage, role: 'operator', section: 'nav.monitor' },
  { to: '/config', label: 'nav.configuration', icon: IconSettings, role: 'engineer', section: 'nav.manage' },
]

/** Rail on desktops, bottom bar on phones; CSS shows the one that fits. */
export function Navigation(): ReactNode {
  const t = useT()
  const { may } = useSession()
  const path = useLocation({ select: (location) => location.pathname })
  const here = (to: string): 'page' | undefined =>
    (to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)) ? 'page' : undefined
  const allowed = items.filter((item) => may(item.role))
  const [first, second, third, fourth, ...more] = allowed
  const bar = [first, second, third, fourth].filter((item) => item !== undefined)
  return (
    <>
      <nav className="side-nav" aria-label={t('nav.label')}>
        {(['nav.monitor', 'nav.manage'] as const).map((section) => {
          const own = allowed.filter((item) => item.section === section)
          return own.length === 0 ? null : (
            <div key={section}>
              <div className="nav-section">{t(section)}</div>
              {own.map((item) => (
                <Link key={item.to} to={item.to} className="nav-link" aria-current={here(item.to)} title={t(item.label)}>
                  <item.icon size={18} stroke={1.8} aria-hidden />
                  <span>{t(item.label)}</span>
                </Link>
              ))}
            </div>
          )
        })}
      </nav>
      <nav className="bottom-nav" aria-label={t('nav.label')}>
        {bar.map((item) => (
          <Link key={item.to} to={item.to} aria-current={here(item.to)}>
            <item.icon size={22} stroke={1.8} aria-hidden />
            <span>{t(item.label)}</span>
          </Link>
        ))}
        {more.length > 0 && (
          <PopMenu
            place="above"
            current={more.some((item) => here(item.to) !== undefined)}
            face={
              <>
                <IconDots size={22} aria-hidden />
                <span>{t('nav.more')}</span>
              </>
            }
          >
            {more.map((item) => (
              <Link key={item.to} to={item.to}>
                <item.icon size={18} aria-hidden />
                <span>{t(item.label)}</span>
              </Link>
            ))}
          </PopMenu>
        )}
      </nav>
    </>
  )
}
