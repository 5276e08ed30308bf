import { isAmongValues } from '#calc/metric.ts'
import { useMediaQuery, useViewportSize } from '@mantine/hooks'
import { IconBookmark, IconChartLine, IconPencilPlus, IconPlus } from '@tabler/icons-react'
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
import { unitsOf } from './chart-options.ts'
import { ExportMenu } from './export-menu.tsx'
import { FigureTable } from './figure-table.tsx'
import { useGaps } from './ledger.ts'
import { useMarks } from './marks.ts'
import { NoteList } from './note-list.tsx'
import { useNotes } from './notes-query.ts'
import { PenTable } from './pen-table.tsx'
import { heldPen, type Pen, pensOf, valueAt } from './pens.ts'
import { type ChartHandle, PensChart } from './pens-chart.tsx'
import { withTail } from './tail.ts'
import { trendQuery, usualMetric } from './trend-query.ts'
import { TrendsBar } from './trends-bar.tsx'
import { periodOf, trendsSearch, type TrendsSearch } from './trends-search.ts'
import { useLiveTail } from './use-live-tail.ts'
import './trends.css'

const TagPicker = onDemand(async () => (await import('./tag-picker.tsx')).TagPicker)
const ExportDialog = onDemand(async () => (await import('./export-dialog.tsx')).ExportDialog)
const NoteDialog = onDemand(async () => (await import('./note-dialog.tsx')).NoteDialog)
const ViewsDialog = onDemand(async () => (await import('../../widgets/saved-views/views-dialog.tsx')).ViewsDialog)
const seconds = (): number => live.now() / 1_000_000

/** The past of any tags over one another. */
export function TrendsPage(): ReactNode {
  const t = useT()
  const { tag, device, timeZone, locale, may } = useSession()
  const search = useSearch({ from: '/shell/trends' })
  const navigate = useNavigate({ from: '/trends' })
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const { width } = useViewportSize()
  const [open, setOpen] = useState<'tags' | 'note' | 'views' | 'export' | null>(null)
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
  const pushed = search.refresh === 'push' && search.from === undefined && query.data?.reply.bucket === null
  const tail = useLiveTail(question.tagIds, pushed)
  // the chart moves on with what comes
  const shown = pushed ? periodOf(search, seconds()) : period
  const marks = useMarks(tags, period, marked && tags.length > 0)
  const gaps = useGaps(tags, period)
  const notes = useNotes(tags, period)
  const overlays = useMemo(
    () => ({
      ...(isAmongValues(metric) || query.data?.reply.bucket === null ? marks : { ...marks, limits: [] }),
      gaps: gaps.map((gap) => ({ ...gap, to: Math.min(gap.to, period.to) })),
      notes: notes.map((note) => note.at / 1e6),
    }),
    [marks, gaps, notes, period.to, metric, query.data],
  )

  const word = search.compare === undefined ? '' : t(`trends.${search.compare}`)
  const measured = useMemo(() => {
    const earlier =
      search.compare === undefined ? [] : pensOf(before.data?.reply, tags, device, { shift: before.data?.shift ?? 0, word }, metric)
    const own = pensOf(query.data?.reply, tags, device, null, metric)
    return [...earlier, ...own.map((pen) => withTail(pen, tail))]
  }, [query.data, before.data, tail, tags, device, search.compare, word, metric])
  const pens = useMemo(() => {
    const isOver = search.to !== undefined && search.to < seconds()
    const told = (pen: Pen): number => (isOver || pen.earlier ? Infinity : (live.device(pen.tag.deviceId)?.newest ?? 0) / 1_000_000)
    return measured.map((pen) => heldPen(pen, period.from, Math.min(shown.to, told(pen))))
  }, [measured, search.to, period.from, shown.to])

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
      <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen('tags')}>
        {t('trends.add')}
      </Button>
      {may('operator') && (
        <Button variant="default" leftSection={<IconPencilPlus size={16} aria-hidden />} onClick={() => setOpen('note')}>
          {t('notes.add')}
        </Button>
      )}
      <ExportMenu pens={measured} fileName={fileName} chart={() => chart.current} onAll={() => setOpen('export')} />
    </>
  )
  const last = past.at(-1)
  const close = (): void => setOpen(null)
  return (
    <>
      <PageHead
        title={t('trends.title')}
        actions={
          <>
            <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />} onClick={() => setOpen('views')}>
              {t('views.title')}
            </Button>
            {actions}
          </>
        }
      />
      {tags.length === 0 ? (
        <div className="card">
          <EmptyState
            title={t('trends.empty')}
            hint={t('trends.emptyHint')}
            icon={<IconChartLine size={40} aria-hidden />}
            action={<Button onClick={() => setOpen('tags')}>{t('trends.pick')}</Button>}
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
              <FigureTable pens={measured} />
            ) : (
              <div className="card-body">
                <PensChart
                  pens={pens}
                  from={shown.from}
                  to={shown.to}
                  label={t('trends.chartLabel', {
                    names: tags.map((one) => one.name).join(', '),
                    from: time(period.from),
                    to: time(period.to),
                  })}
                  overlays={overlays}
                  axes={phone ? 2 : unitsOf(pens).length}
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
              gaps={gaps}
              onRemove={(id) => change({ tags: (search.tags ?? []).filter((one) => one !== id) })}
            />
          </div>
          {notes.length > 0 && <NoteList notes={notes} />}
        </>
      )}
      {open === 'tags' && <TagPicker chosen={search.tags ?? []} onChange={(ids) => change({ tags: ids })} onClose={close} />}
      {open === 'note' && <NoteDialog note={null} tags={tags} at={(cursor ?? period.to) * 1e6} onClose={close} />}
      {open === 'export' && (
        <ExportDialog tagIds={tags.map((one) => one.id)} from={period.from} to={period.to} timeZone={timeZone} onClose={close} />
      )}
      {open === 'views' && (
        <ViewsDialog
          page="trends"
          search={tags.length === 0 ? null : { ...search }}
          onOpen={(kept) => void navigate({ search: trendsSearch(kept) })}
          onClose={close}
        />
      )}
    </>
  )
}
