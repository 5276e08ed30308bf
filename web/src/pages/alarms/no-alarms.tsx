import { IconBellOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { Button } from '../../widgets/controls/button.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import type { AlarmsSearch } from '../searches.ts'
import { suppressionsQuery } from './suppressions-query.ts'

/** @returns whether the address narrows the list down */
function isFiltered({ severity, device, text, category, period, is }: AlarmsSearch): boolean {
  return [severity, device, text, category, period, is].some((one) => one !== undefined)
}

export function NoAlarms({ search, onClear }: { search: AlarmsSearch; onClear: () => void }): ReactNode {
  const t = useT()
  const { data } = useQuery(suppressionsQuery)
  // what is put aside may stand all the same
  const hidden = data === undefined ? 0 : data.shelves.length + data.maintenance.length + data.designed.length
  const icon = <IconBellOff size={40} aria-hidden />
  if (isFiltered(search)) {
    return (
      <div className="card">
        <EmptyState
          title={t('alarms.noneFiltered')}
          icon={icon}
          action={
            <Button variant="default" onClick={onClear}>
              {t('action.clearFilters')}
            </Button>
          }
        />
      </div>
    )
  }
  if (search.state === 'suppressed') return <p className="muted">{t('hidden.noneOpen')}</p>
  return (
    <div className="card">
      {search.state === 'history' ? (
        <EmptyState title={t('alarms.noHistory')} hint={t('alarms.noHistoryHint')} icon={icon} />
      ) : (
        <EmptyState
          title={t('alarms.none')}
          hint={hidden === 0 ? t('alarms.noneHint') : t('hidden.noneButHidden', { count: hidden })}
          icon={icon}
        />
      )}
    </div>
  )
}
