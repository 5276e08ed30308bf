import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import type { z } from 'zod'
import type * as s from '#api/contract/shapes.ts'
import type { LiveMessage, LiveRequest } from '#api/contract/live.ts'
import { blockEdges, countIn, measurePerformance } from '#alarm/core/performance.ts'
import { securityHeaders } from '#api/security-headers.ts'
import { FakeAlarms } from './fake-alarms.ts'
import { pagesBuilt } from './pages-built.ts'
import { siteData, type SiteData } from './site-data.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface FakeServer extends AsyncDisposable {
  readonly url: string
  readonly data: SiteData
  /** Method, path and body of every change that a page asked for. */
  readonly changes: { readonly call: string; readonly csrf: string | undefined; readonly body: unknown }[]
  loggedIn: boolean
  setupNeeded: boolean
  /** For how long the alarm process has been silent, in seconds. */
  alarmsSilentFor: number
  /** While true no new stream is accepted and open ones are cut. */
  cutStream(cut: boolean): void
  send(message: LiveMessage): void
}

export type Reply = { readonly status?: number; readonly body: unknown }

/** Answers of a test's own, before the others; null: not this one. */
export type Answers = (call: string, query: URLSearchParams, body: unknown) => Reply | null

/** The contract's answers from memory, with the built pages: states that a real plant shows once a month are here at once. */
export async function fakeServer(own: Answers = () => null): Promise<FakeServer> {
  const dist = await pagesBuilt()
  const micros = (): number => Date.now() * 1000
  const data = siteData(micros())
  const alarms = new FakeAlarms(data, micros())
  const changes: FakeServer['changes'] = []
  const sockets = new Set<WebSocket>()
  let cut = false

  const answer = (call: string, query: URLSearchParams, body: unknown): Reply | null => {
    const [, alarmId] = /^GET \/api\/alarms\/(\d+)$/.exec(call) ?? []
    if (call === 'GET /api/setup') return { body: { needed: self.setupNeeded, suggestedTimeZone: 'Europe/Lisbon' } }
    if (call === 'POST /api/setup' || call === 'POST /api/password-link') return { body: data.me }
    if (call === 'POST /api/login') return login(body)
    if (call.startsWith('GET /api/acknowledge-link/')) return link()
    if (call.startsWith('POST /api/acknowledge-link/')) {
      acknowledge([1], 'Token: Tiago Gomes', null)
      return { body: { result: 'acknowledged', acknowledgedBy: 'Token: Tiago Gomes', acknowledgedAt: micros() } }
    }
    if (!self.loggedIn) return refusal(401, 'not_logged_in', 'Nobody is logged in.')
    const ofAlarms = alarms.answer(call, body)
    if (ofAlarms !== null) return ofAlarms
    if (call === 'GET /api/bootstrap') return { body: { ...data, now: micros(), counts: counts() } }
    if (call === 'GET /api/alarms') {
      return { body: { alarms: alarms.list(query), cursor: null, counts: counts() } }
    }
    if (call === 'GET /api/alarm-performance') return { body: performance(data, micros()) }
    if (alarmId !== undefined) return refusal(404, 'not_found', 'There is no such alarm.')
    if (call === 'POST /api/alarms/acknowledge') {
      const { ids, comment } = body as { ids: number[]; comment: string | null }
      acknowledge(ids, 'Platform: Ana Sousa', comment)
      return { body: { results: ids.map((id) => ({ id, result: 'acknowledged', acknowledgedBy: 'Platform: Ana Sousa' })) } }
    }
    if (call === 'GET /api/trend') return { body: trend(query) }
    if (call === 'GET /api/health') return { body: { processes: [], diskFreePercent: 60 } }
    if (call === 'GET /api/rules') return { body: [curveRule()] }
    if (call === 'GET /api/curves') return { body: [curve()] }
    if (call === 'POST /api/measured-points') return { body: measured(body as { from: number; to: number }) }
    if (call === 'GET /api/gaps') {
      const [from, to] = [Number(query.get('from')), Number(query.get('to'))]
      const stretch = { from: from + (to - from) * 0.4, to: from + (to - from) * 0.55 }
      const deviceId = Number((query.get('devices') ?? '').split(',')[0])
      return { body: { gaps: [{ deviceId, tagId: null, ...stretch, cause: 'link', problem: 'No answer from 10.20.4.11:502.' }] } }
    }
    if (call === 'GET /api/annotations') {
      const [from, to] = [Number(query.get('from')), Number(query.get('to'))]
      const one = { tagId: Number((query.get('tags') ?? '').split(',')[0]), author: 'Ana Sousa', createdAt: from, editedAt: null }
      const texts = ['Sensor cleaned and calibrated', 'Pump 2 on trial']
      const at = (index: number): number => from + ((to - from) * (index + 1)) / 4
      return { body: { annotations: texts.map((text, index) => ({ id: index + 1, ...one, at: at(index), text, mine: index === 0 })) } }
    }
    if (call === 'GET /api/views' && query.get('page') === 'alarms') {
      const views = [
        {
          id: 1,
          name: 'Critical of RS-01',
          owner: 'Rui',
          mine: false,
          shared: true,
          search: { severity: 'critical', device: 3, text: 'level' },
        },
      ]
      return { body: { views } }
    }
    if (call === 'POST /api/views') return { body: { id: 9 } }
    if (call === 'GET /api/views') {
      const view = { shared: true, search: { tags: [1, 2], span: '24h' } }
      return {
        body: {
          views: [
            { id: 1, name: 'Pumps at night', owner: 'Ana Sousa', mine: true, ...view },
            { id: 2, name: 'Reservoirs', owner: 'Rui', mine: false, ...view },
          ],
        },
      }
    }
    if (call === 'GET /api/cases') return { body: [] }
    if (call.startsWith('GET /api/tags/'))
      return {
        body: { samples: wave(Number(query.get('from')), Number(query.get('to'))), interpolation: 'stepped', held: null, truncated: false },
      }
    if (call === 'GET /api/messages') return { body: { messages: data.messages, cursor: null } }
    if (call === 'DELETE /api/demo') {
      data.demo = false
      return { body: {} }
    }
    if (call === 'POST /api/me/password') return refusal(400, 'invalid_request', 'This is not your current password.', 'current')
    if (call === 'PUT /api/me' || call === 'POST /api/logout') return { body: data.me }
    return null
  }

  const login = (body: unknown): Reply => {
    if ((body as { password: string }).password !== 'correct horse battery')
      return refusal(401, 'not_logged_in', 'User name or password is wrong.')
    self.loggedIn = true
    return { body: data.me }
  }
  const link = (): Reply => {
    const [alarm] = data.alarms
    const state = alarm?.acknowledgedAt === null ? 'open' : 'acknowledged'
    return { body: { state, contactName: 'Tiago Gomes', alarm, timeZone: 'Europe/Lisbon', language: 'en' } }
  }
  const acknowledge = (ids: readonly number[], by: string, comment: string | null): void => {
    data.alarms = data.alarms.map((one) => (ids.includes(one.id) ? { ...one, acknowledgedAt: micros(), acknowledgedBy: by, comment } : one))
    self.send({ type: 'alarms', ids: [...ids], counts: counts() })
  }
  const counts = (): SiteData['counts'] => {
    const open = data.alarms.filter((one) => one.closedAt === null)
    const of = (severity: string): number => open.filter((one) => one.severity === severity).length
    return {
      critical: of('critical'),
      warning: of('warning'),
      info: of('info'),
      unacknowledged: open.filter((one) => one.acknowledgedAt === null).length,
    }
  }

  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      if (!url.pathname.startsWith('/api/')) return sendFile(dist, url.pathname, response)
      const body = await readBody(request)
      const call = `${request.method ?? ''} ${url.pathname}`
      if (request.method !== 'GET') changes.push({ call, csrf: request.headers['x-csrf-token']?.toString(), body })
      const reply =
        own(call, url.searchParams, body) ?? answer(call, url.searchParams, body) ?? refusal(404, 'not_found', `${call} is not faked.`)
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body))
    })()
  })
  const streams = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (cut) {
      socket.destroy()
      return
    }
    streams.handleUpgrade(request, socket, head, (opened) => {
      sockets.add(opened)
      opened.on('close', () => sockets.delete(opened))
      opened.on('message', (text: Buffer) => {
        const wanted = new Set((JSON.parse(text.toString('utf8')) as LiveRequest).tagIds)
        const values = data.latest
          .filter((one) => wanted.has(one.tagId))
          .map((one) => [one.tagId, one.value, one.quality, one.sourceTimestamp] as const)
        opened.send(JSON.stringify({ type: 'values', snapshot: true, values } satisfies LiveMessage))
      })
      opened.send(JSON.stringify(tick()))
    })
  })
  const tick = (): LiveMessage => ({
    type: 'tick',
    now: micros(),
    newestDelivery: micros(),
    alarmEngine: micros() - self.alarmsSilentFor * 1_000_000,
    database: micros(),
  })
  const ticker = setInterval(() => {
    self.send(tick())
    self.send({ type: 'devices', states: data.deviceStates.map((one) => (one.status === 'error' ? one : { ...one, newest: micros() })) })
  }, 1000)

  const self: FakeServer = {
    url: '',
    data,
    changes,
    loggedIn: true,
    setupNeeded: false,
    alarmsSilentFor: 0,
    cutStream(wanted) {
      cut = wanted
      if (cut) for (const socket of sockets) socket.terminate()
    },
    send(message) {
      for (const socket of sockets) socket.send(JSON.stringify(message))
    },
    async [Symbol.asyncDispose]() {
      clearInterval(ticker)
      for (const socket of sockets) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(self, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

function refusal(status: number, code: string, message: string, field = ''): Reply {
  return { status, body: { code, message, remedy: null, field, requestId: 'test-1' } }
}

function wave(from: number, to: number): [number, number, number][] {
  return Array.from({ length: 240 }, (_, index) => [
    from + ((to - from) * index) / 240,
    60 + 12 * Math.sin(index / 20) + (index % 7) / 5,
    0,
  ])
}

function trend(query: URLSearchParams): unknown {
  const samples = wave(Number(query.get('from')), Number(query.get('to')))
  return {
    bucket: { count: 30, unit: 'second' },
    series: (query.get('tags') ?? '').split(',').map((id, index) => {
      const values = samples.map(([, value]) => value - index * 9)
      return {
        tagId: Number(id),
        interpolation: 'stepped',
        held: null,
        times: samples.map(([at]) => at),
        values,
        qualities: [],
        minimum: values.map((value) => value - 2),
        maximum: values.map((value) => value + 2),
        truncated: false,
      }
    }),
  }
}

/** A pump of the first device: its pressure over its flow. */
function curve(): z.output<typeof s.curve> {
  const points: [number, number][] = [
    [20, 40],
    [60, 55],
    [100, 30],
  ]
  return { id: 1, version: 1, name: 'Pump', xUnit: 'm³/h', yUnit: 'bar', points, tolerance: 20, percent: true, rules: 1 }
}

function curveRule(): z.output<typeof s.tagRule> {
  const place = { id: 1, version: 1, deviceId: 1, tagId: 2, slot: 1, label: 'Custom', name: 'Off the curve', severity: 'warning' } as const
  const usual = { enabled: true, autoClose: false, cooldownMinutes: 30, operator: '>', setpoint: 0, deadband: 0 } as const
  const none = { bit: null, transitionOnly: false, windowSeconds: null, modulus: null, target: null, latch: false }
  const seconds = { onDelaySeconds: 5, offDelaySeconds: 0 }
  return { ...place, ...usual, ...none, ...seconds, kind: 'curve', category: '', curve: 'Pump', xTag: 'PS-01:Flow', suppressTag: '' }
}

function measured({ from, to }: { from: number; to: number }): unknown {
  const samples = wave(from, to)
  const x = samples.map((_, index) => 10 + ((index * 37) % 97))
  const points = { at: samples.map(([at]) => at), x, y: samples.map(([, value]) => value - 15), seconds: samples.map(() => 300) }
  return { points, times: [{ inside: 60_000, outside: 9000, beyond: 3000 }], known: 72_000, to }
}

function performance({ alarms }: SiteData, now: number): unknown {
  const day = 86_400_000_000
  const days = [now - day, now]
  const raised = alarms.map((one) => ({ ...one, byItself: false })).toSorted((a, b) => a.raisedAt - b.raisedAt)
  const edges = blockEdges(days, now)
  return {
    timeZone: 'Europe/Lisbon',
    days,
    now,
    ...measurePerformance(raised, days, now),
    stale: [{ ...raised[0], raisedAt: now - 2 * day }],
    shelved: 1,
    bars: { unit: 'block', edges, counts: countIn(raised, edges) },
    flood: { startedAt: now - 300_000_000, alarms: 14 },
    truncated: false,
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString('utf8'))
}

async function sendFile(dist: string, path: string, response: ServerResponse): Promise<void> {
  const file = extname(path) === '' ? '/index.html' : path
  const bytes = await readFile(join(dist, file)).catch(() => null)
  if (bytes === null) response.writeHead(404).end()
  // the headers of the real server: a page that breaks its content security policy fails here too
  else response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', ...securityHeaders(false) }).end(bytes)
}
