import type { ReactNode } from 'react'
import { formatAge, formatInstant, formatRecent, type InstantStyle } from '../format/instants.ts'
import { useT } from '../i18n/language.ts'
import { useBeat } from '../live/hooks.ts'
import { live } from '../live.ts'
import { useSession } from '../session.tsx'

/** An instant in the user's zone; the full date and zone stand in its title. `recent` leaves out today's date. */
export function Instant({ at, show = 'recent' }: { at: number | null; show?: InstantStyle | 'recent' }): ReactNode {
  const { locale, timeZone } = useSession()
  if (at === null) return <span className="muted">–</span>
  return (
    <time className="numeric" dateTime={new Date(at / 1000).toISOString()} title={formatInstant(at, 'full', locale, timeZone)}>
      {show === 'recent' ? formatRecent(at, live.now(), locale, timeZone) : formatInstant(at, show, locale, timeZone)}
    </time>
  )
}

/** `6 min ago`, growing. */
export function Ago({ at }: { at: number }): ReactNode {
  const t = useT()
  useBeat()
  return <span className="meta numeric">{t('time.ago', { age: formatAge((live.now() - at) / 1_000_000) })}</span>
}
