import { IconChartDots } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { buttonLook } from '../../widgets/controls/button.tsx'
import { Segments } from '../../widgets/controls/segments.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { curvesQuery } from '../configure/rules/curves-query.ts'
import { rulesQuery } from '../configure/rules/rules-query.ts'
import { CURVE_SPAN_NAMES, type CurveSpan } from './curve-spans.ts'
import { CurveView } from './curve-view.tsx'
import { curveUses, type CurveUse } from './curve-uses.ts'
import './curves.css'
import { NowVerdict } from './now-verdict.tsx'

/** Whether machines keep to their curves. */
export function CurvesPage(): ReactNode {
  const t = useT()
  const session = useSession()
  const search = useSearch({ from: '/shell/curves' })
  const navigate = useNavigate({ from: '/curves' })
  const rules = useQuery(rulesQuery())
  const curves = useQuery(curvesQuery)
  const span: CurveSpan = search.span ?? '24h'
  const all = curveUses(rules.data ?? [], curves.data ?? [], session)
  const own = search.device === undefined ? all : all.filter((one) => one.rule.deviceId === search.device)
  const open = own.find((one) => one.rule.id === search.rule) ?? own[0]
  const device = open === undefined ? undefined : session.device(open.rule.deviceId)
  return (
    <>
      <PageHead
        title={open === undefined ? t('curves.title') : `${device?.code ?? ''} · ${open.curve.name}`}
        actions={
          session.may('engineer') && (
            <Link to="/config/curves" className={buttonLook('default')}>
              {t('curves.configure')}
            </Link>
          )
        }
      />
      <ErrorNote error={rules.error ?? curves.error} retry={() => void Promise.all([rules.refetch(), curves.refetch()])} />
      {rules.isSuccess && curves.isSuccess && open === undefined && (
        <div className="card">
          <EmptyState
            title={t('curves.none')}
            hint={session.may('engineer') ? t('curves.noneHint') : t('curves.noneAsk')}
            icon={<IconChartDots size={40} aria-hidden />}
          />
        </div>
      )}
      {open !== undefined && (
        <>
          <Segments
            label={t('trends.span')}
            value={span}
            onChange={(value) => void navigate({ search: (old) => ({ ...old, span: value }), replace: true })}
            choices={CURVE_SPAN_NAMES.map((name) => ({ value: name, label: name.replace(/(\d)(\D)/, '$1 $2') }))}
          />
          {open.x === undefined ? (
            <div className="card">
              <EmptyState title={t('curves.hidden')} hint={t('curves.hiddenHint', { tag: open.rule.xTag })} />
            </div>
          ) : (
            <CurveView key={open.rule.id} use={open} x={open.x} span={span} />
          )}
          {(all.length > 1 || search.device !== undefined) && <UseTable uses={all} open={open} span={search.span} />}
        </>
      )}
    </>
  )
}

function UseTable({ uses, open, span }: { uses: readonly CurveUse[]; open: CurveUse; span: CurveSpan | undefined }): ReactNode {
  const t = useT()
  const { device } = useSession()
  return (
    <div className="card table-wrap">
      <table className="grid">
        <thead>
          <tr>
            <th>{t('curves.device')}</th>
            <th>{t('curves.curve')}</th>
            <th>{t('curves.now')}</th>
          </tr>
        </thead>
        <tbody>
          {uses.map((use) => (
            <tr key={use.rule.id} aria-selected={use === open}>
              <td>{device(use.rule.deviceId)?.code}</td>
              <td>
                <Link
                  to="/curves"
                  search={{ rule: use.rule.id, ...(span === undefined ? {} : { span }) }}
                  aria-current={use === open ? 'true' : undefined}
                >
                  {use.curve.name} · {use.y.name}
                </Link>
              </td>
              <td>{use.x === undefined ? '–' : <NowVerdict x={use.x} y={use.y} curve={use.curve} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
