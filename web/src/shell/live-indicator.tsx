import { IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { formatAge } from '../format/instants.ts'
import { useT } from '../i18n/language.ts'
import { useBeat, useStreamState } from '../live/hooks.ts'
import { live } from '../live.ts'
import { bootstrapQuery, useSession } from '../session.tsx'
import { Instant } from '../widgets/instant.tsx'

/** Seconds after which sources that all say nothing are said to be silent: some speak seldom. */
const SILENT_AFTER = 30
/** And the alarm engine and the database, which show life each second. */
const DEAD_AFTER = 5

/** Whether this screen is current. It says live only while the server's ticks arrive. */
export function LiveIndicator(): ReactNode {
  const t = useT()
  const state = useStreamState()
  return (
    <output className="bar-item live-state" data-state={state}>
      {state === 'live' ? <IconPlugConnected size={16} aria-hidden /> : <IconPlugConnectedX size={16} aria-hidden />}
      {t(`live.${state}`)}
    </output>
  )
}

/** What the person must know before believing anything else on the screen. */
export function TruthBanner(): ReactNode {
  const t = useT()
  const state = useStreamState()
  const { devices } = useSession()
  useBeat()
  if (state === 'lost' && !live.blind) {
    return (
      <div className="banner" data-kind="lost" role="alert">
        <IconPlugConnectedX size={20} aria-hidden />
        <span>
          {t('banner.lost')}{' '}
          {live.lastSeen !== null && (
            <>
              {t('banner.lastSeen')} <Instant at={live.lastSeen} />.
            </>
          )}
        </span>
      </div>
    )
  }
  if (state !== 'live' && !live.blind) return null
  const { alarmEngine, newestDelivery, database } = live.pulse
  const silence = (since: number | null): number => (since === null ? 0 : (live.now() - since) / 1_000_000)
  if (silence(database) > DEAD_AFTER) {
    return (
      <div className="banner" data-kind="lost" role="alert">
        {t('banner.database', { age: formatAge(silence(database)) })}
      </div>
    )
  }
  if (silence(alarmEngine) > DEAD_AFTER) {
    return (
      <div className="banner" data-kind="lost" role="alert">
        {t('banner.engine', { age: formatAge(silence(alarmEngine)) })}
      </div>
    )
  }
  if (silence(newestDelivery) > SILENT_AFTER && devices.some((device) => device.enabled)) {
    return (
      <div className="banner" data-kind="lost" role="alert">
        {t('banner.delivery', { age: formatAge(silence(newestDelivery)) })}
      </div>
    )
  }
  return null
}

/** The configuration could not be fetched again: pages show an older one. */
export function StaleConfigurationBanner(): ReactNode {
  const t = useT()
  const { isError, refetch } = useQuery(bootstrapQuery)
  if (!isError) return null
  return (
    <div className="banner" data-kind="lost" role="alert">
      {t('banner.configuration')}
      <button type="button" className="bar-item" onClick={() => void refetch()}>
        {t('action.retry')}
      </button>
    </div>
  )
}
