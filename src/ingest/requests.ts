import { z } from 'zod'
import { ConfigError, asError } from '#base/errors.ts'
import type { Clock } from '#base/time.ts'
import type { Device, Tag } from '#domain/device.ts'
import type { Driver, ProbeReport, ProbeStep } from '#drivers/driver.ts'
import type { Logger } from '#host/log.ts'
import type { Database } from '#store/database.ts'
import { type Request, claimRequest, failRequest, finishRequest, reportProgress } from '#store/requests.ts'
import type { DeviceLoop } from './device-loop.ts'

interface Desk {
  readonly db: Database
  readonly driver: Driver
  readonly source: string
  readonly clock: Clock
  readonly log: Logger
  /** Of the protocol: certificates and the like. */
  readonly folder: string
  readonly loopOf: (deviceId: number) => DeviceLoop | undefined
}

/** What the api asks with a request of kind `probe`. */
const probeBody = z.object({
  timeoutMillis: z.number(),
  connection: z.record(z.string(), z.unknown()),
  tags: z.array(z.object({ name: z.string(), address: z.string(), settings: z.record(z.string(), z.unknown()) })),
})
const retryBody = z.object({ deviceId: z.number() })

const PROBE_MILLIS = 60_000

/**
 * Answers Test Connection and "retry now" until disposed. A test runs in the driver's own process, since only there it can join the
 * connection of a device that allows just one; it is bounded in time and never stops the polling of others.
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

async function answerOne(desk: Desk, request: Request, signal: AbortSignal): Promise<void> {
  const { db, log } = desk
  try {
    if (request.kind === 'probe') await finishRequest(db, request.id, await probe(desk, request, signal))
    else if (request.kind === 'retry_now') {
      desk.loopOf(retryBody.parse(request.body).deviceId)?.retryNow()
      await finishRequest(db, request.id, {})
    } else await failRequest(db, request.id, `${desk.source} does not know the request ${request.kind}.`)
  } catch (thrown) {
    const error = asError(thrown)
    log.warn('requests.failed', { kind: request.kind, error })
    await failRequest(db, request.id, error.message).catch(() => undefined)
  }
}

async function probe(desk: Desk, request: Request, signal: AbortSignal): Promise<ProbeReport> {
  const { db, driver, clock, log } = desk
  const body = probeBody.parse(request.body)
  const device: Device = {
    id: 0,
    code: 'test',
    name: 'test',
    area: '',
    protocol: driver.protocol,
    enabled: true,
    pollMillis: 1000,
    timeoutMillis: body.timeoutMillis,
    commTimeoutSeconds: null,
    commSeverity: 'info',
    connection: body.connection,
    demo: false,
  }
  let telling = Promise.resolve()
  const tell = (step: ProbeStep): void => {
    telling = telling.then(async () => await reportProgress(db, request.id, step)).catch(() => undefined)
  }
  try {
    const config = driver.parseConfig(body.connection)
    const points = body.tags.map((tag, index) => ({ tag: tagOf(tag, index), point: driver.parsePoint(tag, config) }))
    const context = {
      clock,
      log,
      signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MILLIS)]),
      folder: desk.folder,
      emit: () => undefined,
      accepted: async () => undefined,
      alive: () => undefined,
      absent: () => undefined,
      recall: () => undefined,
      remember: () => undefined,
      recalled: () => [],
      frame: () => undefined,
      count: () => undefined,
    }
    const report = await driver.probe({ device, config, points }, context, tell)
    await telling
    return report
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const step = { name: 'settings', ok: false, millis: 0, message: error.message, remedy: error.remedy ?? 'Correct it in the form.' }
    return { ok: false, steps: [step], values: [] }
  }
}

function tagOf(tag: z.infer<typeof probeBody>['tags'][number], index: number): Tag {
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
