import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Attempts } from '#api/core/attempts.ts'
import { LiveFeed } from '#api/live-feed.ts'
import { handlers } from '#api/routes/all.ts'
import { createServer } from '#api/server.ts'
import { Stream } from '#api/stream.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import { GOOD, type Value } from '#domain/sample.ts'
import type { Role } from '#domain/user.ts'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { openKey } from '#host/secrets.ts'
import { createApiToken } from '#store/api-tokens.ts'
import type { Database } from '#store/database.ts'
import { insertDevice } from '#store/devices.ts'
import { SourceJournal } from '#store/journal.ts'
import { openSession } from '#store/sessions.ts'
import { insertTags } from '#store/tags.ts'
import { insertUser } from '#store/users.ts'
import { testDatabase } from './database.ts'

/** Who calls: what a request carries. */
export type Credentials = Readonly<Record<string, string>>

export interface ApiReply {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** The API on a free port, over a site with two devices, `A` and `B`, of the tags asked for. */
export interface ApiSite extends AsyncDisposable {
  readonly db: Database
  readonly port: number
  readonly dataFolder: string
  readonly feed: LiveFeed
  readonly a: { readonly deviceId: number; readonly tagIds: readonly number[] }
  readonly b: { readonly deviceId: number; readonly tagIds: readonly number[] }
  /** @param deviceIds null is all */
  user(role: Role, deviceIds?: readonly number[] | null, passwordHash?: string): Promise<number>
  session(userId: number): Promise<Credentials>
  bearer(userId: number, role: Role): Promise<Credentials>
  call(key: string, who: Credentials, body?: unknown): Promise<ApiReply>
  /** @param devices what their driver says of them */
  deliver(values: readonly (readonly [tagId: number, value: Value])[], devices?: readonly DeviceReport[]): Promise<void>
  /** @returns the id of a standing alarm of the device */
  alarm(deviceId: number, name: string): Promise<number>
}

export async function apiSite(
  options: { tagsOfA?: number; pages?: string; production?: boolean; pingMillis?: number } = {},
): Promise<ApiSite> {
  await using made = new AsyncDisposableStack()
  const { db } = made.use(await testDatabase())
  const dataFolder = mkdtempSync(join(tmpdir(), 'synctide-api-'))
  made.defer(() => rmSync(dataFolder, { recursive: true, force: true }))
  const a = await deviceWithTags(db, 'A', options.tagsOfA ?? 1)
  const b = await deviceWithTags(db, 'B', 1)
  const { journal, position } = await SourceJournal.open(db, 'driver-modbus')
  let { seq } = position
  const log = createLogger('api', () => undefined)
  const clock = systemClock
  const feed = made.use(new LiveFeed(db, log, clock))
  const server = await createServer({
    services: { db, dataFolder, clock, log, feed, key: openKey(dataFolder), version: 'test', attempts: new Attempts() },
    handlers,
    ...(options.pages === undefined ? {} : { pages: options.pages }),
    docs: options.production !== true,
    checkReplies: true,
  })
  made.defer(async () => await server.close())
  made.use(
    new Stream(server.server, {
      db,
      feed,
      log,
      clock,
      sessionCheckMillis: 50,
      ...(options.pingMillis === undefined ? {} : { pingMillis: options.pingMillis }),
    }),
  )
  await feed.start()
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  let users = 0
  const closing = made.move()

  return {
    db,
    port,
    dataFolder,
    feed,
    a,
    b,
    async user(role, deviceIds = null, passwordHash = 'none that fits') {
      const login = `${role}-${++users}`
      const input = { login, displayName: login, role, enabled: true, deviceIds, categories: null }
      return (await db.transaction(async (tx) => await insertUser(tx, input, passwordHash))).id
    },
    async session(userId) {
      const { token, csrf } = await openSession(db, userId, '127.0.0.1', 'test')
      return { cookie: `synctide_session=${token}`, 'x-csrf-token': csrf }
    },
    async bearer(userId, role) {
      return { authorization: `Bearer ${(await createApiToken(db, { userId, name: 'program', role, days: 1 })).token}` }
    },
    async call(key, who, body) {
      const [method = '', path = ''] = key.split(' ')
      const carries = method === 'GET' || body === undefined ? {} : { body: JSON.stringify(body) }
      const headers = { ...who, ...('body' in carries ? { 'content-type': 'application/json' } : {}) }
      const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...carries })
      const text = await reply.text()
      const json = reply.headers.get('content-type')?.includes('json') === true
      return { status: reply.status, headers: reply.headers, body: (json ? JSON.parse(text) : { text }) as Record<string, unknown> }
    },
    async deliver(values, devices = []) {
      const now = clock.now()
      const readings = values.map(([tagId, value]) => ({ tagId, sourceTimestamp: now, value, quality: GOOD, statusCode: null }))
      await journal.append({ delivery: { seq: ++seq, receivedAt: now, readings, devices }, store: [], spoolRecord: seq })
    },
    async alarm(deviceId, name) {
      const [row] = await db.query<{ id: number }>(
        `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, name, severity, raised_at)
         values ((select coalesce(max(display_number), 0) + 1 from alarm_events), 1, 'threshold', $1, 'X', $2, 'critical', now()) returning id`,
        [deviceId, name],
      )
      return row?.id ?? 0
    },
    [Symbol.asyncDispose]: async () => await closing.disposeAsync(),
  }
}

async function deviceWithTags(db: Database, code: string, count: number): Promise<{ deviceId: number; tagIds: number[] }> {
  const { id: deviceId } = await insertDevice(db, {
    code,
    name: `Device ${code}`,
    area: '',
    protocol: 'modbus',
    enabled: true,
    pollMillis: 1000,
    timeoutMillis: 1000,
    commTimeoutSeconds: null,
    commSeverity: 'warning',
    livenessCounts: true,
    connection: { host: '127.0.0.1' },
    demo: false,
  })
  const tags = await insertTags(
    db,
    deviceId,
    Array.from({ length: count }, (_, index) => ({
      name: `${code}${index}`,
      address: `HR${index}`,
      settings: {},
      kind: 'analog' as const,
      unit: 'm',
      decimals: 2,
      scale: 1,
      offset: 0,
      deadband: 0,
      stateText: null,
      enabled: true,
    })),
  )
  return { deviceId, tagIds: tags.map((tag) => tag.id) }
}
