import type { z } from 'zod'
import type { Contract } from '#api/contract/contract.ts'
import type { ReplyOf } from '#api/contract/endpoint.ts'
import type * as s from '#api/contract/shapes.ts'
import { packQuality, QualityReason, QualitySeverity } from '#domain/sample.ts'

type Device = z.output<typeof s.device>
type Tag = z.output<typeof s.tag>
type Alarm = z.output<typeof s.alarm>
type Message = z.output<typeof s.message>
export type SiteData = ReplyOf<Contract['GET /api/bootstrap']> & { alarms: Alarm[]; messages: Message[] }

const SECOND = 1_000_000
const QUANTITIES = [
  ['Flow', 'm³/h', 1],
  ['Pressure', 'bar', 2],
  ['Level', '%', 1],
  ['Power', 'kW', 1],
  ['Chlorine', 'mg/L', 2],
  ['Pump 1', '', 0],
] as const

/** A small water utility in all states a page must show: well, degraded, silent, disabled; good, bad and old values; open and closed alarms. */
export function siteData(now: number): SiteData {
  const devices = ['PS-01', 'PS-02', 'RS-01', 'FM-01', 'FM-02', 'CL-01'].map((code, index) => device(code, index + 1))
  const tags = devices.flatMap((one) => QUANTITIES.map((quantity, index) => tag(one.id, index, quantity)))
  const silent = { ...devices[4], id: 5 }
  return {
    me: {
      id: 1,
      login: 'ana',
      displayName: 'Ana Sousa',
      role: 'administrator',
      enabled: true,
      mustChangePassword: false,
      language: 'en',
      timeZone: null,
      deviceIds: null,
      categories: null,
      csrf: 'test-token',
    },
    version: '0.1.0',
    site: { name: 'Riverside Water', timeZone: 'Europe/Lisbon', language: 'en', publicUrl: '' },
    devices,
    deviceStates: devices.map((one, index) => ({
      deviceId: one.id,
      status: one.id === silent.id ? ('error' as const) : index === 3 ? ('degraded' as const) : ('online' as const),
      newest: one.id === silent.id ? now - 380 * SECOND : now,
      consecutiveFailures: one.id === silent.id ? 6 : 0,
      successRate: one.id === silent.id ? 0 : index === 3 ? 0.85 : 1,
      problem: one.id === silent.id ? 'No answer from 10.20.4.15:502 within 2,000 ms: check the cable and the unit id.' : null,
    })),
    tags,
    latest: tags.map((one) => ({
      tagId: one.id,
      sourceTimestamp: one.deviceId === silent.id ? now - 380 * SECOND : now,
      value: one.kind === 'digital' ? true : 10 + ((one.id * 37) % 90) + 0.37,
      quality: one.id === 22 ? packQuality(QualitySeverity.Bad, QualityReason.BadAddress) : 0,
    })),
    alarms: [
      alarm(1, 'critical', 'Reservoir level very high', 'RS-01', 3, now - 130 * SECOND),
      alarm(2, 'critical', 'Communication lost', 'FM-02', null, now - 320 * SECOND),
      alarm(3, 'warning', 'Suction pressure low', 'PS-01', 2, now - 540 * SECOND),
      { ...alarm(4, 'warning', 'Chlorine low', 'CL-01', 5, now - 2400 * SECOND), clearedAt: now - 600 * SECOND },
      {
        ...alarm(5, 'info', 'Daily volume above plan', 'PS-02', 1, now - 7200 * SECOND),
        acknowledgedAt: now - 6000 * SECOND,
        acknowledgedBy: 'Telegram: Tiago G.',
        comment: 'Hydrant test',
      },
    ],
    messages: [
      message(1, 'handed', now),
      {
        ...message(2, 'failed', now),
        channel: 'email',
        address: 'ana@example.org',
        reason: 'The server refused the recipient: mailbox full.',
      },
    ],
    counts: { critical: 2, warning: 2, info: 1, unacknowledged: 4 },
    demo: true,
    now,
  }
}

/** Those that do not speak Modbus. */
const PROTOCOLS: Readonly<Record<string, readonly [string, Device['connection']]>> = {
  'PS-02': ['iec104', { host: '10.20.4.12', port: 2404, commonAddress: 7 }],
  'RS-01': ['opcua', { endpointUrl: 'opc.tcp://10.20.4.13:4840', mode: 'subscription' }],
  'CL-01': ['mqtt', { broker: 'PLANT', kind: 'sparkplug', groupId: 'North', edgeNodeId: 'G1', deviceId: 'CL-01' }],
}

function device(code: string, id: number): Device {
  return {
    id,
    code,
    name: { PS: 'Pump station', RS: 'Reservoir', FM: 'Flow meter', CL: 'Chlorination' }[code.slice(0, 2)] ?? code,
    area: id < 4 ? 'North' : 'South',
    protocol: PROTOCOLS[code]?.[0] ?? 'modbus',
    enabled: id !== 6,
    pollMillis: 1000,
    timeoutMillis: 2000,
    commTimeoutSeconds: 60,
    commSeverity: 'warning',
    livenessCounts: true,
    connection: PROTOCOLS[code]?.[1] ?? { host: `10.20.4.${10 + id}`, port: 502, unitId: 1 },
    demo: true,
    secretsSet: [],
  }
}

function tag(deviceId: number, index: number, [name, unit, decimals]: (typeof QUANTITIES)[number]): Tag {
  return {
    id: (deviceId - 1) * QUANTITIES.length + index + 1,
    deviceId,
    name,
    address: `4000${index + 1}`,
    settings: {},
    kind: name === 'Pump 1' ? 'digital' : 'analog',
    unit,
    decimals,
    scale: 1,
    offset: 0,
    deadband: 0,
    stateText: name === 'Pump 1' ? ['Stopped', 'Running'] : null,
    enabled: true,
  }
}

function alarm(
  id: number,
  severity: Alarm['severity'],
  name: string,
  deviceCode: string,
  quantity: number | null,
  raisedAt: number,
): Alarm {
  const deviceId = ['PS-01', 'PS-02', 'RS-01', 'FM-01', 'FM-02', 'CL-01'].indexOf(deviceCode) + 1
  const chosen = quantity === null ? undefined : QUANTITIES[quantity - 1]
  return {
    id,
    displayNumber: 100 + id,
    ruleId: id,
    kind: quantity === null ? 'communication_loss' : 'threshold',
    deviceId,
    deviceCode,
    tagId: quantity === null ? null : (deviceId - 1) * QUANTITIES.length + quantity,
    tagName: chosen?.[0] ?? null,
    unit: chosen?.[1] ?? '',
    name,
    severity,
    operator: quantity === null ? null : '>',
    setpoint: quantity === null ? null : 69.3,
    raisedAt,
    valueAtRaise: quantity === null ? null : 76.86,
    clearedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    comment: null,
    closedAt: null,
    late: false,
  }
}

function message(id: number, state: string, now: number): Message {
  return {
    id,
    alarmEventId: 1,
    kind: 'alarm',
    contactName: 'Tiago Gomes',
    channel: 'telegram',
    address: '123456789',
    attempt: 1,
    state,
    reason: null,
    body: '#101 CRITICAL Reservoir level very high\nRS-01 · Level 76.86 % (limit > 69.3)',
    createdAt: now - 120 * SECOND,
    handedAt: now - 119 * SECOND,
    providerId: '417',
    parts: null,
  }
}
