import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { call, type CallReply } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import type { Translate } from '../../i18n/translate.ts'
import { useSession } from '../../session.tsx'
import { alarmName } from '../alarms/alarm-text.ts'

/** Alarms whose chain ended without an answer: said on the first page until somebody acknowledges. */
export function UnansweredBanner(): ReactNode {
  const t = useT()
  const { may } = useSession()
  const query = useQuery({
    queryKey: ['cases'],
    queryFn: async ({ signal }) => await call('GET /api/cases', {}, signal),
    enabled: may('operator'),
    refetchInterval: 15_000,
  })
  const unanswered = (query.data ?? []).filter((one) => one.state === 'exhausted')
  if (unanswered.length === 0) return null
  return (
    <div className="banner" role="alert">
      <span className="grow">
        {[false, true]
          .map((untold) => ({ untold, ended: unanswered.filter((one) => one.untold === untold) }))
          .filter(({ ended }) => ended.length > 0)
          .map(({ untold, ended }) => `${t(untold ? 'cases.untold' : 'cases.exhausted')}: ${namesOf(ended, t)}.`)
          .join(' ')}
      </span>
      <Link to="/alarms">{t('nav.alarms')}</Link>
    </div>
  )
}

function namesOf(ended: CallReply<'GET /api/cases'>, t: Translate): string {
  return ended
    .map((one) => `#${one.displayNumber} ${alarmName({ kind: one.alarmKind, name: one.alarmName }, t)} (${one.deviceCode})`)
    .join(', ')
}
