import { ConfigError, NotAllowed, NotFound } from '#base/errors.ts'
import { driverProcess } from '#domain/device.ts'
import { codeOfShared, sameCode } from '#drivers/code-of-shared.ts'
import type { BrowsePage, ProbeReport, ProbeStep } from '#drivers/driver.ts'
import { type Inquiry, InquiryKind } from '#drivers/inquiry.ts'
import { sealFields } from '#host/secrets.ts'
import { openBrokerForm, sharedOf, validateBroker } from '#plant/brokers.ts'
import { openForm, refuseOtherPlace } from '#plant/configure.ts'
import { refuseElsewhere } from '#plant/secrets.ts'
import { driverOf, validateDevice, validateShared, within } from '#plant/validate.ts'
import { findBroker, findBrokerByCode, listBrokers, sealedBrokerSecrets } from '#store/brokers.ts'
import { type StoredDevice, findDevice } from '#store/devices.ts'
import { readReadingCounts } from '#store/reading-counts.ts'
import { createRequest, readRequest } from '#store/requests.ts'
import { ask } from '../ask.ts'
import type { Contract } from '../contract/contract.ts'
import type { ReplyOf } from '../contract/endpoint.ts'
import type { Handlers, UserCall } from '../handlers.ts'

type Keys =
  | 'POST /api/probe'
  | 'POST /api/brokers/probe'
  | 'POST /api/browse'
  | 'POST /api/actions'
  | 'GET /api/requests/:id'
  | 'GET /api/devices/:id/diagnostics'
  | 'GET /api/devices/:id/frames'

const PROBE_SECONDS = 30
const BROWSE_MILLIS = 45_000
const ACTION_MILLIS = 45_000
const LOOK_MILLIS = 8000
/** Whose readings are counted, one by one; the others store less. */
const TAGS_TOLD = 100

/** What the process that owns a device answers from its live conversation. */
export const inquireRoutes: Handlers<Keys> = {
  'POST /api/probe': async ({ body }, call) => {
    const inquiry = await inquiryOf(call, body, body.tags)
    call.note({ object: `${body.protocol} test`, after: { connection: body.connection } })
    const target = driverProcess(body.protocol)
    return { requestId: await createRequest(call.db, { kind: InquiryKind.Probe, target, body: inquiry }, PROBE_SECONDS) }
  },

  'POST /api/brokers/probe': async ({ body }, { db, key, note }) => {
    const { id, protocol, settings, timeoutMillis } = body
    const current = id === null ? undefined : await findBroker(db, id)
    if (id !== null && current?.protocol !== protocol) throw new NotFound(`There is no broker ${id}.`)
    const shared = await sharedOf(protocol)
    if (current !== undefined) within('settings', () => refuseElsewhere(shared.schema, current, settings, body.secrets))
    const secrets = await openBrokerForm(db, id, protocol, { key, given: body.secrets })
    validateBroker(shared, { settings }, secrets)
    const code = current?.code ?? 'test'
    const inquiry: Inquiry = {
      deviceId: null,
      code: 'test',
      timeoutMillis,
      connection: { [shared.field]: code },
      secrets: null,
      shared: { code, settings, secrets: base64(sealFields(key, secrets).sealed) },
      tags: [],
    }
    note({ object: `${shared.title} test`, after: { settings } })
    const target = driverProcess(protocol)
    return { requestId: await createRequest(db, { kind: InquiryKind.Probe, target, body: inquiry }, PROBE_SECONDS) }
  },

  'POST /api/browse': async ({ body }, call) => {
    const { parent, search, cursor, limit, protocol } = body
    const inquiry = await inquiryOf(call, body, [])
    if ((await driverOf(protocol)).browse === undefined) throw new NotFound(`${protocol} has nothing to look through.`)
    // an open tree asks every two seconds, for its values
    call.note(null)
    const request = { kind: InquiryKind.Browse, body: { ...inquiry, browse: { parent, search, cursor, limit } } }
    // written by our own driver process, as all results here
    return (await ask(call.db, protocol, request, BROWSE_MILLIS)) as BrowsePage
  },

  'POST /api/actions': async ({ body }, call) => {
    const { protocol, name } = body
    const inquiry = await inquiryOf(call, body, [])
    const known = Object.keys((await driverOf(protocol)).actions ?? {})
    if (!known.includes(name)) throw new NotFound(`${protocol} has no action ${name}.`)
    call.note(onlyLooks(name) ? null : { object: `${protocol} ${name}`, after: { deviceId: body.deviceId } })
    const request = { kind: InquiryKind.Action, body: { ...inquiry, action: { name, body: body.body } } }
    return { result: await ask(call.db, protocol, request, ACTION_MILLIS) }
  },

  'GET /api/requests/:id': async ({ params }, { db }) => {
    const request = await readRequest(db, params.id)
    if (request === undefined) throw new NotFound('There is no such request, or it was long ago.')
    const { state, progress, result } = request
    return {
      state,
      progress: progress as ProbeStep[],
      result: state === 'done' ? (result as ProbeReport) : null,
      problem: state === 'failed' ? ((result as { problem?: string } | null)?.problem ?? 'The driver did not answer in time.') : null,
    }
  },

  'GET /api/devices/:id/diagnostics': async ({ params }, call) => {
    const { id, protocol } = await deviceOf(call, params.id)
    const answer = await ask(call.db, protocol, { kind: InquiryKind.Diagnose, body: { deviceId: id } }, LOOK_MILLIS)
    const readingsOfTags = await readReadingCounts(call.db, id, TAGS_TOLD)
    return {
      ...(answer as Omit<ReplyOf<Contract['GET /api/devices/:id/diagnostics']>, 'readingsOfTags'>),
      readingsOfTags: [...readingsOfTags],
    }
  },

  'GET /api/devices/:id/frames': async ({ params, query }, call) => {
    const { id, protocol } = await deviceOf(call, params.id)
    const answer = await ask(call.db, protocol, { kind: InquiryKind.Frames, body: { deviceId: id, ...query } }, LOOK_MILLIS)
    return answer as ReplyOf<Contract['GET /api/devices/:id/frames']>
  },
}

/** Actions that look are named so. */
function onlyLooks(action: string): boolean {
  return /^(read|list|own|preview)/.test(action)
}

async function deviceOf({ db, scope }: UserCall, id: number): Promise<StoredDevice> {
  const device = await findDevice(db, scope, id)
  if (device === undefined) throw new NotFound(`There is no device ${id}.`)
  return device
}

interface Form {
  readonly deviceId: number | null
  readonly code: string
  readonly protocol: string
  readonly timeoutMillis: number
  readonly connection: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

/**
 * The form as its driver process takes it; what the form itself can be told is told at once, with its field.
 * @throws ConfigError naming `connection.<field>` or `tags[<n>].<field>`, NotFound, NotAllowed
 */
async function inquiryOf(call: UserCall, form: Form, tags: Inquiry['tags']): Promise<Inquiry> {
  const { db, key } = call
  const { deviceId, protocol, connection, timeoutMillis } = form
  const device = deviceId === null ? undefined : await deviceOf(call, deviceId)
  if (device !== undefined && device.protocol !== protocol) throw new ConfigError('protocol', `${device.code} speaks ${device.protocol}.`)
  if (device !== undefined) await refuseOtherPlace(device, connection, form.secrets)
  const secrets = await openForm(db, deviceId, protocol, { key, given: form.secrets })
  await validateDevice(protocol, connection, tags, secrets)
  return {
    deviceId,
    code: form.code === '' ? (device?.code ?? '') : form.code,
    timeoutMillis,
    connection: { ...connection },
    secrets: base64(sealFields(key, secrets).sealed),
    shared: await sharedIn(call, device, protocol, connection),
    tags,
  }
}

async function sharedIn(
  { db, scope }: UserCall,
  device: StoredDevice | undefined,
  protocol: string,
  connection: Form['connection'],
): Promise<Inquiry['shared']> {
  const { shared } = await driverOf(protocol)
  if (shared === undefined) return null
  const code = codeOfShared(shared, connection)
  // behind a shared connection there is more than the devices of somebody who is confined to some
  if (scope !== 'all' && !sameCode(codeOfShared(shared, device?.connection ?? {}), code)) {
    throw new NotAllowed(`Your devices do not use the ${shared.title} ${code}.`)
  }
  const broker = await findBrokerByCode(db, protocol, code)
  if (broker === undefined) {
    const codes = (await listBrokers(db, { protocol })).map((one) => one.code)
    await validateShared(protocol, connection, codes)
    throw new NotFound(`There is no ${shared.title} ${code}.`)
  }
  const sealed = (await sealedBrokerSecrets(db, { id: broker.id })).get(broker.id)
  return { code: broker.code, settings: { ...broker.settings }, secrets: base64(sealed ?? null) }
}

function base64(sealed: Uint8Array | null): string | null {
  return sealed === null ? null : Buffer.from(sealed).toString('base64')
}
