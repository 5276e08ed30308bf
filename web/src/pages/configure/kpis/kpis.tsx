import { ActionIcon, Button } from '@mantine/core'
import { IconBellCog, IconMathFunction, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery, useSession } from '../../../session.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { LiveValue } from '../../../widgets/live-value.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { alarmsQuery } from '../../alarms/alarms-query.ts'
import { type Kpi, kpisOf } from '../../kpis/kpi-list.ts'
import { KpiMark, KpiTargetText } from '../../kpis/kpi-mark.tsx'
import { Crumbs } from '../crumbs.tsx'
import { rulesQuery } from '../rules/rules-query.ts'
import { RemoveDialog } from '../remove-dialog.tsx'
import { ActionsHead, RowActions } from '../row-actions.tsx'
import '../configure.css'

const KpiDialog = onDemand(async () => (await import('./kpi-dialog.tsx')).KpiDialog)
const RulesDialog = onDemand(async () => (await import('../rules/rules-dialog.tsx')).RulesDialog)

/** Figures computed over all devices: virtual tags, stored and trended as any, with a target. */
export function KpisPage(): ReactNode {
  const t = useT()
  const { tags, device } = useSession()
  const rules = useQuery(rulesQuery())
  const alarms = useInfiniteQuery(alarmsQuery({})).data?.pages.flatMap((page) => page.alarms) ?? []
  const [open, setOpen] = useState<{ readonly what: 'edit' | 'rules' | 'remove'; readonly kpi: Kpi | null } | null>(null)
  const kpis = kpisOf(tags, rules.data ?? [])
  const close = (): void => setOpen(null)
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen({ what: 'edit', kpi: null })}>
      {t('kpi.add')}
    </Button>
  )
  return (
    <>
      <Crumbs />
      <PageHead title={t('kpi.title')} actions={add} />
      <ErrorNote error={rules.error} retry={() => void rules.refetch()} />
      <div className="card">
        {rules.isSuccess && kpis.length === 0 && (
          <EmptyState title={t('kpi.none')} hint={t('kpi.noneHint')} icon={<IconMathFunction size={40} aria-hidden />} action={add} />
        )}
        {kpis.length > 0 && (
          <div className="table-wrap">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">{t('config.name')}</th>
                  <th scope="col" className="number">
                    {t('device.value')}
                  </th>
                  <th scope="col" className="wide-only">
                    {t('rules.target')}
                  </th>
                  <th scope="col">{t('kpi.status')}</th>
                  <ActionsHead />
                </tr>
              </thead>
              <tbody>
                {kpis.map((kpi) => (
                  <tr key={kpi.tag.id}>
                    <td>
                      <Link to="/trends" search={{ tags: [kpi.tag.id] }}>
                        {kpi.tag.name}
                      </Link>
                      <span className="meta" style={{ display: 'block' }}>
                        {device(kpi.tag.deviceId)?.code}
                      </span>
                    </td>
                    <td className="number">
                      <LiveValue tag={kpi.tag} />
                    </td>
                    <td className="wide-only numeric">
                      <KpiTargetText kpi={kpi} />
                    </td>
                    <td>
                      <KpiMark kpi={kpi} alarms={alarms} />
                    </td>
                    <td>
                      <RowActions
                        name={kpi.tag.name}
                        onEdit={() => setOpen({ what: 'edit', kpi })}
                        onRemove={() => setOpen({ what: 'remove', kpi })}
                      >
                        <ActionIcon
                          variant="subtle"
                          aria-label={t('config.rulesOf', { name: kpi.tag.name })}
                          onClick={() => setOpen({ what: 'rules', kpi })}
                        >
                          <IconBellCog size={16} aria-hidden />
                        </ActionIcon>
                      </RowActions>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      {open?.what === 'edit' && <KpiDialog kpi={open.kpi} onClose={close} />}
      {open?.what === 'rules' && open.kpi !== null && <RulesDialog tag={open.kpi.tag} onClose={close} />}
      <RemoveDialog
        of={open?.what === 'remove' ? (open.kpi?.tag ?? null) : null}
        name={(tag) => tag.name}
        confirm={t('kpi.remove')}
        remove={async ({ id }) => await call('DELETE /api/tags/:id', { params: { id } })}
        stale={[bootstrapQuery.queryKey, ['config', 'rules']]}
        onClose={close}
      >
        {t('kpi.removeText')}
      </RemoveDialog>
    </>
  )
}
