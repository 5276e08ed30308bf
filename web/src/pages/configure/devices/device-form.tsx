import { Button, Group, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import type { Device, Severity } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery, useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { SchemaForm } from '../../../widgets/schema-form/schema-form.tsx'
import { defaultsOf, fieldErrors, type FormValue } from '../../../widgets/schema-form/schema.ts'
import { useAction } from '../use-action.ts'
import { ProbePanel } from './probe-panel.tsx'
import { protocolsQuery } from './protocols.ts'

type Protocols = CallReply<'GET /api/protocols'>
type Draft = Omit<Device, 'id' | 'demo' | 'secretsSet'>

/** General data and connection of a device, with Test Connection before anything is saved. */
export function DeviceForm({ device, onSaved }: { device: Device | null; onSaved: (device: Device) => void }): ReactNode {
  const protocols = useQuery(protocolsQuery)
  if (protocols.data === undefined) return <ErrorNote error={protocols.error} retry={() => void protocols.refetch()} />
  return <Form device={device} protocols={protocols.data} onSaved={onSaved} />
}

function Form({
  device,
  protocols,
  onSaved,
}: {
  device: Device | null
  protocols: Protocols
  onSaved: (device: Device) => void
}): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const { tagsOf } = useSession()
  const action = useAction()
  const [draft, setDraft] = useState<Draft>(() => (device === null ? freshDevice(protocols) : withDefaults(device, protocols)))
  const protocol = protocols.find((one) => one.protocol === draft.protocol)
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change })
  const errors = fieldErrors(action.error)
  const connectionErrors = fieldErrors(action.error, 'connection')

  const save = async (): Promise<void> => {
    const body = { ...draft, code: draft.code.trim(), name: draft.name.trim() === '' ? draft.code.trim() : draft.name.trim() }
    const { id: _id, demo: _demo, secretsSet: _set, ...rest } = { id: 0, demo: false, secretsSet: [], ...body }
    let saved: Device | undefined
    const ok = await action.run(
      async () => {
        saved =
          device === null
            ? await call('POST /api/devices', { body: rest })
            : await call('PUT /api/devices/:id', { params: { id: device.id }, body: rest })
        await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
      },
      t('config.saved', { name: rest.code }),
    )
    if (ok && saved !== undefined) onSaved(saved)
  }

  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div className="card-head">
        <h2>{t('config.connection')}</h2>
      </div>
      <div className="card-body stack">
        <div className="form-grid">
          <TextInput
            label={t('config.code')}
            description={t('config.codeHint')}
            required
            maxLength={64}
            value={draft.code}
            error={errors['code']}
            onChange={(event) => set({ code: event.currentTarget.value })}
          />
          <TextInput
            label={t('config.name')}
            maxLength={200}
            value={draft.name}
            error={errors['name']}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            label={t('config.area')}
            maxLength={200}
            value={draft.area}
            onChange={(event) => set({ area: event.currentTarget.value })}
          />
          <NativeSelect
            label={t('config.protocol')}
            disabled={device !== null}
            value={draft.protocol}
            error={errors['protocol']}
            data={protocols.map((one) => ({ value: one.protocol, label: one.title }))}
            onChange={(event) => {
              const chosen = protocols.find((one) => one.protocol === event.currentTarget.value)
              if (chosen !== undefined) set({ protocol: chosen.protocol, connection: { ...defaultsOf(chosen.connectionSchema) } })
            }}
          />
        </div>
        {protocol !== undefined && (
          <SchemaForm
            schema={partOf(protocol.connectionSchema, false)}
            value={draft.connection}
            onChange={(connection: FormValue) => set({ connection: { ...connection } })}
            errors={connectionErrors}
          />
        )}
        <Timing draft={draft} set={set} errors={errors} />
        {protocol !== undefined && Object.keys(partOf(protocol.connectionSchema, true).properties).length > 0 && (
          <details open={seldomErrors(protocol.connectionSchema, connectionErrors) ? true : undefined}>
            <summary>{t('config.seldomNeeded')}</summary>
            <div className="card-body">
              <SchemaForm
                schema={partOf(protocol.connectionSchema, true)}
                value={draft.connection}
                onChange={(connection: FormValue) => set({ connection: { ...connection } })}
                errors={connectionErrors}
              />
            </div>
          </details>
        )}
        <ErrorNote error={Object.keys({ ...errors, ...connectionErrors }).length > 0 ? null : action.error} />
        <ProbePanel
          deviceId={device?.id ?? null}
          protocol={draft.protocol}
          timeoutMillis={draft.timeoutMillis}
          connection={draft.connection}
          tags={device === null ? [] : tagsOf(device.id).slice(0, 200)}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={action.busy}>
            {device === null ? t('config.addDevice') : t('action.save')}
          </Button>
        </Group>
      </div>
    </form>
  )
}

function Timing({
  draft,
  set,
  errors,
}: {
  draft: Draft
  set: (change: Partial<Draft>) => void
  errors: Readonly<Record<string, string>>
}): ReactNode {
  const t = useT()
  const number = (value: number | string, otherwise: number): number => (typeof value === 'number' ? value : otherwise)
  return (
    <div className="form-grid">
      <NumberInput
        label={t('config.poll')}
        hideControls
        min={50}
        value={draft.pollMillis}
        error={errors['pollMillis']}
        onChange={(value) => set({ pollMillis: number(value, 1000) })}
      />
      <NumberInput
        label={t('config.timeout')}
        hideControls
        min={50}
        value={draft.timeoutMillis}
        error={errors['timeoutMillis']}
        onChange={(value) => set({ timeoutMillis: number(value, 2000) })}
      />
      <NumberInput
        label={t('config.commTimeout')}
        description={t('config.commTimeoutHint')}
        hideControls
        value={draft.commTimeoutSeconds ?? ''}
        error={errors['commTimeoutSeconds']}
        onChange={(value) => set({ commTimeoutSeconds: typeof value === 'number' ? value : null })}
      />
      <NativeSelect
        label={t('config.commSeverity')}
        value={draft.commSeverity}
        data={(['info', 'warning', 'critical'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
        onChange={(event) => set({ commSeverity: event.currentTarget.value as Severity })}
      />
      <Switch
        className="wide"
        label={t('config.enabled')}
        description={t('config.enabledHint')}
        checked={draft.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
    </div>
  )
}

/** What was never said stands there as what holds. */
function withDefaults(device: Device, protocols: Protocols): Draft {
  const schema = protocols.find((one) => one.protocol === device.protocol)?.connectionSchema
  return schema === undefined ? device : { ...device, connection: { ...defaultsOf(schema), ...device.connection } }
}

/** The fields of a schema that are marked as seldom needed, or the others. */
function partOf(schema: Protocols[number]['connectionSchema'], seldom: boolean): { properties: Record<string, unknown> } {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, { seldom?: boolean }>)
  return { ...schema, properties: Object.fromEntries(properties.filter(([, field]) => (field.seldom === true) === seldom)) }
}

function seldomErrors(schema: Protocols[number]['connectionSchema'], errors: Readonly<Record<string, string>>): boolean {
  return Object.keys(errors).some((field) => field in partOf(schema, true).properties)
}

function freshDevice(protocols: Protocols): Draft {
  const [first] = protocols
  return {
    code: '',
    name: '',
    area: '',
    protocol: first?.protocol ?? '',
    enabled: true,
    pollMillis: 1000,
    timeoutMillis: 2000,
    commTimeoutSeconds: 60,
    commSeverity: 'warning',
    livenessCounts: true,
    connection: first === undefined ? {} : { ...defaultsOf(first.connectionSchema) },
  }
}
