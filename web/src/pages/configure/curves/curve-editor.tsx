import { Button } from '@mantine/core'
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import { type CurveTime, curveVerdict, noCurveTime } from '#calc/curve-verdict.ts'
import type { CurvePoint } from '#domain/alarm.ts'
import { call } from '../../../api/client.ts'
import type { Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { type Bounds, boundsOf } from '../../../widgets/curve/curve-bounds.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { CURVE_SPANS } from '../../curves/curve-spans.ts'
import { CurveTimeFigures } from '../../curves/curve-time-text.tsx'
import { type Curve, tagNamed } from '../../curves/curve-uses.ts'
import { type Measured, measuredQuery } from '../../curves/measured-query.ts'
import { curvesQuery } from '../rules/curves-query.ts'
import { useAction } from '../use-action.ts'
import { bodyOfCurve, type CurveDraft, edited, type Edits, freshCurve, lineOf, measuredIn, undone } from './curve-draft.ts'
import { CurveBackTest } from './curve-back-test.tsx'
import { CurveFields } from './curve-fields.tsx'
import { MeasuredPanel, type Over } from './measured-panel.tsx'
import '../../curves/curves.css'
import './curves.css'

const CurveChart = onDemand(async () => (await import('../../../widgets/curve/curve-chart.tsx')).CurveChart)
const EffectDialog = onDemand(async () => (await import('./effect-dialog.tsx')).EffectDialog)

/** A curve over measured history: its points are dragged, written, or made from what was measured. */
export function CurveEditor({ curve, start }: { curve: Curve | null; start: Pick<Over, 'x' | 'y'> }): ReactNode {
  const t = useT()
  const session = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const action = useAction()
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const unitsOf = (axes: Pick<Over, 'x' | 'y'>): Partial<Pick<CurveDraft, 'xUnit' | 'yUnit'>> => {
    const [tagX, tagY] = [tagNamed(axes.x, session), tagNamed(axes.y, session)]
    return { ...(tagX === undefined ? {} : { xUnit: tagX.unit }), ...(tagY === undefined ? {} : { yUnit: tagY.unit }) }
  }
  const [edits, setEdits] = useState<Edits>(() => ({ present: curve ?? { ...freshCurve(), ...unitsOf(start) }, past: [], kind: '', at: 0 }))
  const [over, setOver] = useState<Over>({ ...start, span: '24h' })
  const [asking, setAsking] = useState(false)
  const draft = edits.present
  useHotkeys([['mod+Z', () => setEdits(undone)]])
  const change = (part: Partial<CurveDraft>, kind: string): void => setEdits((old) => edited(old, part, kind, performance.now()))
  const [x, y] = [tagNamed(over.x, session), tagNamed(over.y, session)]
  const query = useQuery({
    ...measuredQuery({ xTagId: x?.id ?? 0, yTagId: y?.id ?? 0, span: over.span, curves: [] }),
    enabled: x !== undefined && y !== undefined,
  })
  const measured = x === undefined || y === undefined ? undefined : query.data
  const band = useMemo(() => lineOf(draft), [draft])
  const [frame, setFrame] = useFrame(band, measured)
  const errors = fieldErrors(action.error)

  const onOver = (part: Partial<Over>): void => {
    const next = { ...over, ...part }
    setOver(next)
    setEdits((old) => measuredIn(old, unitsOf(next)))
  }
  const save = async (): Promise<void> => {
    const body = bodyOfCurve(draft)
    let saved: Curve | undefined
    const ok = await action.run(
      async () => {
        saved =
          curve === null ? await call('POST /api/curves', { body }) : await call('PUT /api/curves/:id', { params: { id: curve.id }, body })
        await queries.invalidateQueries({ queryKey: curvesQuery.queryKey })
      },
      t('config.saved', { name: body.name }),
    )
    if (!ok || saved === undefined) return
    setAsking(false)
    if (curve === null)
      await navigate({ to: '/config/curves/$curveId', params: { curveId: String(saved.id) }, search: { x: over.x, y: over.y } })
  }
  const onPoints = (points: readonly CurvePoint[]): void =>
    change({ points }, points.length === draft.points.length ? 'drag' : `drag ${points.length}`)
  const changed = curve === null || JSON.stringify(bodyOfCurve(draft)) !== JSON.stringify(bodyOfCurve(curve))
  return (
    <form
      className="curve-editor"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (band === null) return
        if (curve !== null && curve.rules > 0) setAsking(true)
        else void save()
      }}
    >
      <div className="card curve-main">
        <div className="card-body stack">
          <MeasuredPanel
            over={over}
            onOver={onOver}
            measured={measured}
            percent={draft.percent}
            onFit={(fitted) => {
              change(fitted, `fit ${edits.past.length}`)
              setFrame(null)
            }}
          />
          <ErrorNote error={query.error} retry={() => void query.refetch()} />
          {measured === undefined ? (
            <p className="meta">{t('curves.chooseTags')}</p>
          ) : (
            <CurveTimeFigures time={timeOf(band, measured)} known={measured.known} period={CURVE_SPANS[over.span]} />
          )}
          {measured !== undefined && measured.known === 0 && <p className="meta">{t('curves.nothing')}</p>}
          <CurveChart
            label={t('curves.chartLabel', { curve: draft.name, x: over.x, y: over.y })}
            xLabel={axisLabel(x, 'X', draft.xUnit)}
            yLabel={axisLabel(y, 'Y', draft.yUnit)}
            bounds={frame}
            band={band}
            measured={measured?.points ?? null}
            height={phone ? 320 : 480}
            onPoints={onPoints}
          />
          <p className="meta" id="curve-keys">
            {t('curves.keys')}
          </p>
          {x !== undefined && y !== undefined && band !== null && <CurveBackTest curve={bodyOfCurve(band)} x={over.x} y={y} />}
        </div>
      </div>
      <div className="card curve-side">
        <div className="card-body stack">
          <CurveFields draft={draft} errors={errors} change={change} />
          {band === null && (
            <p className="field-error" role="alert">
              {t('curves.noLine')}
            </p>
          )}
          <ErrorNote error={Object.keys(errors).length > 0 || asking ? null : action.error} />
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button
              variant="default"
              leftSection={<IconArrowBackUp size={16} aria-hidden />}
              disabled={edits.past.length === 0}
              onClick={() => setEdits(undone)}
            >
              {t('curves.undo')}
            </Button>
            <Button type="submit" loading={action.busy && !asking} disabled={band === null || !changed || draft.name.trim() === ''}>
              {t('action.save')}
            </Button>
          </div>
        </div>
      </div>
      {asking && curve !== null && (
        <EffectDialog curve={curve} body={bodyOfCurve(draft)} action={action} onSave={() => void save()} onClose={() => setAsking(false)} />
      )}
    </form>
  )
}

function axisLabel(tag: Tag | undefined, axis: string, unit: string): string {
  const name = tag?.name ?? axis
  return unit === '' ? name : `${name} (${unit})`
}

/** Of the points that are drawn: exact to a moment, and at once while a point is dragged. */
function timeOf(band: CurveDraft | null, { points }: Measured): CurveTime {
  const time = noCurveTime()
  for (const [index, x] of points.x.entries()) {
    const verdict = band === null ? 'beyond' : curveVerdict(band, x, points.y[index] ?? 0)
    time[verdict] += points.seconds[index] ?? 0
  }
  return time
}

/** The axes stand still under a finger: they move only for other measured points, another tolerance, and a curve that left them. */
function useFrame(band: CurveDraft | null, measured: Measured | undefined): [Bounds, (frame: null) => void] {
  const [kept, setKept] = useState<{ frame: Bounds; measured: Measured | undefined; width: string } | null>(null)
  const width = `${band?.tolerance} ${band?.percent}`
  if (kept !== null && kept.measured === measured && (band === null || kept.width === width) && (band === null || holds(kept.frame, band)))
    return [kept.frame, setKept]
  const frame = boundsOf(band, [measured?.points ?? null])
  setKept({ frame, measured, width })
  return [frame, setKept]
}

function holds({ x, y }: Bounds, { points }: CurveDraft): boolean {
  return points.every((point) => point[0] >= x[0] && point[0] <= x[1] && point[1] >= y[0] && point[1] <= y[1])
}
