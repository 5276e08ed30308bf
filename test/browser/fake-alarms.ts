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
    category: '',
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
  readonly comments: string[] = []
  path: ReplyOf<Contract['GET /api/alarm-path']>

  constructor(data: SiteData, now: number) {
    this.#data = data
    this.suppressions = suppressionsOf(now)
    const leg = (name: (typeof this.path.legs)[number]['leg'], count: number, p50: number) => ({
      leg: name,
      count,
      p50,
      p95: p50 * 4,
      p99: p50 * 9,
    })
    this.path = {
      from: now - 24 * HOUR,
      to: now,
      alarms: 41,
      late: 3,
      legs: [
        leg('ingest', 38, 240),
        leg('raise', 38, 31),
        leg('enqueue', 20, 149),
        leg('accept', 20, 1480),
        leg('whole', 20, 1900),
        { leg: 'acknowledge', count: 0, p50: null, p95: null, p99: null },
      ],
      worst: data.alarms.slice(0, 2).map((one, index) => ({
        id: one.id,
        displayNumber: one.displayNumber,
        kind: one.kind,
        name: one.name,
        severity: one.severity,
        deviceCode: one.deviceCode,
        raisedAt: one.raisedAt,
        whole: 75_000 - index * 70_000,
      })),
    }
  }

  answer(call: string, body: unknown): Reply | null {
    if (call === 'GET /api/suppressions') return { body: this.suppressions }
    if (call === 'GET /api/alarm-categories') return { body: { categories: ['Process/Levels', 'Quality'] } }
    if (call === 'GET /api/alarm-path') return { body: this.path }
    const [, alarmId] = /^GET \/api\/alarms\/(\d+)$/.exec(call) ?? []
    const found = alarmId === undefined ? undefined : this.occurrence(Number(alarmId))
    if (found !== undefined) return { body: found }
    if (/^POST \/api\/alarms\/\d+\/comments$/.test(call)) {
      this.comments.push((body as { text: string }).text)
      return { body: {} }
    }
    const { ruleIds = [] } = (body ?? {}) as { ruleIds?: readonly number[] }
    if (call === 'POST /api/rules/shelve') {
      for (const ruleId of ruleIds) this.#shelve(ruleId, body)
      return { body: {} }
    }
    if (call === 'POST /api/rules/unshelve') {
      for (const ruleId of ruleIds) this.#bringBack(ruleId)
      return { body: { ruleIds } }
    }
    const [, resetId] = /^POST \/api\/rules\/(\d+)\/reset$/.exec(call) ?? []
    if (resetId !== undefined) {
      this.#bringBack(Number(resetId))
      return { body: {} }
    }
    const [, deviceId] = /^(?:PUT|DELETE) \/api\/devices\/(\d+)\/maintenance$/.exec(call) ?? []
    if (deviceId !== undefined) return { body: this.#service(Number(deviceId), call.startsWith('PUT') ? body : null) }
    return null
  }

  /** Everything about one occurrence; undefined when there is none. */
  occurrence(id: number): ReplyOf<Contract['GET /api/alarms/:id']> | undefined {
    const alarm = this.#data.alarms.find((one) => one.id === id)
    if (alarm === undefined) return undefined
    const { raisedAt, clearedAt, acknowledgedAt, acknowledgedBy } = alarm
    const entry = { who: null, text: null, value: null }
    const messages = id === 1 ? this.#data.messages : []
    return {
      alarm,
      messages,
      path: {
        sourceAt: raisedAt,
        receivedAt: raisedAt + 240_000,
        committedAt: raisedAt + 271_000,
        queuedAt: messages.length === 0 ? null : raisedAt + 420_000,
        handedAt: messages.length === 0 ? null : raisedAt + 1_900_000,
        acknowledgedAt,
      },
      timeline: [
        { ...entry, at: raisedAt, kind: 'raised', value: alarm.valueAtRaise },
        ...(clearedAt === null ? [] : [{ ...entry, at: clearedAt, kind: 'cleared' as const }]),
        ...(acknowledgedAt === null ? [] : [{ ...entry, at: acknowledgedAt, kind: 'acknowledged' as const, who: acknowledgedBy }]),
        ...this.comments.map((text) => ({
          ...entry,
          at: raisedAt + 60 * SECOND,
          kind: 'comment' as const,
          who: 'Platform: Ana Sousa',
          text,
        })),
      ],
      suppressions: id === 1 ? this.suppressions.history.slice(0, 1).map((one) => ({ ...one, at: raisedAt - HOUR })) : [],
      told:
        messages.length === 0
          ? null
          : { state: 'open', untold: false, reason: 'Waits for an answer', chainName: 'Water on call', nextActionAt: raisedAt + HOUR },
      ruleVersion: 4,
      rule: { label: 'HiHi', deadband: 2, onDelaySeconds: 30, cooldownMinutes: 30, latch: true },
    }
  }

  /** One page of the list that was asked for. */
  list(query: URLSearchParams): SiteData['alarms'] {
    const state = query.get('state')
    const text = query.get('text')?.toLowerCase() ?? ''
    return this.#data.alarms.filter(
      (one) =>
        (state === 'history' || (one.closedAt === null && (state === 'suppressed') === ((one.suppressed ?? null) !== null))) &&
        (query.get('is') !== 'unacknowledged' || one.acknowledgedAt === null) &&
        one.name.toLowerCase().includes(text),
    )
  }

  #shelve(ruleId: number, body: unknown): void {
    const { until, reason } = body as { until: number; reason: string }
    const [alarm] = this.#data.alarms.filter((one) => one.ruleId === ruleId)
    this.#data.alarms = this.#data.alarms.map((one) => (one.ruleId === ruleId ? { ...one, suppressed: 'shelved' } : one))
    const [pattern] = suppressionsOf(Date.now() * 1000).shelves
    if (alarm === undefined || pattern === undefined) return
    const { name, severity, deviceId, deviceCode, tagName, kind } = alarm
    const shelf = { ...pattern, ruleId, name, severity, deviceId, deviceCode, tagName, kind, eventId: alarm.id, until, reason }
    this.suppressions = { ...this.suppressions, shelves: [...this.suppressions.shelves, shelf] }
  }

  #bringBack(ruleId: number): void {
    this.#data.alarms = this.#data.alarms.map((one) => (one.ruleId === ruleId ? { ...one, suppressed: null, latched: false } : one))
    this.suppressions = { ...this.suppressions, shelves: this.suppressions.shelves.filter((one) => one.ruleId !== ruleId) }
  }

  #service(deviceId: number, body: unknown): object {
    const rest = this.suppressions.maintenance.filter((one) => one.deviceId !== deviceId)
    const device = this.#data.devices.find((one) => one.id === deviceId)
    const [pattern] = suppressionsOf(Date.now() * 1000).maintenance
    const { until, reason } = (body ?? {}) as { until?: number | null; reason?: string }
    const taken =
      body === null || device === undefined || pattern === undefined
        ? []
        : [{ ...pattern, deviceId, deviceCode: device.code, deviceName: device.name, until: until ?? null, reason: reason ?? '', open: 1 }]
    this.suppressions = { ...this.suppressions, maintenance: [...rest, ...taken] }
    return {}
  }
}
