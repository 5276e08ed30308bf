import { Button, NativeSelect } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useT } from '../../../i18n/language.ts'
import { useSchemaWords } from '../../../i18n/language.ts'
import { deviceTitle } from '../../../widgets/device-title.ts'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { brokersQuery, type Shared } from './brokers-query.ts'

const BrokerDialog = onDemand(async () => (await import('./broker-dialog.tsx')).BrokerDialog)

interface Props {
  readonly protocol: string
  readonly shared: Shared
  /** Code of the chosen one; empty when none is. */
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (code: string) => void
}

/** Which shared connection a device uses; a new one is made on the spot. */
export function BrokerChoice({ protocol, shared, value, error, onChange }: Props): ReactNode {
  const t = useT()
  const say = useSchemaWords()
  const query = useQuery(brokersQuery)
  const [adding, setAdding] = useState(false)
  const brokers = (query.data ?? []).filter((broker) => broker.protocol === protocol)
  const known = brokers.some((broker) => broker.code === value)
  return (
    <div className="row" style={{ alignItems: 'flex-end' }}>
      <NativeSelect
        label={say(shared.title)}
        required
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
        style={{ flex: '0 1 360px' }}
      >
        <option value="">{brokers.length === 0 ? t('broker.none') : t('form.choose')}</option>
        {!known && value !== '' && <option value={value}>{value}</option>}
        {brokers.map((broker) => (
          <option key={broker.id} value={broker.code}>
            {deviceTitle(broker)}
          </option>
        ))}
      </NativeSelect>
      <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
        {t('broker.add')}
      </Button>
      {adding && (
        <BrokerDialog
          protocol={protocol}
          shared={shared}
          broker={null}
          onSaved={(broker) => onChange(broker.code)}
          onClose={() => setAdding(false)}
        />
      )}
    </div>
  )
}
