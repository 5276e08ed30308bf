import { NativeSelect, Switch, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import type { Contact } from './people-queries.ts'

type Quiet = NonNullable<Contact['quiet']>

/** When somebody is not to be disturbed, and by what. */
export function QuietFields({ quiet, onChange }: { quiet: Quiet | null; onChange: (quiet: Quiet | null) => void }): ReactNode {
  const t = useT()
  return (
    <div className="stack">
      <Switch
        label={t('person.quiet')}
        description={t('person.quietHint')}
        checked={quiet !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? { from: '22:00', to: '07:00', severity: 'warning' } : null)}
      />
      {quiet !== null && (
        <div className="form-grid">
          <TextInput
            type="time"
            label={t('esc.from')}
            required
            value={quiet.from}
            onChange={(event) => onChange({ ...quiet, from: event.currentTarget.value })}
          />
          <TextInput
            type="time"
            label={t('esc.to')}
            required
            value={quiet.to}
            onChange={(event) => onChange({ ...quiet, to: event.currentTarget.value })}
          />
          <NativeSelect
            label={t('person.quietUpTo')}
            value={quiet.severity}
            data={(['info', 'warning'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
            onChange={(event) => onChange({ ...quiet, severity: event.currentTarget.value as Quiet['severity'] })}
          />
        </div>
      )}
    </div>
  )
}
