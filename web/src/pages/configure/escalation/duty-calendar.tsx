import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call } from '../../../api/client.ts'
import { formatInstant } from '../../../format/instants.ts'
import { nextMidnight } from '../../../format/local-time.ts'
import { useT } from '../../../i18n/language.ts'
import { live } from '../../../live.ts'
import { useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import type { Contact } from '../people/people-queries.ts'
import type { Group, Stretch } from './escalation-queries.ts'

const DAYS = 14
const HOUR = 3_600_000_000

/** Who is on duty in the coming two weeks, day by day, with what nobody covers said in words. */
export function DutyCalendar({ schedule, contacts }: { schedule: Group['schedule']; contacts: readonly Contact[] }): ReactNode {
  const t = useT()
  const { site, locale } = useSession()
  // whole hours: the answer is not asked for anew with every second
  const from = Math.floor(live.now() / HOUR) * HOUR
  const query = useQuery({
    queryKey: ['duty', from, schedule],
    queryFn: async ({ signal }) => await call('POST /api/groups/duty', { body: { schedule, from, days: DAYS } }, signal),
    placeholderData: (before: readonly Stretch[] | undefined) => before as Stretch[] | undefined,
  })
  const stretches = query.data ?? []
  const gaps = stretches.filter((one) => one.contactIds.length === 0)
  const when = (at: number): string =>
    new Intl.DateTimeFormat(locale, {
      weekday: 'long',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZone: site.timeZone,
    }).format(at / 1000)
  const nameOf = (one: Stretch): string =>
    one.contactIds.length === 0
      ? t('esc.nobody')
      : one.contactIds.map((id) => contacts.find((contact) => contact.id === id)?.name ?? '?').join(', ')
  return (
    <div className="stack">
      <ErrorNote error={query.error} />
      {query.data !== undefined && (
        <div role={gaps.length > 0 ? 'alert' : 'status'}>
          {gaps.length === 0 ? (
            <span className="meta">{t('esc.noGaps', { days: DAYS })}</span>
          ) : (
            <ul className="plain-list" style={{ color: 'var(--critical)' }}>
              {gaps.slice(0, 5).map((one) => (
                <li key={one.from}>{t('esc.gap', { from: when(one.from), to: when(one.to) })}</li>
              ))}
              {gaps.length > 5 && <li>{t('esc.moreGaps', { count: gaps.length - 5 })}</li>}
            </ul>
          )}
        </div>
      )}
      <div className="duty-days">
        {daysOf(stretches, site.timeZone).map((day) => (
          <div key={day.at} className="duty-day">
            <span className="meta">{formatInstant(day.at, 'date', locale, site.timeZone)}</span>
            <div className="duty-bar">
              {day.parts.map((one) => (
                <span
                  key={one.from}
                  className={one.contactIds.length === 0 ? 'gap' : one.override ? 'override' : ''}
                  style={{ flex: `${one.to - one.from} 0 0` }}
                  title={`${when(one.from)} – ${when(one.to)}: ${nameOf(one)}`}
                >
                  {nameOf(one)}
                </span>
              ))}
            </div>
          </div>
        ))}
      </div>
    </div>
  )
}

/** Stretches cut at the midnights of the site. */
function daysOf(stretches: readonly Stretch[], timeZone: string): { at: number; parts: Stretch[] }[] {
  const days = new Map<number, { at: number; parts: Stretch[] }>()
  for (const stretch of stretches) {
    for (let from = stretch.from; from < stretch.to;) {
      const midnight = nextMidnight(from / 1_000_000, timeZone) * 1_000_000
      const to = Math.min(stretch.to, midnight)
      const day = days.get(midnight) ?? { at: from, parts: [] }
      day.parts.push({ ...stretch, from, to })
      days.set(midnight, day)
      from = to
    }
  }
  return [...days.values()]
}
