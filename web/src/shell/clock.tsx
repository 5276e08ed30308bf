import type { ReactNode } from 'react'
import { formatInstant, zoneName } from '../format/instants.ts'
import { useBeat } from '../live/hooks.ts'
import { live } from '../live.ts'
import { useSession } from '../session.tsx'

/** The server's time in the zone of this user's screens: the time that all other times on the screen are to be read against. */
export function Clock(): ReactNode {
  const { locale, timeZone } = useSession()
  useBeat()
  const now = live.now()
  return (
    <span className="clock" title={timeZone}>
      {formatInstant(now, 'time', locale, timeZone)} {zoneName(now, locale, timeZone)}
    </span>
  )
}
