import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { buttonLook } from '../../widgets/controls/button.tsx'
import type { AlarmsSearch } from '../searches.ts'
import { suppressionsQuery } from './suppressions-query.ts'

/** The lists of alarms; what is hidden is counted, so that it is never forgotten. */
export function AlarmTabs({ search }: { search: AlarmsSearch }): ReactNode {
  const t = useT()
  const { data } = useQuery(suppressionsQuery)
  const counted = (text: string, count: number | undefined): string => (count === undefined || count === 0 ? text : `${text} (${count})`)
  const suppressed = data === undefined ? undefined : data.maintenance.length + data.designed.length + data.chattering.length
  const tabs = [
    [undefined, t('alarms.active')],
    ['shelved', counted(t('tabs.shelved'), data?.shelves.length)],
    ['suppressed', counted(t('tabs.suppressed'), suppressed)],
    ['history', t('alarms.history')],
  ] as const
  return (
    <nav className="tabs" aria-label={t('tabs.label')}>
      {tabs.map(([state, label]) => (
        <Link
          key={label}
          to="/alarms"
          search={({ state: _state, alarm: _alarm, ...filters }: AlarmsSearch) => ({
            ...filters,
            ...(state === undefined ? {} : { state }),
          })}
          replace
          className={buttonLook(search.state === state ? 'filled' : 'default')}
          aria-current={search.state === state ? 'page' : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}
