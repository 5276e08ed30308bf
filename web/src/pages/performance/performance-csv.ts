import { type CsvLook, writeCell } from '#plant/sheets/core/csv.ts'
import type { Translate } from '../../i18n/translate.ts'
import { alarmName } from '../alarms/alarm-text.ts'
import { judgedFigures, type PerformanceReply, RECOMMENDED } from './targets.ts'

const LOOK: CsvLook = { delimiter: ',', decimal: '.' }

/** The page as a CSV file: figures, then the bad actors. */
export function performanceCsv(reply: PerformanceReply, operators: number, t: Translate): string {
  const day = (at: number): string => new Date(at / 1000).toISOString()
  const round = (value: number): number => Number(value.toFixed(3))
  const rows: (string | number | null)[][] = [
    [t('perf.title'), `${day(reply.from)} – ${day(reply.now)}`, reply.timeZone],
    [t('perf.operators'), operators],
    [],
    [t('perf.figure'), t('perf.value'), t('perf.target'), t('perf.limit')],
    ...judgedFigures(reply, operators).map((one) => [
      `${t(`perf.${one.key}`)}${one.percent ? ' (%)' : ''}`,
      round(one.value),
      one.target,
      one.limit,
    ]),
    [t('perf.alarms'), reply.alarms],
    [t('perf.floods'), reply.floods.length],
    [t('perf.chattering'), reply.chattering.times],
    [t('perf.fleeting'), reply.fleeting],
    [t('perf.stale'), reply.stale.length],
    [t('perf.shelved'), reply.shelved],
    [`${t('perf.ackP50')} (s)`, reply.acknowledged.p50],
    [`${t('perf.ackP95')} (s)`, reply.acknowledged.p95],
    [t('perf.slow'), reply.slow],
    ...(['critical', 'warning', 'info'] as const).map((severity) => [
      t(`severity.${severity}`),
      reply.split[severity],
      `${RECOMMENDED[severity]} %`,
    ]),
    [],
    [t('perf.rule'), t('curves.device'), t('perf.alarms'), t('perf.chattering')],
    ...reply.badActors.map((one) => [alarmName(one, t), one.deviceCode, one.alarms, one.chattering]),
  ]
  return rows.map((row) => `${row.map((cell) => writeCell(cell, LOOK)).join(',')}\r\n`).join('')
}
