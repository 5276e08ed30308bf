import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import { formatSpan } from '../../format/span.ts'
import { inWords, useT } from '../../i18n/language.ts'
import { live } from '../../live.ts'
import { Segments } from '../../widgets/controls/segments.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { statusStretches } from './status-stretches.ts'

const DAYS = ['1', '7', '30'] as const
const DAY_MICROS = 86_400_000_000
/** Of a device that comes and goes all day. */
const SHOWN = 200

/** In which state a device was, as the alarm engine judged it: the strip shows how much of the time, the list since when and why. */
export function StatusHistory({ deviceId }: { deviceId: number }): ReactNode {
  const t = useT()
  const [days, setDays] = useState<(typeof DAYS)[number]>('1')
  const query = useQuery({
    queryKey: ['status-history', deviceId, days],
    queryFn: async ({ signal }) => {
      const to = live.now()
      const from = to - Number(days) * DAY_MICROS
      const changes = await call('GET /api/devices/:id/status-history', { params: { id: deviceId }, query: { from, to } }, signal)
      return { from, to, stretches: statusStretches(changes, from, to) }
    },
    refetchInterval: 10_000,
  })
  const { data } = query
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
          <h2>{t('diag.status')}</h2>
        </div>
        <ErrorNote error={query.error} retry={() => void query.refetch()} />
        {data !== undefined && (
          <div className="card-body stack">
            <div className="status-strip" aria-hidden>
              {data.stretches.map((one) => (
                <span key={one.from} data-status={one.status} style={{ flexGrow: (one.to - one.from) / (data.to - data.from) }} />
              ))}
            </div>
            <ol className="plain-list status-list">
              {data.stretches
                .toReversed()
                .slice(0, SHOWN)
                .map((one) => (
                  <li key={one.from}>
                    <span className="status-swatch" data-status={one.status} aria-hidden />
                    <strong>{t(`diag.status.${one.status}`)}</strong>
                    <span>
                      <Instant at={one.from} /> <span className="muted">· {formatSpan((one.to - one.from) / 1_000_000)}</span>
                    </span>
                    {one.problem !== null && <span className="muted status-problem">{inWords(one.problem)}</span>}
                  </li>
                ))}
            </ol>
          </div>
        )}
      </section>
    </div>
  )
}
