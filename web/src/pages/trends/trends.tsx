import { useMediaQuery, useViewportSize } from '@mantine/hooks'
import { IconChartLine, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import type { Tag } from '../../api/replies.ts'
import { formatInstant } from '../../format/instants.ts'
import { useT } from '../../i18n/language.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { FigureTable } from './figure-table.tsx'
import { useMarks } from './marks.ts'
import { PenTable } from './pen-table.tsx'
import { csvOf, pensOf, valueAt } from './pens.ts'
import { type ChartHandle, PensChart } from './pens-chart.tsx'
import { saveFile } from './save-file.ts'
import { trendQuery, usualMetric } from './trend-query.ts'
import { TrendsBar } from './trends-bar.tsx'
import { periodOf, type TrendsSearch } from './trends-search.ts'
import './trends.css'

const TagPicker = onDemand(async () => (await import('./tag-picker.tsx')).TagPicker)
const ExportDialog = onDemand(async () => (await import('./export-dialog.tsx')).ExportDialog)
const seconds = (): number => live.now() / 1_000_000

/** The past of any tags over one another. */
export function TrendsPage(): ReactNode {
  const t = useT()
  const { tag, device, timeZone, locale } = useSession()
  const search = useSearch({ from: '/shell/trends' })
  const navigate = useNavigate({ from: '/trends' })
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const { width } = useViewportSize()
  const [picking, setPicking] = useState(false)
  const [exporting, setExporting] = useState(false)
  const [cursor, setCursor] = useState<number | null>(null)
  const [marked, setMarked] = useState(true)
  const [past, setPast] = useState<readonly TrendsSearch[]>([])
  const chart = useRef<ChartHandle | null>(null)

  const tags = useMemo(() => (search.tags ?? []).map(tag).filter((one): one is Tag => one !== undefined), [search.tags, tag])
  const metric = search.metric ?? usualMetric(tags)
  const question = {
    tagIds: tags.map((one) => one.id),
    search,
    bucket: search.bucket ?? 'auto',
    metric,
    points: Math.min(2000, Math.max(200, Math.round((width * 0.8) / 100) * 100)),
    timeZone,
    now: seconds,
  } as const
  const query = useQuery(trendQuery(question, false))
  const before = useQuery(trendQuery(question, true))
  const period = query.data?.period ?? periodOf(search, seconds())
  const marks = useMarks(tags, period, marked && tags.length > 0)

  const word = search.compare === undefined ? '' : t(`trends.${search.compare}`)
  const pens = useMemo(() => {
    const earlier = search.compare === undefined ? [] : pensOf(before.data?.reply, tags, device, { shift: before.data?.shift ?? 0, word })
    return [...earlier, ...pensOf(query.data?.reply, tags, device)]
  }, [query.data, before.data, tags, device, search.compare, word])

  const change = useCallback((next: TrendsSearch) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true }), [navigate])
  const onPeriod = useCallback(
    (from: number, to: number) => {
      if (to - from < 1) return
      setPast((old) => [...old.slice(-20), { span: search.span, from: search.from, to: search.to }])
      change({ from: Math.floor(from), to: Math.ceil(to) })
    },
    [change, search.span, search.from, search.to],
  )
  const onHandle = useCallback((handle: ChartHandle | null) => void (chart.current = handle), [])
  const time = (at: number): string => formatInstant(at * 1_000_000, 'full', locale, timeZone)
  const cursorText =
    cursor === null
      ? ''
      : `${time(cursor)}: ${pens.map((pen) => `${pen.label} ${valueAt(pen, cursor)?.toFixed(pen.tag.decimals) ?? '–'}`).join(', ')}`
  const fileName = `${tags
    .map((one) => one.name)
    .join(' ')
    .slice(0, 60)} ${formatInstant(period.to * 1_000_000, 'date', locale, timeZone)}`.replaceAll(/[\\/:*?"<>|]/g, '-')

  const actions = tags.length > 0 && (
    <>
      <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setPicking(true)}>
        {t('trends.add')}
      </Button>
      {!phone && (
        <>
          <Button
            variant="default"
            disabled={pens.length === 0}
            onClick={() =>
              saveFile(
                `${fileName}.csv`,
                new Blob([`\uFEFF${csvOf(pens, (at) => new Date(at * 1000).toISOString(), t('trends.time'))}`], { type: 'text/csv' }),
              )
            }
          >
            {t('trends.csv')}
          </Button>
          <Button variant="default" onClick={() => setExporting(true)}>
            {t('export.all')}
          </Button>
          <Button
            variant="default"
            disabled={pens.length === 0 || search.table === true}
            onClick={() => void chart.current?.picture().then((blob) => blob !== null && saveFile(`${fileName}.png`, blob))}
          >
            {t('trends.png')}
          </Button>
        </>
      )}
    </>
  )
  const last = past.at(-1)
  return (
    <>
      <PageHead title={t('trends.title')} actions={actions} />
      {exporting && (
        <ExportDialog
          tagIds={tags.map((one) => one.id)}
          from={period.from}
          to={period.to}
          timeZone={timeZone}
          onClose={() => setExporting(false)}
        />
      )}
      {tags.length === 0 ? (
        <div className="card">
          <EmptyState
            title={t('trends.empty')}
            hint={t('trends.emptyHint')}
            icon={<IconChartLine size={40} aria-hidden />}
            action={<Button onClick={() => setPicking(true)}>{t('trends.pick')}</Button>}
          />
        </div>
      ) : (
        <>
          <TrendsBar
            search={search}
            metric={metric}
            step={query.data?.reply.bucket}
            marked={marked}
            onMarked={setMarked}
            onChange={change}
            onBack={
              last === undefined
                ? undefined
                : () => {
                    setPast((old) => old.slice(0, -1))
                    change({ span: last.span, from: last.from, to: last.to })
                  }
            }
          />
          <ErrorNote error={query.error ?? before.error} retry={() => void query.refetch()} />
          {query.data?.reply.series.some((one) => one.truncated) === true && <p className="meta">{t('trends.truncated')}</p>}
          <div className="card">
            {search.table === true ? (
              <FigureTable pens={pens} />
            ) : (
              <div className="card-body">
                <PensChart
                  pens={pens}
                  from={period.from}
                  to={period.to}
                  label={t('trends.chartLabel', {
                    names: tags.map((one) => one.name).join(', '),
                    from: time(period.from),
                    to: time(period.to),
                  })}
                  limits={marks.limits}
                  alarms={marks.alarms}
                  cursor={cursor}
                  cursorText={cursorText}
                  onCursor={setCursor}
                  onPeriod={onPeriod}
                  onHandle={onHandle}
                  height={phone ? 300 : 440}
                />
              </div>
            )}
          </div>
          <div className="card">
            <PenTable
              pens={pens}
              cursor={search.table === true ? null : cursor}
              onRemove={(id) => change({ tags: (search.tags ?? []).filter((one) => one !== id) })}
            />
          </div>
        </>
      )}
      {picking && <TagPicker chosen={search.tags ?? []} onChange={(ids) => change({ tags: ids })} onClose={() => setPicking(false)} />}
    </>
  )
}
