import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import { formatInstant } from '../../format/instants.ts'
import { saveFile } from '../../format/save-file.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { Segments } from '../../widgets/controls/segments.tsx'
import { Select } from '../../widgets/controls/select.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { AlarmBars } from './alarm-bars.tsx'
import { Actors, Acknowledging, Floods, Nuisance, Priorities, Rates, Stale } from './performance-parts.tsx'
import { performanceCsv } from './performance-csv.ts'
import './performance.css'

const DAYS = ['1', '7', '30', '90'] as const
const MOST_OPERATORS = 10

/** How the alarm system itself is doing, beside what ISA-18.2 and EEMUA 191 ask for. */
export function PerformancePage(): ReactNode {
  const t = useT()
  const { devices, locale } = useSession()
  const search = useSearch({ from: '/shell/alarms/performance' })
  const navigate = useNavigate({ from: '/alarms/performance' })
  const [operators, setOperators] = useState(1)
  const days = search.days ?? '7'
  const areas = [...new Set(devices.map((device) => device.area).filter((area) => area !== ''))].toSorted()
  const query = useQuery({
    queryKey: ['alarm-performance', days, search.area],
    queryFn: async ({ signal }) =>
      await call(
        'GET /api/alarm-performance',
        { query: { days: Number(days), ...(search.area === undefined ? {} : { area: search.area }) } },
        signal,
      ),
    placeholderData: (before) => before,
    refetchInterval: 60_000,
  })
  const reply = query.data
  const time = (at: number): string => formatInstant(at, 'dateTime', locale, reply?.timeZone ?? 'UTC')
  return (
    <div className="performance stack">
      <PageHead
        title={t('perf.title')}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              disabled={reply === undefined}
              onClick={() =>
                reply !== undefined && saveFile(`${t('perf.title')}.csv`, performanceCsv(reply, operators, t), 'text/csv;charset=utf-8')
              }
            >
              CSV
            </Button>
            <Button variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
              {t('perf.print')}
            </Button>
          </>
        }
      />
      <div className="filters">
        <Segments
          label={t('trends.span')}
          value={days}
          onChange={(value) => void navigate({ search: (old) => ({ ...old, days: value }), replace: true })}
          choices={DAYS.map((one) => ({ value: one, label: one === '1' ? t('perf.today') : t('backTest.days', { count: Number(one) }) }))}
        />
        {areas.length > 1 && (
          <Select
            label={t('perf.area')}
            value={search.area ?? ''}
            onChange={(event) => {
              const area = event.currentTarget.value
              void navigate({
                search: ({ days: kept }) => ({ ...(kept === undefined ? {} : { days: kept }), ...(area === '' ? {} : { area }) }),
                replace: true,
              })
            }}
          >
            <option value="">{t('perf.wholeSite')}</option>
            {areas.map((area) => (
              <option key={area}>{area}</option>
            ))}
          </Select>
        )}
        <Select label={t('perf.operators')} value={String(operators)} onChange={(event) => setOperators(Number(event.currentTarget.value))}>
          {Array.from({ length: MOST_OPERATORS }, (_, index) => (
            <option key={index}>{index + 1}</option>
          ))}
        </Select>
      </div>
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {reply !== undefined && (
        <>
          {reply.flood !== null && (
            <p className="banner" role="alert">
              {t('perf.floodNow', { time: time(reply.flood.startedAt), alarms: reply.flood.alarms })}
            </p>
          )}
          {reply.truncated && <p className="meta">{t('perf.truncated')}</p>}
          <p className="meta">
            {t('perf.period', { from: time(reply.from), to: time(reply.now), zone: reply.timeZone, alarms: reply.alarms })}
          </p>
          <div className="card">
            <div className="card-body">
              <AlarmBars reply={reply} operators={operators} />
            </div>
          </div>
          <div className="performance-grid">
            <Rates reply={reply} operators={operators} />
            <div className="stack">
              <Priorities reply={reply} />
              <Acknowledging reply={reply} />
              <Nuisance reply={reply} />
            </div>
          </div>
          <Actors reply={reply} />
          <Stale reply={reply} time={time} />
          <Floods reply={reply} time={time} />
          <p className="meta">{t('perf.how')}</p>
        </>
      )}
    </div>
  )
}
