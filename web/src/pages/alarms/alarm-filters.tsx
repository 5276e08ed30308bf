import { useDebouncedCallback } from '@mantine/hooks'
import { IconBookmark } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { Button, buttonLook } from '../../widgets/controls/button.tsx'
import { SearchBox } from '../../widgets/controls/search-box.tsx'
import { Select } from '../../widgets/controls/select.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import { ALARM_PERIODS, ALARM_STANDINGS, alarmsSearch, type AlarmsSearch } from '../searches.ts'
import { filterOf } from './alarms-query.ts'
import { categoryTree } from './category-tree.ts'

const ViewsDialog = onDemand(async () => (await import('../../widgets/saved-views/views-dialog.tsx')).ViewsDialog)
export const NO_FILTERS: AlarmsSearch = {
  severity: undefined,
  device: undefined,
  text: undefined,
  category: undefined,
  period: undefined,
  is: undefined,
}
const SEVERITIES = ['critical', 'warning', 'info'] as const

/** What narrows down a list of alarms; all of it stands in the address. */
export function AlarmFilters({ search, onChange }: { search: AlarmsSearch; onChange: (next: AlarmsSearch) => void }): ReactNode {
  const t = useT()
  const { devices } = useSession()
  const [text, setText] = useState(search.text ?? '')
  const [keeping, setKeeping] = useState(false)
  const apply = useDebouncedCallback((next: string) => onChange({ text: next === '' ? undefined : next }), 300)
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
          <a className={buttonLook('default')} href={csvAddress(search)} download>
            {t('filter.exportCsv')}
          </a>
        </>
      )}
      <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />} onClick={() => setKeeping(true)}>
        {t('views.title')}
      </Button>
      {keeping && (
        <ViewsDialog
          page="alarms"
          search={{ ...search }}
          onOpen={(kept) => {
            const view = alarmsSearch(kept)
            setText(view.text ?? '')
            onChange({ ...NO_FILTERS, state: undefined, ...view })
          }}
          onClose={() => setKeeping(false)}
        />
      )}
    </div>
  )
}

/** What is listed, all of it, as a file; the browser keeps it while it is sent. */
function csvAddress(search: AlarmsSearch): string {
  const given = Object.entries(filterOf(search, live.now())).filter(([, value]) => value !== undefined)
  return `/api/alarms.csv?${new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()}`
}

/** The tree of categories, each below the one it belongs to. */
function CategoryChoice({ value, onChange }: { value: string | undefined; onChange: (category: string | undefined) => void }): ReactNode {
  const t = useT()
  const { data } = useQuery({
    queryKey: ['config', 'alarm-categories'],
    queryFn: async ({ signal }) => await call('GET /api/alarm-categories', {}, signal),
    staleTime: 60_000,
  })
  const paths = categoryTree([...(data?.categories ?? []), ...(value === undefined ? [] : [value])])
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
