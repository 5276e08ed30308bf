import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import type { Device } from '../../api/replies.ts'
import { formatInstant } from '../../format/instants.ts'
import { useT } from '../../i18n/language.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { Segments } from '../../widgets/controls/segments.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { GapList } from './gap-list.tsx'

const DAYS = ['7', '14', '30'] as const
const DAY_MICROS = 86_400_000_000

/** How much of each local day is known of each tag, and why the rest is not. */
export function Completeness({ device }: { device: Device }): ReactNode {
  const t = useT()
  const { tag, timeZone } = useSession()
  const [days, setDays] = useState<(typeof DAYS)[number]>('7')
  const share = useQuery({
    queryKey: ['completeness', device.id, days, timeZone],
    queryFn: async ({ signal }) =>
      await call('GET /api/devices/:id/completeness', { params: { id: device.id }, query: { days: Number(days), timeZone } }, signal),
    refetchInterval: 60_000,
  })
  const gaps = useQuery({
    queryKey: ['gaps', device.id, days],
    queryFn: async ({ signal }) => {
      const to = live.now()
      const query = { devices: String(device.id), from: to - Number(days) * DAY_MICROS, to, limit: 500 }
      return (await call('GET /api/gaps', { query }, signal)).gaps
    },
    refetchInterval: 10_000,
  })
  // today first: it is what a phone shows without a swipe
  const edges = (share.data?.edges ?? []).toReversed()
  return (
    <div className="stack">
      <Segments
        label={t('gaps.period')}
        value={days}
        onChange={setDays}
        choices={DAYS.map((value) => ({ value, label: t('gaps.days', { count: Number(value) }) }))}
      />
      <section className="card">
        <div className="card-head">
          <h2>{t('gaps.known')}</h2>
        </div>
        <ErrorNote error={share.error} retry={() => void share.refetch()} />
        {share.data !== undefined && share.data.tags.length === 0 && <EmptyState title={t('device.noTags')} />}
        {share.data !== undefined &&
          share.data.tags.length > 0 && (
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- whoever has no mouse scrolls it with the arrows
            <section className="table-wrap" tabIndex={0} aria-label={t('gaps.known')}>
              <table className="grid completeness">
                <thead>
                  <tr>
                    <th scope="col">{t('alarm.tag')}</th>
                    {edges.slice(1).map((at, index) => (
                      <Day key={at} from={at} to={edges[index] ?? at} />
                    ))}
                  </tr>
                </thead>
                <tbody>
                  <Shares name={t('gaps.allTags')} shares={share.data.device} strong />
                  {share.data.tags.map((row) => (
                    <Shares key={row.tagId} name={tag(row.tagId)?.name ?? String(row.tagId)} shares={row.days} />
                  ))}
                </tbody>
              </table>
            </section>
          )}
        <p className="meta card-body">{t('gaps.explained')}</p>
      </section>
      <section className="card">
        <div className="card-head">
          <h2>{t('gaps.title')}</h2>
        </div>
        <ErrorNote error={gaps.error} retry={() => void gaps.refetch()} />
        {gaps.data !== undefined && <GapList gaps={gaps.data} />}
      </section>
    </div>
  )
}

/** A day whose clocks change says how long it is. */
function Day({ from, to }: { from: number; to: number }): ReactNode {
  const { locale, timeZone } = useSession()
  const hours = Math.round((to - from) / 3_600_000_000)
  return (
    <th scope="col" className="number">
      {formatInstant(from, 'date', locale, timeZone).replace(/ \d{4}$/, '')}
      {hours !== 24 && <span className="meta"> {hours} h</span>}
    </th>
  )
}

function Shares({ name, shares, strong = false }: { name: string; shares: readonly (number | null)[]; strong?: boolean }): ReactNode {
  const { locale } = useSession()
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 })
  return (
    <tr>
      <th scope="row">{strong ? <strong>{name}</strong> : name}</th>
      {shares.toReversed().map((share, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- days stand still in their columns
        <td key={index} className="number numeric" data-short={share !== null && share < 0.999 ? true : undefined}>
          {share === null ? <span className="muted">–</span> : percent.format(Math.floor(share * 10_000) / 10_000)}
        </td>
      ))}
    </tr>
  )
}
