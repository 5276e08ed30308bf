import { ActionIcon, Button } from '@mantine/core'
import { IconChartDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { formatShort } from '../../../format/numbers.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import type { Curve } from '../../curves/curve-uses.ts'
import { Crumbs } from '../crumbs.tsx'
import { curvesQuery } from '../rules/curves-query.ts'
import '../configure.css'

const ConfirmDialog = onDemand(async () => (await import('../../../widgets/confirm-dialog.tsx')).ConfirmDialog)

/** Operating curves: templates that any number of devices is judged by. */
export function CurveListPage(): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const queries = useQueryClient()
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
                  <th scope="col">
                    <span className="visually-hidden">{t('config.actions')}</span>
                  </th>
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
                      <span className="row" style={{ justifyContent: 'flex-end', flexWrap: 'nowrap' }}>
                        <ActionIcon
                          variant="subtle"
                          aria-label={t('config.edit', { name: curve.name })}
                          onClick={() => void navigate({ to: '/config/curves/$curveId', params: { curveId: String(curve.id) } })}
                        >
                          <IconPencil size={16} aria-hidden />
                        </ActionIcon>
                        <ActionIcon
                          variant="subtle"
                          color="critical"
                          aria-label={t('config.remove', { name: curve.name })}
                          onClick={() => setRemoving(curve)}
                        >
                          <IconTrash size={16} aria-hidden />
                        </ActionIcon>
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      <ConfirmDialog
        opened={removing !== null}
        title={t('config.removeTitle', { name: removing?.name ?? '' })}
        confirm={t('curves.remove')}
        danger
        onConfirm={async () => {
          if (removing === null) return
          await call('DELETE /api/curves/:id', { params: { id: removing.id } })
          await queries.invalidateQueries({ queryKey: curvesQuery.queryKey })
          tellDone(t('config.removed', { name: removing.name }))
        }}
        onClose={() => setRemoving(null)}
      >
        {removing !== null && removing.rules > 0 ? t('curves.removeUsed', { count: removing.rules }) : t('curves.removeText')}
      </ConfirmDialog>
    </>
  )
}
