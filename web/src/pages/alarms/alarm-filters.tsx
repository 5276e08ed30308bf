import { useDebouncedCallback } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { SearchBox } from '../../widgets/controls/search-box.tsx'
import { Select } from '../../widgets/controls/select.tsx'
import type { AlarmsSearch } from '../searches.ts'

const SEVERITIES = ['critical', 'warning', 'info'] as const

/** What narrows down a list of alarms; all of it stands in the address. */
export function AlarmFilters({ search, onChange }: { search: AlarmsSearch; onChange: (next: AlarmsSearch) => void }): ReactNode {
  const t = useT()
  const { devices } = useSession()
  const [text, setText] = useState(search.text ?? '')
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
    </div>
  )
}
