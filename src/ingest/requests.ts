import { z } from 'zod'
import { ConfigError, NotFound, SyncTideError, asError } from '#base/errors.ts'
import type { Clock } from '#base/time.ts'
import type { Device, Tag } from '#domain/device.ts'
import type { BrowsePage, Driver, ProbeReport, ProbeStep, SessionContext } from '#drivers/driver.ts'
import { type Inquiry, InquiryKind, inquiryShape } from '#drivers/inquiry.ts'
import type { Logger } from '#host/log.ts'
import type { Database } from '#store/database.ts'
import { type Request, claimRequest, failRequest, finishRequest, reportProgress } from '#store/requests.ts'
import type { DeviceLoop } from './device-loop.ts'
import type { DeviceMemory } from './learned-memory.ts'
import { type ParsedDevice, parseDevice } from './plan-device.ts'

export interface Desk {
  readonly db: Database
  readonly driver: Driver
  readonly source: string
  readonly clock: Clock
  readonly log: Logger
  /** Of this installation; see host/secrets.ts. */
  readonly key: Uint8Array
  /** Of the protocol: certificates and the like. */
  readonly folder: string
  readonly loopOf: (deviceId: number) => DeviceLoop | undefined
  readonly retryNow: (deviceId: number) => Promise<void>
  /** What belongs to the whole process: see {@link DeviceLoop.diagnose}. */
  readonly ofProcess: () => Readonly<Record<string, unknown>>
}

const browseBody = inquiryShape.extend({
  browse: z.object({ parent: z.string().nullable(), search: z.string().nullable(), cursor: z.string().nullable(), limit: z.number() }),
})
const actionBody = inquiryShape.extend({ action: z.object({ name: z.string(), body: z.unknown() }) })
const deviceBody = z.object({ deviceId: z.number() })
const framesBody = z.object({ deviceId: z.number(), after: z.number(), limit: z.number() })

const PROBE_MILLIS = 60_000

/**
 * Answers what the api asks until disposed. It runs in the driver's own process, since only there it can join the connection of a
 * device that allows just one; it is bounded in time and never stops the polling of others.
 */
export function answerRequests(desk: Desk): AsyncDisposable {
  const stop = new AbortController()
  const running = new Set<Promise<void>>()
  let looking = false
  let again = false
  const look = async (): Promise<void> => {
    looking = true
    while (again && !stop.signal.aborted) {
      again = false
      try {
        for (;;) {
          const request = await claimRequest(desk.db, desk.source, `${desk.source} ${process.pid}`, PROBE_MILLIS / 1000 + 10)
          if (request === undefined) break
          const answer = answerOne(desk, request, stop.signal).finally(() => running.delete(answer))
          running.add(answer)
        }
      } catch (error) {
        desk.log.debug('requests.not_read', { error: asError(error) })
      }
    }
    looking = false
  }
  const listening = desk.db.listen('requests', (target) => {
    if (target !== '' && target !== desk.source) return
    again = true
    if (!looking) void look()
  })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await listening[Symbol.asyncDispose]()
      await Promise.all(running)
    },
  }
}

async function answerOne(desk: Desk, request: Request, stop: AbortSignal): Promise<void> {
  const { db, log } = desk
  try {
    await finishRequest(db, request.id, await answer(desk, request, AbortSignal.any([stop, AbortSignal.timeout(PROBE_MILLIS)])))
  } catch (thrown) {
    const error = asError(thrown)
    const known = error instanceof SyncTideError
    if (known) log.debug('requests.refused', { kind: request.kind, reason: error.message })
    else log.warn('requests.failed', { kind: request.kind, error })
    const field = error instanceof ConfigError ? error.field : undefined
    const more = known ? { remedy: error.remedy, code: error.code, field } : {}
    await failRequest(db, request.id, error.message, more).catch(() => undefined)
  }
}

async function answer(desk: Desk, request: Request, signal: AbortSignal): Promise<unknown> {
  switch (request.kind) {
    case InquiryKind.Probe:
      return await probe(desk, request, signal)
    case InquiryKind.Browse:
      return await browse(desk, browseBody.parse(request.body), signal)
    case InquiryKind.Action:
      return await act(desk, actionBody.parse(request.body), signal)
    case InquiryKind.RetryNow:
      await desk.retryNow(deviceBody.parse(request.body).deviceId)
      return {}
    case InquiryKind.Diagnose:
      return { ...loopOf(desk, deviceBody.parse(request.body).deviceId).diagnose(), ...desk.ofProcess() }
    case InquiryKind.Frames: {
      const { deviceId, after, limit } = framesBody.parse(request.body)
      return loopOf(desk, deviceId).frames(after, limit)
    }
    default:
      throw new NotFound(`${desk.source} does not know the request ${request.kind}.`)
  }
}

function loopOf(desk: Desk, deviceId: number): DeviceLoop {
  const loop = desk.loopOf(deviceId)
  if (loop === undefined) throw new NotFound(`${desk.source} does not know the device yet.`)
  return loop
}

async function probe(desk: Desk, request: Request, signal: AbortSignal): Promise<ProbeReport> {
  const { db, driver } = desk
  const inquiry = inquiryShape.parse(request.body)
  let telling = Promise.resolve()
  const tell = (step: ProbeStep): void => {
    telling = telling.then(async () => await reportProgress(db, request.id, step)).catch(() => undefined)
  }
  try {
    const { plan } = parseForm(desk, inquiry)
    const points = inquiry.tags.map((tag, index) => ({ tag: tagOf(tag, index), point: driver.parsePoint(tag, plan.config) }))
    const report = await driver.probe({ ...plan, points }, contextOf(desk, inquiry, signal, false), tell)
    await telling
    return report
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const step = { name: 'settings', ok: false, millis: 0, message: error.message, remedy: error.remedy ?? 'Correct it in the form.' }
    return { ok: false, steps: [step], values: [] }
  }
}

async function browse(desk: Desk, inquiry: z.infer<typeof browseBody>, signal: AbortSignal): Promise<BrowsePage> {
  const { driver, source } = desk
  if (driver.browse === undefined) throw new NotFound(`${source} has nothing to look through.`)
  return await driver.browse({ ...parseForm(desk, inquiry).plan, points: [] }, inquiry.browse, contextOf(desk, inquiry, signal, false))
}

async function act(desk: Desk, inquiry: z.infer<typeof actionBody>, signal: AbortSignal): Promise<unknown> {
  const { driver, source } = desk
  const { name, body } = inquiry.action
  const action = Object.hasOwn(driver.actions ?? {}, name) ? driver.actions?.[name] : undefined
  if (action === undefined) throw new NotFound(`${source} has no action ${name}.`)
  return await action.run({ ...parseForm(desk, inquiry).plan, points: [] }, body, contextOf(desk, inquiry, signal, true))
}

function parseForm({ driver, key }: Desk, inquiry: Inquiry): ParsedDevice {
  return parseDevice(driver, key, { device: deviceOf(driver.protocol, inquiry), secrets: inquiry.secrets, shared: inquiry.shared })
}

/**
 * What was learned of a saved device is at hand. Only an action may add to it: a test of a form that nobody saved must not make the
 * device forget which files it has read.
 */
function contextOf({ clock, log, folder, loopOf }: Desk, { deviceId }: Inquiry, signal: AbortSignal, mayLearn: boolean): SessionContext {
  const learned: DeviceMemory | undefined = deviceId === null ? undefined : loopOf(deviceId)?.learned
  return {
    clock,
    log,
    signal,
    folder,
    emit: () => undefined,
    accepted: async () => undefined,
    alive: () => undefined,
    absent: () => undefined,
    recall: (key) => learned?.recall(key),
    remember: (key, value) => (mayLearn ? learned?.remember(key, value) : undefined),
    recalled: (prefix) => learned?.recalled(prefix) ?? [],
    frame: () => undefined,
    count: () => undefined,
  }
}

function deviceOf(protocol: string, { deviceId, code, timeoutMillis, connection }: Inquiry): Device {
  return {
    id: deviceId ?? 0,
    code,
    name: code,
    area: '',
    protocol,
    enabled: true,
    pollMillis: 1000,
    timeoutMillis,
    commTimeoutSeconds: null,
    commSeverity: 'info',
    livenessCounts: true,
    connection,
    demo: false,
  }
}

function tagOf(tag: Inquiry['tags'][number], index: number): Tag {
  return {
    ...tag,
    id: index + 1,
    deviceId: 0,
    kind: 'analog',
    unit: '',
    decimals: 2,
    scale: 1,
    offset: 0,
    deadband: 0,
    stateText: null,
    enabled: true,
  }
}
