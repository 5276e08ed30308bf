import type { CallReply } from '../../../api/client.ts'
import type { Device } from '../../../api/replies.ts'
import { defaultsOf, type FormValue, splitSecrets } from '../../../widgets/schema-form/schema.ts'

export type Protocol = CallReply<'GET /api/protocols'>[number]

/** A device in its form: secrets that were typed stand in the connection until it is sent. */
export type Draft = Omit<Device, 'id' | 'demo' | 'secretsSet'>

/** What the driver process is asked with, saved or not. */
export interface DeviceForm {
  readonly deviceId: number | null
  readonly code: string
  readonly protocol: string
  readonly timeoutMillis: number
  readonly connection: Record<string, unknown>
  readonly secrets: Record<string, string>
}

/** @param siteZone IANA zone of the site */
export function freshDevice(protocols: readonly Protocol[], siteZone: string): Draft {
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
    connection: first === undefined ? {} : { ...freshConnection(first, siteZone) },
  }
}

/** Where the machine's zone would hold, that of the site is proposed: a server in a container often has none but UTC. */
function freshConnection({ connectionSchema }: Protocol, siteZone: string): FormValue {
  const defaults = defaultsOf(connectionSchema)
  return defaults['timeZone'] === '' ? { ...defaults, timeZone: siteZone } : defaults
}

/** Files come by the hour or the day: silence of a minute says nothing. */
const CSV_SILENCE_SECONDS = 86_400

/**
 * The same device on another protocol, with what that begins with.
 * @param siteZone IANA zone of the site
 */
export function onProtocol(draft: Draft, chosen: Protocol, siteZone: string): Draft {
  const { protocol } = chosen
  const commTimeoutSeconds = protocol === 'csv' ? CSV_SILENCE_SECONDS : draft.protocol === 'csv' ? 60 : draft.commTimeoutSeconds
  return { ...draft, protocol, commTimeoutSeconds, connection: { ...freshConnection(chosen, siteZone) } }
}

/** What was never said stands there as what holds. */
export function draftOf(device: Device, protocols: readonly Protocol[]): Draft {
  const { id: _id, demo: _demo, secretsSet: _secretsSet, ...draft } = device
  const schema = protocols.find((one) => one.protocol === device.protocol)?.connectionSchema
  return schema === undefined ? draft : { ...draft, connection: { ...defaultsOf(schema), ...draft.connection } }
}

/** The draft as the server takes it, secrets apart. */
export function bodyOf(draft: Draft, protocol: Protocol | undefined): Draft & { secrets: Record<string, string> } {
  const code = draft.code.trim()
  const name = draft.name.trim() === '' ? code : draft.name.trim()
  return { ...draft, code, name, ...connectionOf(draft.connection, protocol) }
}

export function formOf(deviceId: number | null, draft: Draft, protocol: Protocol | undefined): DeviceForm {
  const { code, timeoutMillis } = draft
  return { deviceId, code: code.trim(), protocol: draft.protocol, timeoutMillis, ...connectionOf(draft.connection, protocol) }
}

function connectionOf(
  connection: FormValue,
  protocol: Protocol | undefined,
): { connection: Record<string, unknown>; secrets: Record<string, string> } {
  if (protocol === undefined) return { connection: { ...connection }, secrets: {} }
  const { settings, secrets } = splitSecrets(protocol.connectionSchema, connection)
  return { connection: { ...settings }, secrets }
}
