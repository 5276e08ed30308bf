import type { ReactNode } from 'react'
import { kpiStatus, kpiTargetOf } from '#calc/kpi-status.ts'
import type { Alarm } from '../../api/replies.ts'
import { formatShort } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useReading } from '../../live/hooks.ts'
import { useSession } from '../../session.tsx'
import { useFreshness } from '../../widgets/live-value.tsx'
import type { Kpi } from './kpi-list.ts'
import './kpis.css'

const SHAPE = { green: '●', amber: '▲', red: '✕', none: '–' } as const

/** Green, amber or red by colour, shape and word; nothing is claimed of a value that is not fresh. @param alarms open ones of any tag */
export function KpiMark({ kpi, alarms }: { kpi: Kpi; alarms: readonly Alarm[] }): ReactNode {
  const t = useT()
  const reading = useReading(kpi.tag.id)
  const { state } = useFreshness(kpi.tag)
  const own = alarms.filter((alarm) => alarm.tagId === kpi.tag.id)
  const alarm = own.some((one) => one.clearedAt === null)
    ? 'standing'
    : own.some((one) => one.acknowledgedAt === null)
      ? 'returned'
      : 'none'
  if (kpi.main === undefined) return <span className="meta">{t('kpi.noTarget')}</span>
  const value = state === 'fresh' && reading?.value !== null ? Number(reading?.value ?? Number.NaN) : Number.NaN
  const status = kpiStatus(value, kpiTargetOf(kpi.main), alarm)
  return (
    <span className="kpi-status" data-status={status}>
      <span aria-hidden>{SHAPE[status]}</span> {t(`kpi.is.${status}`)}
    </span>
  )
}

/** `0.7 ± 0.1 kWh/m³`, `> 5 %`: what the figure is held against. */
export function KpiTargetText({ kpi }: { kpi: Kpi }): ReactNode {
  const { locale } = useSession()
  const { main, tag } = kpi
  if (main === undefined) return '–'
  const figure = (value: number): string => formatShort(value, locale)
  if (main.kind === 'threshold') return `${main.operator} ${figure(main.setpoint)} ${tag.unit}`
  return `${figure(main.target ?? 0)} ± ${figure(main.setpoint)} ${main.kind === 'deviation' ? '%' : tag.unit}`
}
