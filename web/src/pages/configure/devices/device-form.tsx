import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { IconBinary, IconListTree } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Device } from '../../../api/replies.ts'
import { useSchemaWords, useT } from '../../../i18n/language.ts'
import { bootstrapQuery, useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { tellError } from '../../../widgets/notices.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { fieldErrors, type FieldErrors, fieldsOf, type FormValue, isMeant } from '../../../widgets/schema-form/schema.ts'
import { importTags, type NewTag } from '../browse/import-tags.ts'
import { useAction } from '../use-action.ts'
import { ConnectionFields } from './connection-fields.tsx'
import { bodyOf, type Draft, draftOf, formOf, freshDevice, onProtocol, type Protocol } from './device-draft.ts'
import { DeviceTiming } from './device-timing.tsx'
import { ProbePanel } from './probe-panel.tsx'
import { protocolsQuery } from './protocols.ts'

const SecurityPanel = onDemand(async () => (await import('../opcua/security-panel.tsx')).SecurityPanel)
const CsvPreview = onDemand(async () => (await import('../csv/csv-preview.tsx')).CsvPreview)
const DeviceBrowse = onDemand(async () => (await import('../browse/device-browse.tsx')).DeviceBrowse)

const RegisterExplorer = onDemand(async () => (await import('../registers/register-explorer.tsx')).RegisterExplorer)

/** General data and connection of a device, with Test Connection before anything is saved. */
export function DeviceForm({ device, onSaved }: { device: Device | null; onSaved: (device: Device) => void }): ReactNode {
  const protocols = useQuery(protocolsQuery)
  if (protocols.data === undefined) return <ErrorNote error={protocols.error} retry={() => void protocols.refetch()} />
  return <Form device={device} protocols={protocols.data} onSaved={onSaved} />
}

interface Props {
  readonly device: Device | null
  readonly protocols: readonly Protocol[]
  readonly onSaved: (device: Device) => void
}

function Form({ device, protocols, onSaved }: Props): ReactNode {
  const t = useT()
  const say = useSchemaWords()
  const queries = useQueryClient()
  const { tagsOf, site } = useSession()
  const action = useAction()
  const [draft, setDraft] = useState<Draft>(() => (device === null ? freshDevice(protocols, site.timeZone) : draftOf(device, protocols)))
  /** Tags that were chosen before there is a device to add them to. */
  const [kept, setKept] = useState<readonly NewTag[]>([])
  const [browsing, setBrowsing] = useState(false)
  const [exploring, setExploring] = useState(false)
  const protocol = protocols.find((one) => one.protocol === draft.protocol)
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change })
  const setConnection = (connection: FormValue): void => set({ connection: { ...connection } })
  const use = (change: FormValue): void => setConnection({ ...draft.connection, ...change })
  const errors = fieldErrors(action.error)
  const connectionErrors = { ...fieldErrors(action.error, 'connection'), ...fieldErrors(action.error, 'secrets') }
  const form = formOf(device?.id ?? null, draft, protocol)
  const tags = [...(device === null ? [] : tagsOf(device.id)), ...kept.map((tag) => ({ ...tag, settings: tag.settings ?? {} }))]

  const save = async (): Promise<void> => {
    const body = bodyOf(draft, protocol)
    let saved: Device | undefined
    await action.run(
      async () => {
        saved =
          device === null
            ? await call('POST /api/devices', { body })
            : await call('PUT /api/devices/:id', { params: { id: device.id }, body })
        await addKept(saved.id, kept)
        await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
      },
      t('config.saved', { name: body.code }),
    )
    if (saved === undefined) return
    // a secret that was typed is not kept in the page
    setDraft({ ...draft, connection: body.connection })
    setKept([])
    onSaved(saved)
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
            data={protocols.map((one) => ({ value: one.protocol, label: say(one.title) }))}
            onChange={(event) => {
              const chosen = protocols.find((one) => one.protocol === event.currentTarget.value)
              if (chosen === undefined) return
              setDraft(onProtocol(draft, chosen, site.timeZone))
              setKept([])
            }}
          />
        </div>
        {protocol === undefined ? (
          <DeviceTiming draft={draft} set={set} errors={errors} />
        ) : (
          <ConnectionFields
            protocol={protocol}
            value={draft.connection}
            onChange={setConnection}
            errors={connectionErrors}
            secretsSet={device?.secretsSet ?? []}
          >
            <DeviceTiming draft={draft} set={set} errors={errors} />
          </ConnectionFields>
        )}
        {protocol?.actions.includes('own_certificate') === true && <SecurityPanel form={form} onUse={use} />}
        {protocol?.actions.includes('preview') === true && <CsvPreview form={form} onUse={use} />}
        <ErrorNote error={isShown(errors, connectionErrors, draft, protocol) ? null : action.error} />
        <ProbePanel form={form} tags={tags.slice(0, 200)} />
        <Group justify="flex-end">
          {kept.length > 0 && <span className="pill">{t('browse.kept', { count: kept.length })}</span>}
          {protocol?.actions.includes('read_registers') === true && (
            <Button variant="default" leftSection={<IconBinary size={16} aria-hidden />} onClick={() => setExploring(true)}>
              {t('explore.open')}
            </Button>
          )}
          {protocol?.browsable === true && (
            <Button variant="default" leftSection={<IconListTree size={16} aria-hidden />} onClick={() => setBrowsing(true)}>
              {t('browse.open')}
            </Button>
          )}
          <Button type="submit" loading={action.busy}>
            {device === null ? t('config.addDevice') : t('action.save')}
          </Button>
        </Group>
      </div>
      {exploring && (
        <RegisterExplorer form={form} device={device} tags={device === null ? [] : tagsOf(device.id)} onClose={() => setExploring(false)} />
      )}
      {browsing && (
        <DeviceBrowse
          name={draft.code.trim() === '' ? (protocol?.title ?? '') : draft.code.trim()}
          form={form}
          tags={tags}
          onKeep={(chosen, connection) => {
            setKept([...kept, ...chosen])
            use(connection)
          }}
          onClose={() => setBrowsing(false)}
        />
      )}
    </form>
  )
}

/** Whether what the server said stands beside a field that is drawn. */
function isShown(errors: FieldErrors, connectionErrors: FieldErrors, draft: Draft, protocol: Protocol | undefined): boolean {
  const drawn = fieldsOf(protocol?.connectionSchema ?? {}).filter((field) => isMeant(field, draft.connection))
  const names = Object.keys(connectionErrors).map((path) => path.split('.')[0])
  return names.length > 0
    ? names.some((name) => drawn.some((field) => field.name === name))
    : Object.keys(errors).some((name) => name in draft)
}

/** The device stands by then: what could not be added is told, and can be chosen again on its page. */
async function addKept(deviceId: number, tags: readonly NewTag[]): Promise<void> {
  const add = async (portion: readonly NewTag[]): Promise<unknown> =>
    await call('POST /api/devices/:id/tags', { params: { id: deviceId }, body: { tags: [...portion] } })
  const { refused, stopped } = await importTags(tags, add)
  for (const { name, reason } of refused.slice(0, 3)) tellError(new Error(`${name}: ${reason}`))
  if (stopped !== null) tellError(stopped)
}
