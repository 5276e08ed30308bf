import { Switch, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { FoldedForm } from '../../../widgets/schema-form/folded-form.tsx'
import { defaultsOf, fieldErrors, type FormValue, splitSecrets } from '../../../widgets/schema-form/schema.ts'
import { ProbeSteps } from '../devices/probe-panel.tsx'
import { FormDialog } from '../form-dialog.tsx'
import { useAction } from '../use-action.ts'
import { type Broker, brokersQuery, type Shared } from './brokers-query.ts'

interface Props {
  readonly protocol: string
  readonly shared: Shared
  /** Null: a new one. */
  readonly broker: Broker | null
  readonly onSaved: (broker: Broker) => void
  readonly onClose: () => void
}

/** One shared connection: its name, how it is reached, and a test of it before it is saved. */
export function BrokerDialog({ protocol, shared, broker, onSaved, onClose }: Props): ReactNode {
  const t = useT()
  const action = useAction()
  const [code, setCode] = useState(broker?.code ?? '')
  const [name, setName] = useState(broker?.name ?? '')
  const [enabled, setEnabled] = useState(broker?.enabled ?? true)
  const [value, setValue] = useState<FormValue>({ ...defaultsOf(shared.schema), ...broker?.settings })
  const own = fieldErrors(action.error)
  const errors = { ...fieldErrors(action.error, 'settings'), ...fieldErrors(action.error, 'secrets') }
  const form = { value, onChange: setValue, errors, secretsSet: broker?.secretsSet ?? [], secretsRemovable: true }
  const parts = (): { settings: Record<string, unknown>; secrets: Record<string, string> } => {
    const { settings, secrets } = splitSecrets(shared.schema, value)
    return { settings: { ...settings }, secrets }
  }

  const save = async (): Promise<Broker> => {
    const body = { code: code.trim(), name: name.trim() === '' ? code.trim() : name.trim(), protocol, enabled, ...parts() }
    return broker === null
      ? await call('POST /api/brokers', { body })
      : await call('PUT /api/brokers/:id', { params: { id: broker.id }, body })
  }

  return (
    <FormDialog
      title={broker === null ? t('broker.add') : t('config.edit', { name: broker.code })}
      size="xl"
      action={action}
      told={t('config.saved', { name: code.trim() })}
      stale={brokersQuery.queryKey}
      save={save}
      onSaved={onSaved}
      onClose={onClose}
      below={
        <ProbeSteps
          of={JSON.stringify(value)}
          start={async () => {
            const { requestId } = await call('POST /api/brokers/probe', { body: { id: broker?.id ?? null, protocol, ...parts() } })
            return requestId
          }}
        />
      }
    >
      <div className="form-grid">
        <TextInput
          label={t('config.code')}
          description={t('broker.codeHint')}
          required
          maxLength={64}
          value={code}
          error={own['code']}
          onChange={(event) => setCode(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label={t('config.name')}
          maxLength={200}
          value={name}
          error={own['name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <FoldedForm schema={shared.schema} {...form} />
      <Switch
        label={t('config.enabled')}
        description={t('broker.enabledHint')}
        checked={enabled}
        onChange={(event) => setEnabled(event.currentTarget.checked)}
      />
    </FormDialog>
  )
}
