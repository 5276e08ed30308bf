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
    readingsOfTags: [
      { tagId: 11, name: 'Discharge pressure', since: minutes(43_200), seen: 71_822, stored: 13_940 },
      { tagId: 12, name: 'Pump 1 running', since: minutes(43_200), seen: 71_822, stored: 212 },
      { tagId: 13, name: 'Level of the wet well', since: minutes(43_200), seen: 71_822, stored: 60 },
    ],
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
  let brokers = BROKERS
  const seconds = (): number => Math.floor((Date.now() - began) / 1000)
  return (call, query, body) => {
    const [, id] = /^GET \/api\/devices\/(\d+)\/diagnostics$/.exec(call) ?? []
    if (id !== undefined) return { body: fakeDiagnostics(Number(id), seconds()) }
    if (/^GET \/api\/devices\/\d+\/frames$/.test(call)) return { body: fakeFrames(Number(query.get('after')), 200 + 2 * seconds()) }
    if (/^POST \/api\/devices\/\d+\/retry$/.test(call)) return { body: {} }
    if (/^GET \/api\/devices\/\d+\/status-history$/.test(call)) return { body: fakeStatusHistory(Number(query.get('to'))) }
    if (call === 'GET /api/gaps') return { body: { gaps: fakeGaps(Date.now() * 1000) } }
    if (call.endsWith('/completeness')) return { body: fakeCompleteness(Number(query.get('days')), Date.now()) }
    if (call === 'GET /api/events') {
      const events = EVENTS.map(([code, severity, problem], index) => {
        const at = Date.now() * 1000 - (index + 1) * 2_500_000_000
        return { id: 10 - index, at, code, severity, deviceId: 4, detail: problem === null ? {} : { problem } }
      })
      return { body: { events, cursor: null } }
    }
    if (call === 'POST /api/actions') return { body: { result: actionResult(body as { name: string; body: unknown }) } }
    if (call === 'GET /api/protocols') return { body: protocols }
    if (call === 'GET /api/health') return { body: { processes: [{ name: 'broker', state: 'running', ageSeconds: 1, restarts: 0 }] } }
    if (call === 'GET /api/brokers') return { body: brokers }
    if (call === 'POST /api/brokers' || call === 'PUT /api/brokers/1') {
      const { secrets: _, ...given } = body as (typeof brokers)[number] & { secrets: unknown }
      const broker = { ...given, id: call.startsWith('PUT') ? 1 : 2, secretsSet: ['password'] }
      brokers = [...brokers.filter((one) => one.id !== broker.id), broker]
      return { body: broker }
    }
    if (call === 'GET /api/rules') return { body: [] }
    if (call === 'POST /api/browse') return { body: browse(body as Parameters<typeof browse>[0]) }
    if (/^POST \/api\/devices\/\d+\/tags$/.test(call)) return { body: { tags: [] } }
    return null
  }
}

function fakeGaps(now: number): object[] {
  return [
    { cause: 'link', from: now - 65_000_000, to: null, problem: 'No answer from 10.20.4.14:502 within 2,000 ms. Check the cable.' },
    { cause: 'disabled', from: now - 5_000_000_000, to: now - 4_000_000_000, problem: null, tagId: 20 },
    { cause: 'process', from: now - 9_000_000_000, to: now - 8_990_000_000, problem: null },
  ].map((gap) => ({ tagId: null, ...gap, deviceId: 4 }))
}

function fakeCompleteness(days: number, now: number): object {
  const midnight = Math.floor(now / 86_400_000) * 86_400_000
  const edges = Array.from({ length: days + 1 }, (_, index) => (midnight - (days - 1 - index) * 86_400_000) * 1000)
  const shares = (lack: number): (number | null)[] =>
    Array.from({ length: days }, (_, day) => (day === 0 ? null : day % 3 === lack ? 0.9731 : 1))
  return { edges, device: shares(1), tags: [19, 20, 21].map((tagId, index) => ({ tagId, days: shares(index) })) }
}

const BROKERS: { id: number; code: string; name: string; protocol: string; enabled: boolean; settings: object; secretsSet: string[] }[] = [
  {
    id: 1,
    code: 'PLANT',
    name: 'Broker in the control room',
    protocol: 'mqtt',
    enabled: true,
    settings: { host: '10.20.4.2', port: 8883, tls: true },
    secretsSet: ['password'],
  },
  {
    id: 3,
    code: 'OWN',
    name: 'Ours',
    protocol: 'mqtt',
    enabled: true,
    settings: { bundled: true, port: 1883 },
    secretsSet: [],
  },
]

const CERTIFICATE = {
  thumbprint: '4F2A91C07B3D5E6689A0B1C2D3E4F5061728394A',
  subject: 'CN=SIMATIC.S7-1500.OPC-UA.Application:PLC_1, O=Siemens',
  issuer: 'CN=SIMATIC.S7-1500.OPC-UA.Application:PLC_1, O=Siemens',
  applicationUri: 'urn:SIMATIC.S7-1500.OPC-UA.Application:PLC_1',
  validFrom: '2025-03-01T00:00:00.000Z',
  validTo: '2037-12-31T23:00:00.000Z',
}

/** What the actions of OPC UA and CSV answer; whatever was trusted stays trusted. */
const trusted = new Set<string>()
function actionResult({ name, body }: { name: string; body: unknown }): unknown {
  if (name === 'trust_certificate') trusted.add((body as { thumbprint: string }).thumbprint)
  if (name === 'untrust_certificate') trusted.delete((body as { thumbprint: string }).thumbprint)
  const isTrusted = trusted.has(CERTIFICATE.thumbprint)
  switch (name) {
    case 'list_endpoints':
      return {
        endpoints: [
          ['None', 'None'],
          ['Basic256Sha256', 'Sign'],
          ['Basic256Sha256', 'SignAndEncrypt'],
          ['Aes256_Sha256_RsaPss', 'SignAndEncrypt'],
        ].map(([securityPolicy, securityMode]) => ({
          securityPolicy,
          securityMode,
          identities: ['userName', 'certificate'],
          certificate: { ...CERTIFICATE, trusted: isTrusted },
          endpointUrl: 'opc.tcp://plc-1:4840',
        })),
      }
    case 'own_certificate':
      return {
        ...CERTIFICATE,
        thumbprint: '00112233445566778899AABBCCDDEEFF00112233',
        subject: 'CN=SyncTide@plant, O=SyncTide',
        issuer: 'CN=SyncTide@plant, O=SyncTide',
        applicationUri: 'urn:plant:SyncTide',
        pem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
        der: 'AAAA',
      }
    case 'list_certificates':
    case 'trust_certificate':
    case 'untrust_certificate':
      return isTrusted ? { trusted: [CERTIFICATE], rejected: [] } : { trusted: [], rejected: [CERTIFICATE] }
    case 'preview':
      return preview((body as { text?: string } | null)?.text === undefined ? 'flow_2026-11-26.csv' : null)
    default:
      return null
  }
}

/** A file whose dates can be read in two ways, with two lines that cannot be read at all. */
function preview(file: string | null): unknown {
  return {
    ok: file !== null,
    problem: file === null ? 'Day and month cannot be told apart' : null,
    remedy: file === null ? 'Choose the date format.' : null,
    question:
      file === null
        ? {
            field: 'dateFormat',
            choices: [
              { value: 'dmy', meaning: 'day first: the first row is of 2026-11-05' },
              { value: 'mdy', meaning: 'month first: the first row is of 2026-05-11' },
            ],
          }
        : null,
    encoding: 'windows-1252',
    structure: {
      delimiter: ';',
      decimal: ',',
      decimalProof: '12,4 in line 2',
      thousands: '.',
      layout: 'wide',
      header: ['Date', 'Flow m3/h', 'Level m'],
      units: [],
      timeColumn: 'Date',
      clockColumn: null,
      tagColumn: null,
      valueColumn: null,
      qualityColumn: null,
      dateFormat: 'dmy',
      dateProof: file === null ? 'not known' : '26/11/2026 in line 2: there is no month 26',
    },
    timeZone: 'Europe/Lisbon',
    columns: [],
    missing: file === null ? [] : ['Chlorine'],
    rows: Array.from({ length: 12 }, (_, index) => ({
      line: 2 + (index >> 1),
      tag: index % 2 === 0 ? 'Flow m3/h' : 'Level m',
      time: `2026-11-26T07:${30 + (index >> 1)}:00Z`,
      local: `2026-11-26 07:${30 + (index >> 1)}:00`,
      value: index === 5 ? '' : (12.4 + index / 10).toFixed(2),
      good: index !== 5,
    })),
    problems: [
      { line: 9, reason: 'Flow m3/h: "12,4,1" is no number' },
      { line: 14, reason: 'There are 2 fields, not 3' },
    ],
    warnings: [],
    file,
    files: ['flow_2026-11-26.csv', 'flow_2026-11-25.csv'],
  }
}

/** A device that was well, then slow, then silent. */
function fakeStatusHistory(to: number): unknown {
  const hour = 3_600_000_000
  const problem = 'No answer from 10.20.4.11:502 within 1 s.'
  return [
    { at: to - 60 * hour, status: 'ok', problem: null },
    { at: to - 9 * hour, status: 'warning', problem: 'Answers 12 of 20 polls.' },
    { at: to - 7 * hour, status: 'error', problem },
    { at: to - 6 * hour, status: 'no_communication', problem },
    { at: to - 4 * hour, status: 'ok', problem: null },
    { at: to - 2 * hour, status: 'disabled', problem: null },
    { at: to - hour, status: 'ok', problem: null },
  ]
}
