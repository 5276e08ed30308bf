import { Button } from '@mantine/core'
import { IconChartDots, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { formatShort } from '../../../format/numbers.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import type { Curve } from '../../curves/curve-uses.ts'
import { Crumbs } from '../crumbs.tsx'
import { curvesQuery } from '../rules/curves-query.ts'
import { RemoveDialog } from '../remove-dialog.tsx'
import { ActionsHead, RowActions } from '../row-actions.tsx'
import '../configure.css'

/** Operating curves: templates that any number of devices is judged by. */
export function CurveListPage(): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const navigate = useNavigate()
  const query = useQuery(curvesQuery)
  const [removing, setRemoving] = useState<Curve | null>(null)
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => void navigate({ to: '/config/curves/new' })}>
      {t('curves.add')}
    </Button>
  )
  const range = ({ points, xUnit }: Curve): string =>
    `${formatShort(points[0]?.[0] ?? 0, locale)} – ${formatShort(points.at(-1)?.[0] ?? 0, locale)} ${xUnit}`
  return (
    <>
      <Crumbs />
      <PageHead title={t('curves.title')} actions={add} />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      <div className="card">
        {query.data?.length === 0 && (
          <EmptyState
            title={t('curves.noneYet')}
            hint={t('curves.noneYetHint')}
            icon={<IconChartDots size={40} aria-hidden />}
            action={add}
          />
        )}
        {query.data !== undefined && query.data.length > 0 && (
          <div className="table-wrap">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">{t('config.name')}</th>
                  <th scope="col" className="wide-only">
                    {t('curves.range')}
                  </th>
                  <th scope="col">{t('curves.tolerance')}</th>
                  <th scope="col" className="number">
                    {t('curves.alarms')}
                  </th>
                  <ActionsHead />
                </tr>
              </thead>
              <tbody>
                {query.data.map((curve) => (
                  <tr key={curve.id}>
                    <td>
                      <Link to="/config/curves/$curveId" params={{ curveId: String(curve.id) }}>
                        {curve.name}
                      </Link>
                    </td>
                    <td className="wide-only numeric">{range(curve)}</td>
                    <td className="numeric">
                      ± {formatShort(curve.tolerance, locale)} {curve.percent ? '%' : curve.yUnit}
                    </td>
                    <td className="number">{curve.rules}</td>
                    <td>
                      <RowActions
                        name={curve.name}
                        onEdit={() => void navigate({ to: '/config/curves/$curveId', params: { curveId: String(curve.id) } })}
                        onRemove={() => setRemoving(curve)}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      <RemoveDialog
        of={removing}
        name={(curve) => curve.name}
        confirm={t('curves.remove')}
        remove={async ({ id }) => await call('DELETE /api/curves/:id', { params: { id } })}
        stale={[curvesQuery.queryKey]}
        onClose={() => setRemoving(null)}
      >
        {removing !== null && removing.rules > 0 ? t('curves.removeUsed', { count: removing.rules }) : t('curves.removeText')}
      </RemoveDialog>
    </>
  )
}
