import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { NotFoundPage } from '../../not-found.tsx'
import { Crumbs } from '../crumbs.tsx'
import { curvesQuery } from '../rules/curves-query.ts'
import { rulesQuery } from '../rules/rules-query.ts'
import { CurveEditor } from './curve-editor.tsx'
import '../configure.css'

const CurveRules = onDemand(async () => (await import('./curve-rules.tsx')).CurveRules)

function Back(): ReactNode {
  const t = useT()
  return (
    <div className="row crumbs">
      <Crumbs />
      <span>/</span>
      <Link to="/config/curves">{t('curves.title')}</Link>
    </div>
  )
}

/** The tags of the address: what a curve was being drawn over. */
function useOver(): { x: string; y: string } {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  const text = (name: string): string => (typeof search[name] === 'string' ? search[name] : '')
  return { x: text('x'), y: text('y') }
}

export function NewCurvePage(): ReactNode {
  const t = useT()
  return (
    <>
      <Back />
      <PageHead title={t('curves.new')} />
      <CurveEditor curve={null} start={useOver()} />
    </>
  )
}

export function EditCurvePage(): ReactNode {
  const t = useT()
  const { curveId } = useParams({ from: '/shell/config/curves/$curveId' })
  const { device, tag } = useSession()
  const over = useOver()
  const curves = useQuery(curvesQuery)
  const rules = useQuery(rulesQuery())
  const curve = curves.data?.find((one) => one.id === Number(curveId))
  if (curves.isSuccess && curve === undefined) return <NotFoundPage />
  const own = (rules.data ?? []).filter((rule) => rule.kind === 'curve' && rule.curve === curve?.name)
  const [first] = own
  const y = first === undefined ? undefined : tag(first.tagId)
  const used = first === undefined || y === undefined ? over : { x: first.xTag, y: `${device(y.deviceId)?.code ?? ''}:${y.name}` }
  return (
    <>
      <Back />
      <PageHead title={curve?.name ?? t('curves.title')} />
      <ErrorNote error={curves.error ?? rules.error} retry={() => void Promise.all([curves.refetch(), rules.refetch()])} />
      {curve !== undefined && rules.isSuccess && (
        <>
          <CurveEditor key={curve.id} curve={curve} start={over.x === '' || over.y === '' ? used : over} />
          <CurveRules curve={curve} rules={own} over={over.x === '' || over.y === '' ? used : over} />
        </>
      )}
      {curves.isPending && <EmptyState title="…" />}
    </>
  )
}
