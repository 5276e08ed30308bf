import type { Contract } from '#api/contract/contract.ts'
import type { ReplyOf } from '#api/contract/endpoint.ts'
import type { Reply } from './fake-server.ts'
import type { SiteData } from './site-data.ts'

type Suppressions = ReplyOf<Contract['GET /api/suppressions']>

const SECOND = 1_000_000
const HOUR = 3600 * SECOND

/** What is put aside: everything that a list of hidden alarms must show, at once. */
export function suppressionsOf(now: number): Suppressions {
  const of = (id: number, name: string, deviceId: number, deviceCode: string, tagName: string | null) => ({
    ruleId: id,
    kind: 'threshold',
    name,
    severity: 'warning' as const,
    deviceId,
    deviceCode,
    tagName,
    eventId: null,
    standing: false,
  })
  const who = 'Platform: Ana Sousa'
  const act = (id: number, name: string, reason: string | null, rest: Partial<Suppressions['history'][number]>) => ({
    id,
    at: now - id * HOUR,
    act: 'shelved',
    ruleId: 31,
    deviceId: 2,
    deviceCode: 'PS-02',
    name,
    who,
    reason,
    until: null,
    ...rest,
  })
  return {
    shelves: [
      {
        ...of(31, 'Discharge pressure high', 2, 'PS-02', 'Pressure'),
        eventId: 3,
        standing: true,
        until: now + 5 * HOUR,
        reason: 'Valve is being replaced; the contractor is on site until noon',
        who,
        at: now - HOUR,
      },
    ],
    maintenance: [
      {
        deviceId: 6,
        deviceCode: 'CL-01',
        deviceName: 'Chlorination',
        until: null,
        reason: 'Dosing pump out for repair',
        who,
        at: now - 30 * HOUR,
        open: 2,
      },
    ],
    designed: [{ ...of(32, 'Suction pressure low', 1, 'PS-01', 'Pressure'), byTag: 'PS-01:Pump 1', since: now - 2 * HOUR }],
    chattering: [{ ...of(33, 'Flow low', 4, 'FM-01', 'Flow'), eventId: 1, standing: true, raises: 14, until: now + 400 * SECOND }],
    history: [
      act(1, 'Discharge pressure high', 'Valve is being replaced; the contractor is on site until noon', { until: now + 5 * HOUR }),
      act(3, 'Suction pressure low', 'PS-01:Pump 1', { act: 'by_design', who: 'System' }),
      act(30, 'CL-01', 'Dosing pump out for repair', { act: 'out_of_service', ruleId: null, deviceCode: 'CL-01' }),
      act(40, 'Level low', null, { act: 'shelf_ended', who: 'System' }),
    ],
    flood: { startedAt: now - 420 * SECOND, alarms: 17, firstOut: { eventId: 1, name: 'Reservoir level very high', deviceCode: 'RS-01' } },
  }
}

/** The contract's answers about alarms from memory; null: not this call. */
export class FakeAlarms {
  readonly #data: SiteData
  suppressions: Suppressions

  constructor(data: SiteData, now: number) {
    this.#data = data
    this.suppressions = suppressionsOf(now)
  }

  answer(call: string, body: unknown): Reply | null {
    if (call === 'GET /api/suppressions') return { body: this.suppressions }
    const [, ruleId, act] = /^POST \/api\/rules\/(\d+)\/(shelve|unshelve|reset)$/.exec(call) ?? []
    if (ruleId !== undefined) return { body: act === 'shelve' ? this.#shelve(Number(ruleId), body) : this.#bringBack(Number(ruleId)) }
    const [, deviceId] = /^(?:PUT|DELETE) \/api\/devices\/(\d+)\/maintenance$/.exec(call) ?? []
    if (deviceId !== undefined) return { body: this.#service(Number(deviceId), call.startsWith('PUT') ? body : null) }
    return null
  }

  /** One page of the list that was asked for. */
  list(query: URLSearchParams): SiteData['alarms'] {
    const state = query.get('state')
    const text = query.get('text')?.toLowerCase() ?? ''
    return this.#data.alarms.filter(
      (one) =>
        (state === 'history' || (one.closedAt === null && (state === 'suppressed') === ((one.suppressed ?? null) !== null))) &&
        one.name.toLowerCase().includes(text),
    )
  }

  #shelve(ruleId: number, body: unknown): object {
    const { until, reason } = body as { until: number; reason: string }
    const [alarm] = this.#data.alarms.filter((one) => one.ruleId === ruleId)
    this.#data.alarms = this.#data.alarms.map((one) => (one.ruleId === ruleId ? { ...one, suppressed: 'shelved' } : one))
    const [pattern] = this.suppressions.shelves
    if (alarm === undefined || pattern === undefined) return {}
    const { name, severity, deviceId, deviceCode, tagName, kind } = alarm
    const shelf = { ...pattern, ruleId, name, severity, deviceId, deviceCode, tagName, kind, eventId: alarm.id, until, reason }
    this.suppressions = { ...this.suppressions, shelves: [...this.suppressions.shelves, shelf] }
    return {}
  }

  #bringBack(ruleId: number): object {
    this.#data.alarms = this.#data.alarms.map((one) => (one.ruleId === ruleId ? { ...one, suppressed: null, latched: false } : one))
    this.suppressions = { ...this.suppressions, shelves: this.suppressions.shelves.filter((one) => one.ruleId !== ruleId) }
    return {}
  }

  #service(deviceId: number, body: unknown): object {
    const rest = this.suppressions.maintenance.filter((one) => one.deviceId !== deviceId)
    const device = this.#data.devices.find((one) => one.id === deviceId)
    const [pattern] = this.suppressions.maintenance
    const { until, reason } = (body ?? {}) as { until?: number | null; reason?: string }
    const taken =
      body === null || device === undefined || pattern === undefined
        ? []
        : [{ ...pattern, deviceId, deviceCode: device.code, deviceName: device.name, until: until ?? null, reason: reason ?? '', open: 1 }]
    this.suppressions = { ...this.suppressions, maintenance: [...rest, ...taken] }
    return {}
  }
}
