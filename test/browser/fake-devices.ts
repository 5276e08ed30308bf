import { loadDriver, PROTOCOLS } from '#drivers/catalogue.ts'
import type { BrowseNode, BrowsePage } from '#drivers/driver.ts'
import type { Answers } from './fake-server.ts'

/** An address space of areas with pumps with six variables each, and a folder of 10,000. */
export function fakeSpace(
  areas = 4,
  pumps = 8,
): (request: { parent: string | null; search: string | null; cursor: string | null; limit: number }) => BrowsePage {
  const now = (): number => Date.now() * 1000
  const folder = (path: string): BrowseNode => ({
    key: path,
    name: path.split('/').at(-1) ?? '',
    path,
    hasChildren: true,
    type: 'Folder',
    description: '',
    value: null,
    good: true,
    status: '',
    sourceTimestamp: null,
    tag: null,
  })
  const variable = (path: string, index: number): BrowseNode => {
    const name = path.split('/').at(-1) ?? ''
    const bad = index % 29 === 11
    return {
      key: path,
      name,
      path,
      hasChildren: false,
      type: name === 'Running' ? 'Boolean' : 'Double',
      description: name === 'Speed' ? 'Motor speed' : '',
      value: bad ? null : name === 'Running' ? 'true' : ((now() / 1e6 + index) % 100).toFixed(2),
      good: !bad,
      status: bad ? 'BadSensorFailure' : '',
      sourceTimestamp: now(),
      tag: {
        name,
        address: `ns=2;s=${path}`,
        settings: {},
        kind: name === 'Running' ? 'digital' : 'analog',
        unit: { Speed: 'rpm', Flow: 'm³/h', Pressure: 'bar', Power: 'kW' }[name] ?? '',
      },
    }
  }
  const names = ['Speed', 'Flow', 'Pressure', 'Power', 'Running', 'Hours']
  const children = (parent: string | null): BrowseNode[] => {
    if (parent === null) return [...Array.from({ length: areas }, (_, area) => folder(`Area ${area + 1}`)), folder('Archive')]
    if (parent === 'Archive') return Array.from({ length: 10_000 }, (_, index) => variable(`Archive/Point ${index + 1}`, index))
    if (/^Area \d+$/.test(parent)) return Array.from({ length: pumps }, (_, pump) => folder(`${parent}/P-${pump + 1}`))
    return names.map((name, index) => variable(`${parent}/${name}`, index + parent.length))
  }
  const below = (parent: string | null): BrowseNode[] =>
    children(parent).flatMap((node) => (node.hasChildren ? [node, ...below(node.key)] : [node]))
  return ({ parent, search, cursor, limit }) => {
    const wanted = search?.toLowerCase()
    const nodes = wanted === undefined ? children(parent) : below(parent).filter((node) => node.path.toLowerCase().includes(wanted))
    const from = Number(cursor ?? 0)
    return { nodes: nodes.slice(from, from + limit), cursor: from + limit < nodes.length ? String(from + limit) : null }
  }
}

/** The forms of every protocol as they are served; each can be browsed. */
export async function fakeProtocols(): Promise<Record<string, unknown>[]> {
  const drivers = await Promise.all(PROTOCOLS.map((protocol) => loadDriver(protocol)))
  return drivers.map((driver) => ({
    protocol: driver?.protocol,
    title: driver?.title,
    connectionSchema: driver?.connectionSchema,
    tagSchema: driver?.tagSchema,
    addressHelp: driver?.addressHelp,
    browsable: true,
    actions: Object.keys(driver?.actions ?? {}),
    shared: driver?.shared === undefined ? null : { title: driver.shared.title, field: driver.shared.field, schema: driver.shared.schema },
  }))
}

/** A polled device that lost its connection twice, has a hole, and keeps a little in its spool. */
export function fakeDiagnostics(deviceId: number, polls: number): unknown {
  const now = Date.now() * 1000
  const minutes = (count: number): number => now - count * 60_000_000
  return {
    at: now,
    state: { deviceId, status: 'online', newest: now, consecutiveFailures: 0, successRate: 1, problem: null },
    since: minutes(600),
    connectedAt: minutes(42),
    pushes: false,
    polls: {
      ok: 35_911 + polls,
      failed: 14,
      reconnects: 2,
      missedSlots: 3,
      latency: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, null].map((upToMillis, index) => ({
        upToMillis,
        polls: [0, 0, 120, 4200, 21_300, 8900, 1200, 160, 24, 5, 2, 0, 0, 0][index] ?? 0,
      })),
      p50Millis: 20,
      p99Millis: 100,
      maxMillis: 1840,
    },
    readings: { seen: 215_466, stored: 14_212 },
    readingsOfProtocol: { seen: 1_204_991, stored: 98_407 },
    counters: { bytes_sent: 430_932, bytes_received: 2_154_660, requests: 71_822, exceptions: 3 },
    facts: { 'Requests in flight': 1, 'Registers per request': 64, 'Connection shared with': 'PS-01' },
    learned: [{ key: 'hole HR 40121', value: 'IllegalDataAddress, tried again tomorrow' }],
    lastError: {
      at: minutes(43),
      message: 'No answer from 10.20.4.14:502 within 2,000 ms.',
      remedy: 'Check the cable, and whether another program holds the only connection.',
      code: 'driver_timeout',
    },
    framesKept: 200,
    spool: { bytes: 18_200, maxBytes: 1_000_000_000, backlog: 1, databaseAway: false, backPressure: false },
  }
}

/** Requests and answers, two a second. */
export function fakeFrames(after: number, newest: number): unknown {
  const from = Math.max(after + 1, newest - 400, 1)
  return {
    frames: Array.from({ length: Math.max(0, newest - from + 1) }, (_, index) => {
      const seq = from + index
      const sent = seq % 2 === 1
      const tid = (seq >> 1).toString(16).padStart(4, '0')
      return {
        seq,
        at: Date.now() * 1000 - (newest - seq) * 500_000,
        direction: sent ? 'sent' : 'received',
        length: sent ? 12 : 29,
        hex: sent ? `${tid}00000006010300000014` : `${tid}00000017010314${'41c8'.repeat(10)}`,
        text: sent ? `Read 20 holding registers from 0, unit 1, transaction ${seq >> 1}` : `20 registers, unit 1, transaction ${seq >> 1}`,
      }
    }),
    missed: 0,
  }
}

const EVENTS = [
  ['device.recovered', 'info', null],
  ['device.lost', 'warning', 'No answer from 10.20.4.14:502 within 2,000 ms.'],
  ['device.quarantined', 'warning', 'Connection refused by 10.20.4.14:502.'],
] as const

/** What an engineer's pages ask for. */
export async function deviceAnswers(): Promise<Answers> {
  const protocols = await fakeProtocols()
  const browse = fakeSpace()
  const began = Date.now()
  const seconds = (): number => Math.floor((Date.now() - began) / 1000)
  return (call, query, body) => {
    const [, id] = /^GET \/api\/devices\/(\d+)\/diagnostics$/.exec(call) ?? []
    if (id !== undefined) return { body: fakeDiagnostics(Number(id), seconds()) }
    if (/^GET \/api\/devices\/\d+\/frames$/.test(call)) return { body: fakeFrames(Number(query.get('after')), 200 + 2 * seconds()) }
    if (/^POST \/api\/devices\/\d+\/retry$/.test(call)) return { body: {} }
    if (call === 'GET /api/events') {
      const events = EVENTS.map(([code, severity, problem], index) => {
        const at = Date.now() * 1000 - (index + 1) * 2_500_000_000
        return { id: 10 - index, at, code, severity, deviceId: 4, detail: problem === null ? {} : { problem } }
      })
      return { body: { events, cursor: null } }
    }
    if (call === 'GET /api/protocols') return { body: protocols }
    if (call === 'GET /api/brokers') return { body: BROKERS }
    if (call === 'GET /api/rules') return { body: [] }
    if (call === 'POST /api/browse') return { body: browse(body as Parameters<typeof browse>[0]) }
    if (/^POST \/api\/devices\/\d+\/tags$/.test(call)) return { body: { tags: [] } }
    return null
  }
}

const BROKERS = [
  {
    id: 1,
    code: 'PLANT',
    name: 'Broker in the control room',
    protocol: 'mqtt',
    enabled: true,
    settings: { host: '10.20.4.2', port: 8883, tls: true },
    secretsSet: ['password'],
  },
]
