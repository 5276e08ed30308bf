import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { z } from 'zod'
import { asError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import { type DeviceScope, inScope } from '#domain/user.ts'
import type { Logger } from '#host/log.ts'
import { countActive, getAlarms } from '#store/alarms.ts'
import { readConfigVersion } from '#store/config-version.ts'
import type { Database } from '#store/database.ts'
import { readSession } from '#store/sessions.ts'
import { SESSION_COOKIE, sameHost } from './caller.ts'
import type { LiveMessage, LiveValue } from './contract/live.ts'
import type { FeedListener, LiveFeed } from './live-feed.ts'

interface StreamServices {
  readonly db: Database
  readonly feed: LiveFeed
  readonly log: Logger
  readonly clock: Clock
  /** How often it is looked whether a session still holds. */
  readonly sessionCheckMillis?: Millis
  /** How often a tab is asked for a sign of life. */
  readonly pingMillis?: Millis
}

const PATH = '/api/live'
const BATCH_MILLIS = 200
/** A little less than a second: a tag polled each second must not slip to every other batch. */
const TAG_MILLIS = 900
const TICK_MILLIS = 1000
const SESSION_CHECK_MILLIS = 10_000
const PING_MILLIS = 10_000
/** A phone that went away says nothing: after so many pings without an answer it is let go. */
const MOST_UNANSWERED = 3
/** Unsent bytes beyond which a client is slow: batches are then left out. */
const SLOW_BYTES = 256 * 1024
const MOST_CLIENTS = 500

const request = z.strictObject({ type: z.literal('subscribe'), tagIds: z.array(z.number().int()).max(20_000) })

/** The live stream of every tab: `/api/live`. */
export class Stream implements AsyncDisposable {
  readonly #services: StreamServices
  readonly #server: WebSocketServer
  readonly #http: Server
  readonly #clients = new Set<Client>()
  readonly #timers: NodeJS.Timeout[]
  readonly #unsubscribe: () => void
  readonly #onUpgrade: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void

  constructor(http: Server, services: StreamServices) {
    this.#services = services
    this.#http = http
    this.#server = new WebSocketServer({ noServer: true, maxPayload: 512 * 1024, perMessageDeflate: false })
    this.#onUpgrade = (incoming, socket, head) => void this.#upgrade(incoming, socket, head)
    http.on('upgrade', this.#onUpgrade)
    const checkMillis = services.sessionCheckMillis ?? SESSION_CHECK_MILLIS
    this.#timers = [
      setInterval(() => this.#tick(), TICK_MILLIS),
      setInterval(() => void this.#checkSessions(), checkMillis),
      setInterval(() => this.#ping(), services.pingMillis ?? PING_MILLIS),
    ]
    const listener: FeedListener = {
      onChange: (tagIds, deviceIds) => {
        for (const client of this.#clients) client.changed(tagIds, deviceIds)
      },
      onAlarms: (ids) => void this.#tellAlarms(ids),
      onConfig: () => void this.#tellConfig(),
    }
    this.#unsubscribe = services.feed.subscribe(listener)
  }

  get clients(): number {
    return this.#clients.size
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unsubscribe()
    for (const timer of this.#timers) clearInterval(timer)
    this.#http.off('upgrade', this.#onUpgrade)
    for (const client of this.#clients) client.end('SyncTide is stopping.')
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refuse = (status: string): void => {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    }
    socket.on('error', () => socket.destroy())
    try {
      if (incoming.url?.split('?')[0] !== PATH) return refuse('404 Not Found')
      const { origin, host, cookie } = incoming.headers
      if (origin === undefined || !sameHost(origin, host)) return refuse('403 Forbidden')
      if (this.#clients.size >= MOST_CLIENTS) return refuse('503 Service Unavailable')
      const token = tokenOf(cookie)
      const session = token === undefined ? undefined : await readSession(this.#services.db, token)
      if (session === undefined || token === undefined) return refuse('401 Unauthorized')
      this.#server.handleUpgrade(incoming, socket, head, (ws) => {
        const client = new Client(
          ws,
          { token, userId: session.user.id, rights: rightsOf(session.user), scope: session.user.scope },
          this.#services,
        )
        this.#clients.add(client)
        ws.once('close', () => this.#clients.delete(client))
        client.send(this.#tickMessage())
      })
    } catch (error) {
      this.#services.log.debug('stream.refused', { error: asError(error) })
      refuse('503 Service Unavailable')
    }
  }

  #tickMessage(): LiveMessage {
    const { feed, clock } = this.#services
    const { newestDelivery, engineSeen: alarmEngine, databaseSeen: database } = feed
    return { type: 'tick', now: clock.now(), newestDelivery, alarmEngine, database }
  }

  #tick(): void {
    if (this.#clients.size === 0) return
    const message = this.#tickMessage()
    // one that does not read is not told that it is fresh
    for (const client of this.#clients) if (!client.slow) client.send(message)
  }

  #ping(): void {
    for (const client of this.#clients) client.ping()
  }

  /** Who was logged out, or has other rights now, is told and sent away. */
  async #checkSessions(): Promise<void> {
    for (const client of this.#clients) {
      try {
        const session = await readSession(this.#services.db, client.who.token)
        if (session === undefined) client.end('The session has ended.')
        else if (rightsOf(session.user) !== client.who.rights) client.end('Your rights have changed.')
      } catch {
        // the database is away: the session stays until it can be asked
      }
    }
  }

  async #tellAlarms(ids: readonly number[]): Promise<void> {
    if (this.#clients.size === 0) return
    const { db, log } = this.#services
    try {
      const alarms = ids.length === 0 ? [] : await getAlarms(db, 'all', ids)
      const counts = new Map<string, Awaited<ReturnType<typeof countActive>>>()
      for (const client of this.#clients) {
        const { scope } = client.who
        const own = alarms.filter((alarm) => inScope(scope, alarm.deviceId)).map((alarm) => alarm.id)
        if (ids.length > 0 && own.length === 0) continue
        const key = JSON.stringify(scope)
        const count = counts.get(key) ?? (await countActive(db, scope))
        counts.set(key, count)
        client.send({ type: 'alarms', ids: own, counts: count })
      }
    } catch (error) {
      log.debug('stream.alarms_not_told', { error: asError(error) })
    }
  }

  async #tellConfig(): Promise<void> {
    if (this.#clients.size === 0) return
    try {
      const version = await readConfigVersion(this.#services.db)
      for (const client of this.#clients) client.send({ type: 'config', version })
    } catch (error) {
      this.#services.log.debug('stream.config_not_told', { error: asError(error) })
    }
  }
}

interface Who {
  readonly token: string
  readonly userId: number
  readonly rights: string
  readonly scope: DeviceScope
}

/** One tab. Values are conflated: what waits is which tags changed, never what they were. */
class Client {
  readonly who: Who
  readonly #socket: WebSocket
  readonly #services: StreamServices
  #wanted = new Set<number>()
  readonly #changedTags = new Set<number>()
  readonly #changedDevices = new Set<number>()
  readonly #sentAt = new Map<number, Millis>()
  #batchAt: Millis = Number.NEGATIVE_INFINITY
  #unanswered = 0
  #timer: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, who: Who, services: StreamServices) {
    this.#socket = socket
    this.#services = services
    this.who = who
    socket.on('message', (data, binary) => this.#onMessage(binary || !(data instanceof Buffer) ? undefined : data.toString('utf8')))
    socket.on('error', () => socket.terminate())
    socket.on('pong', () => (this.#unanswered = 0))
    socket.once('close', () => clearTimeout(this.#timer))
  }

  get slow(): boolean {
    return this.#socket.bufferedAmount > SLOW_BYTES
  }

  ping(): void {
    if (this.#unanswered === MOST_UNANSWERED) return this.#socket.terminate()
    this.#unanswered++
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  send(message: LiveMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  end(reason: string): void {
    this.send({ type: 'bye', reason })
    this.#socket.close(4000, reason)
  }

  changed(tagIds: ReadonlySet<number>, deviceIds: ReadonlySet<number>): void {
    for (const id of tagIds) if (this.#wanted.has(id)) this.#changedTags.add(id)
    for (const id of deviceIds) if (inScope(this.who.scope, id)) this.#changedDevices.add(id)
    this.#flushSoon()
  }

  #onMessage(text: string | undefined): void {
    const parsed = request.safeParse(parseJson(text))
    if (!parsed.success) return this.end('The page sent something that is not understood.')
    const { feed } = this.#services
    this.#wanted = new Set(
      parsed.data.tagIds.filter((id) => {
        const deviceId = feed.deviceOf(id)
        return deviceId !== undefined && inScope(this.who.scope, deviceId)
      }),
    )
    this.#changedTags.clear()
    this.send({ type: 'values', snapshot: true, values: this.#valuesOf([...this.#wanted]) })
    this.send({ type: 'devices', states: feed.states(this.who.scope) })
  }

  #flushSoon(): void {
    if (this.#timer !== undefined || (this.#changedTags.size === 0 && this.#changedDevices.size === 0)) return
    const wait = Math.max(0, this.#batchAt + BATCH_MILLIS - this.#services.clock.mono())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#flush()
    }, wait)
  }

  #flush(): void {
    const now = this.#services.clock.mono()
    this.#batchAt = now
    // a slow client gets the newest values later, not all of them
    if (this.slow) return this.#flushSoon()
    const due: number[] = []
    for (const id of this.#changedTags) {
      if (now - (this.#sentAt.get(id) ?? Number.NEGATIVE_INFINITY) < TAG_MILLIS) continue
      due.push(id)
      this.#sentAt.set(id, now)
      this.#changedTags.delete(id)
    }
    if (due.length > 0) this.send({ type: 'values', snapshot: false, values: this.#valuesOf(due) })
    if (this.#changedDevices.size > 0) {
      const states = [...this.#changedDevices].flatMap((id) => this.#services.feed.stateOf(id) ?? [])
      this.#changedDevices.clear()
      this.send({ type: 'devices', states })
    }
    this.#flushSoon()
  }

  #valuesOf(ids: readonly number[]): LiveValue[] {
    const values: LiveValue[] = []
    for (const id of ids) {
      const latest = this.#services.feed.latestOf(id)
      if (latest !== undefined) values.push([id, latest.value, latest.quality, latest.sourceTimestamp])
    }
    return values
  }
}

/** What a change of which sends somebody to the login page. */
function rightsOf(user: { role: string; scope: DeviceScope }): string {
  return JSON.stringify([user.role, user.scope])
}

function tokenOf(cookie: string | undefined): string | undefined {
  const pair = cookie?.split(/;\s*/).find((one) => one.startsWith(`${SESSION_COOKIE}=`))
  return pair?.slice(SESSION_COOKIE.length + 1)
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
