import { ActionIcon, Button } from '@mantine/core'
import { IconBellCog, IconMathFunction, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery, useSession } from '../../../session.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { LiveValue } from '../../../widgets/live-value.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { alarmsQuery } from '../../alarms/alarms-query.ts'
import { type Kpi, kpisOf } from '../../kpis/kpi-list.ts'
import { KpiMark, KpiTargetText } from '../../kpis/kpi-mark.tsx'
import { Crumbs } from '../crumbs.tsx'
import { rulesQuery } from '../rules/rules-query.ts'
import '../configure.css'

const KpiDialog = onDemand(async () => (await import('./kpi-dialog.tsx')).KpiDialog)
const RulesDialog = onDemand(async () => (await import('../rules/rules-dialog.tsx')).RulesDialog)
const ConfirmDialog = onDemand(async () => (await import('../../../widgets/confirm-dialog.tsx')).ConfirmDialog)

/** Figures computed over all devices: virtual tags, stored and trended as any, with a target. */
export function KpisPage(): ReactNode {
  const t = useT()
  const { tags, device } = useSession()
  const queries = useQueryClient()
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
                  <th scope="col">
                    <span className="visually-hidden">{t('config.actions')}</span>
                  </th>
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
                      <span className="row" style={{ justifyContent: 'flex-end', flexWrap: 'nowrap', gap: 2 }}>
                        <ActionIcon
                          variant="subtle"
                          aria-label={t('config.edit', { name: kpi.tag.name })}
                          onClick={() => setOpen({ what: 'edit', kpi })}
                        >
                          <IconPencil size={16} aria-hidden />
                        </ActionIcon>
                        <ActionIcon
                          variant="subtle"
                          aria-label={t('config.rulesOf', { name: kpi.tag.name })}
                          onClick={() => setOpen({ what: 'rules', kpi })}
                        >
                          <IconBellCog size={16} aria-hidden />
                        </ActionIcon>
                        <ActionIcon
                          variant="subtle"
                          color="critical"
                          aria-label={t('config.remove', { name: kpi.tag.name })}
                          onClick={() => setOpen({ what: 'remove', kpi })}
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
      {open?.what === 'edit' && <KpiDialog kpi={open.kpi} onClose={close} />}
      {open?.what === 'rules' && open.kpi !== null && <RulesDialog tag={open.kpi.tag} onClose={close} />}
      {open?.what === 'remove' && open.kpi !== null && (
        <ConfirmDialog
          opened
          title={t('config.removeTitle', { name: open.kpi.tag.name })}
          confirm={t('kpi.remove')}
          danger
          onConfirm={async () => {
            if (open.kpi === null) return
            await call('DELETE /api/tags/:id', { params: { id: open.kpi.tag.id } })
            await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
            await queries.invalidateQueries({ queryKey: ['config', 'rules'] })
            tellDone(t('config.removed', { name: open.kpi.tag.name }))
          }}
          onClose={close}
        >
          {t('kpi.removeText')}
        </ConfirmDialog>
      )}
    </>
  )
}
