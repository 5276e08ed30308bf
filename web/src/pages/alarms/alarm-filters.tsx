import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { buttonLook } from '../../widgets/controls/button.tsx'
import { SearchBox } from '../../widgets/controls/search-box.tsx'
import { Select } from '../../widgets/controls/select.tsx'
import { ALARM_PERIODS, ALARM_STANDINGS, type AlarmsSearch } from '../searches.ts'
import { categoriesQuery } from './categories-query.ts'
import { categoryTree } from './category-tree.ts'

export const NO_FILTERS: AlarmsSearch = {
  severity: undefined,
  device: undefined,
  text: undefined,
  category: undefined,
  period: undefined,
  is: undefined,
}
const SEVERITIES = ['critical', 'warning', 'info'] as const

interface Props {
  readonly search: AlarmsSearch
  readonly onChange: (next: AlarmsSearch) => void
  /** On a phone, where alarms come before what narrows them down: behind a button, with whatever else is seldom wanted. */
  readonly folded: ReactNode
}

/** What narrows down a list of alarms; all of it stands in the address. */
export function AlarmFilters({ search, onChange, folded }: Props): ReactNode {
  const t = useT()
  const [text, setText] = useState(search.text ?? '')
  const applied = useRef(search.text)
  const apply = useDebouncedCallback((next: string) => {
    applied.current = next === '' ? undefined : next
    onChange({ text: applied.current })
  }, 300)
  // what came with a view or went with a click, not what is being typed
  useEffect(() => {
    if (search.text === applied.current) return
    applied.current = search.text
    setText(search.text ?? '')
  }, [search.text])
  const count = [search.severity, search.device, search.category, search.period, search.is].filter((one) => one !== undefined).length
  return (
    <div className="filters">
      <SearchBox
        className="alarm-search"
        label={t('form.search')}
        value={text}
        onChange={(next) => {
          setText(next)
          apply(next)
        }}
      />
      {folded === undefined ? (
        <Choices search={search} onChange={onChange} />
      ) : (
        <details className="filters-fold">
          <summary className={buttonLook('default', 'md')}>{count === 0 ? t('filter.more') : `${t('filter.more')} (${count})`}</summary>
          <div className="filters">
            <Choices search={search} onChange={onChange} />
            {folded}
          </div>
        </details>
      )}
    </div>
  )
}

function Choices({ search, onChange }: Omit<Props, 'folded'>): ReactNode {
  const t = useT()
  const { devices } = useSession()
  return (
    <>
      <Select
        aria-label={t('alarm.severity')}
        value={search.severity ?? ''}
        onChange={(event) => onChange({ severity: SEVERITIES.find((severity) => severity === event.currentTarget.value) })}
      >
        <option value="">{t('alarms.anySeverity')}</option>
        {SEVERITIES.map((severity) => (
          <option key={severity} value={severity}>
            {t(`severity.${severity}`)}
          </option>
        ))}
      </Select>
      <Select
        aria-label={t('alarm.device')}
        value={search.device ?? ''}
        onChange={(event) => onChange({ device: event.currentTarget.value === '' ? undefined : Number(event.currentTarget.value) })}
      >
        <option value="">{t('alarms.anyDevice')}</option>
        {devices.map((device) => (
          <option key={device.id} value={device.id}>
            {device.code} · {device.name}
          </option>
        ))}
      </Select>
      <CategoryChoice value={search.category} onChange={(category) => onChange({ category })} />
      {search.state === 'history' && (
        <>
          <Select
            aria-label={t('filter.period')}
            value={search.period ?? ''}
            onChange={(event) => onChange({ period: ALARM_PERIODS.find((one) => one === event.currentTarget.value) })}
          >
            <option value="">{t('filter.anyTime')}</option>
            {ALARM_PERIODS.map((one) => (
              <option key={one} value={one}>
                {t(`filter.${one}`)}
              </option>
            ))}
          </Select>
          <Select
            aria-label={t('filter.is')}
            value={search.is ?? ''}
            onChange={(event) => onChange({ is: ALARM_STANDINGS.find((one) => one === event.currentTarget.value) })}
          >
            <option value="">{t('filter.anyState')}</option>
            {ALARM_STANDINGS.map((one) => (
              <option key={one} value={one}>
                {t(`filter.${one}`)}
              </option>
            ))}
          </Select>
        </>
      )}
    </>
  )
}

/** The tree of categories, each below the one it belongs to. */
function CategoryChoice({ value, onChange }: { value: string | undefined; onChange: (category: string | undefined) => void }): ReactNode {
  const t = useT()
  const { data = [] } = useQuery(categoriesQuery)
  const paths = value === undefined ? data : categoryTree([...data, value])
  if (paths.length === 0) return null
  return (
    <Select
      aria-label={t('filter.category')}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    >
      <option value="">{t('filter.anyCategory')}</option>
      {paths.map((path) => (
        <option key={path} value={path}>
          {`${'\u2003'.repeat(path.split('/').length - 1)}${path.split('/').at(-1) ?? path}`}
        </option>
      ))}
    </Select>
  )
}
