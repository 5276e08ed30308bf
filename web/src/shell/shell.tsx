import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { whenLoggedOut } from '../api/client.ts'
import { useSignalChoice } from '../alarm-signal.ts'
import { useT, withWords } from '../i18n/language.ts'
import { onEvent, stopLive } from '../live.ts'
import { refresh } from '../query-client.ts'
import { bootstrapQuery, SessionProvider, useSession } from '../session.tsx'
import { AlarmCounter } from './alarm-counter.tsx'
import { Clock } from './clock.tsx'
import { LiveIndicator, StaleConfigurationBanner, TruthBanner } from './live-indicator.tsx'
import { Navigation } from './navigation.tsx'
import { UserMenu } from './user-menu.tsx'
import { Wave } from '../widgets/wave.tsx'
import { onDemand } from '../widgets/on-demand.tsx'
import './shell.css'

const AlarmSignal = onDemand(withWords(async () => (await import('../pages/alarms/alarm-signal.tsx')).AlarmSignal))

/** Everything around a page: navigation, alarm counter, the truth about the stream, who is logged in. */
export function Shell(): ReactNode {
  return (
    <SessionProvider>
      <Frame />
    </SessionProvider>
  )
}

function Frame(): ReactNode {
  const t = useT()
  const { site, me } = useSession()
  const signal = useSignalChoice()
  const main = useRef<HTMLElement>(null)
  useServerEvents()
  const path = useLocation({ select: (location) => location.pathname })
  const first = useRef(true)
  useEffect(() => {
    // A screen reader and the Tab key begin at the new page, not at the link that led to it.
    if (!first.current) main.current?.focus({ preventScroll: true })
    first.current = false
  }, [path])
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        {t('nav.skip')}
      </a>
      <header className="top-bar">
        <Link to="/" className="brand" aria-label={t('nav.homeOf', { site: site.name })}>
          <Wave />
          <span className="clip">{site.name}</span>
        </Link>
        <div className="gap" />
        {(signal.sound || signal.notify) && <AlarmSignal />}
        <AlarmCounter />
        <LiveIndicator />
        <Clock />
        <UserMenu />
      </header>
      <Navigation />
      <main className="main" id="main" tabIndex={-1} ref={main}>
        <TruthBanner />
        <StaleConfigurationBanner />
        {me.mustChangePassword && path !== '/me' && (
          <div className="banner">
            <span>{t('banner.password')}</span>
            <Link to="/me">{t('banner.passwordAction')}</Link>
          </div>
        )}
        <Outlet />
      </main>
    </div>
  )
}

/** Turns what the stream says into fresh answers of the server. */
function useServerEvents(): void {
  const queries = useQueryClient()
  const navigate = useNavigate()
  useEffect(() => {
    const loggedOut = (): void => {
      stopLive()
      queries.clear()
      void navigate({ to: '/login', search: { next: window.location.pathname + window.location.search } })
    }
    whenLoggedOut(loggedOut)
    const off = onEvent((event) => {
      if (event.type === 'alarms') {
        void refresh(['alarms'])
        for (const id of event.ids) void refresh(['alarm', id])
      } else if (event.type === 'config') {
        void refresh(bootstrapQuery.queryKey)
        void refresh(['config'])
      } else {
        void refresh(bootstrapQuery.queryKey)
      }
    })
    return () => {
      off()
      whenLoggedOut(() => undefined)
    }
  }, [queries, navigate])
}
