import type { Millis, Micros } from '#base/time.ts'
import { runAlarmEngine } from '#alarm/run-engine.ts'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { PLAIN_RULE } from '#domain/alarm.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import { GOOD, type Sample, type Value } from '#domain/sample.ts'
import { saveRule, type RuleInput } from '#store/alarm-rules.ts'
import { listHistory, type Alarm } from '#store/alarms.ts'
import type { Database } from '#store/database.ts'
import { insertDevice } from '#store/devices.ts'
import { SourceJournal } from '#store/journal.ts'
import { insertTags } from '#store/tags.ts'

export const SECOND: Micros = 1_000_000
export const SOURCE = 'driver-modbus'

function tagAt(index: number): Parameters<typeof insertTags>[2][number] {
  return {
    name: `Level ${index + 1}`,
    address: `HR${index}`,
    settings: {},
    kind: 'analog',
    unit: 'm',
    decimals: 2,
    scale: 1,
    offset: 0,
    deadband: 0,
    stateText: null,
    enabled: true,
  }
}

/** A device with tags, and a driver whose clock the test turns. */
export class AlarmPlant {
  readonly db: Database
  readonly deviceId: number
  readonly tagIds: readonly number[]
  /** The clock of the source. */
  now: Micros
  readonly #journal: SourceJournal
  #seq: number

  private constructor(db: Database, deviceId: number, tagIds: readonly number[], journal: SourceJournal, seq: number) {
    this.db = db
    this.deviceId = deviceId
    this.tagIds = tagIds
    this.#journal = journal
    this.#seq = seq
    this.now = systemClock.now() - 600 * SECOND
  }

  static async make(db: Database, options: { tags?: number; commTimeoutSeconds?: number | null } = {}): Promise<AlarmPlant> {
    const device = await insertDevice(db, {
      code: 'PS-01',
      name: 'Pump station 1',
      area: '',
      protocol: 'modbus',
      enabled: true,
      pollMillis: 1000,
      timeoutMillis: 1000,
      commTimeoutSeconds: options.commTimeoutSeconds ?? null,
      commSeverity: 'warning',
      livenessCounts: true,
      connection: {},
      demo: false,
    })
    const tags = await insertTags(
      db,
      device.id,
      Array.from({ length: options.tags ?? 1 }, (_, index) => tagAt(index)),
    )
    const { journal, position } = await SourceJournal.open(db, SOURCE)
    const ids = tags.map((tag) => tag.id)
    return new AlarmPlant(db, device.id, ids, journal, position.seq)
  }

  get seq(): number {
    return this.#seq
  }

  /** One more, for whoever watches the configuration. */
  async addTag(): Promise<void> {
    await insertTags(this.db, this.deviceId, [tagAt(this.tagIds.length)])
  }

  tag(index = 0): number {
    return this.tagIds[index] ?? 0
  }

  async rule(change: Partial<RuleInput> = {}, id?: number): Promise<number> {
    const input: RuleInput = {
      ...PLAIN_RULE,
      curve: '',
      xTag: '',
      suppressTag: '',
      tagId: this.tag(),
      label: 'Hi',
      name: 'Level high',
      severity: 'critical',
      enabled: true,
      autoClose: false,
      cooldownMinutes: 0,
      operator: '>',
      setpoint: 80,
      deadband: 2,
      onDelaySeconds: 0,
      offDelaySeconds: 0,
      ...change,
    }
    return (await saveRule(this.db, 'all', input, id)).rule.id
  }

  /** One delivery, `seconds` after the one before, of readings `age` seconds old; undefined leaves a tag out. */
  async deliver(
    values: readonly (Value | undefined)[],
    options: { seconds?: number; age?: number; silent?: boolean; stored?: boolean; report?: Partial<DeviceReport> } = {},
  ): Promise<void> {
    this.now += (options.seconds ?? 1) * SECOND
    const sourceTimestamp = this.now - (options.age ?? 0) * SECOND
    const readings = values.flatMap((value, index): Sample[] =>
      value === undefined ? [] : [{ tagId: this.tag(index), sourceTimestamp, value, quality: GOOD, statusCode: null }],
    )
    this.#seq++
    await this.#journal.append({
      delivery: {
        seq: this.#seq,
        receivedAt: this.now,
        readings,
        devices: options.silent === true ? [] : [{ ...this.report(), ...options.report }],
      },
      store: options.stored === true ? readings : [],
      spoolRecord: this.#seq,
    })
  }

  report(): DeviceReport {
    return { deviceId: this.deviceId, newest: this.now, status: 'online', consecutiveFailures: 0, successRate: 1, problem: null }
  }

  /** Waits until the engine has stored its verdicts on everything delivered so far. */
  async judged(): Promise<void> {
    await until(async () => (await this.watermark()) >= this.#seq, 'the engine has judged everything')
  }

  async watermark(): Promise<number> {
    const [row] = await this.db.query<{ seq: number }>(`select seq from watermarks where reader = 'alarm' and source = $1`, [SOURCE])
    return row?.seq ?? 0
  }

  /** Every occurrence, oldest first. */
  async alarms(): Promise<readonly Alarm[]> {
    return (await listHistory(this.db, 'all', { limit: 1000 })).alarms.toReversed()
  }

  async outbox(): Promise<readonly { kind: string; eventId: number; body: Record<string, unknown> }[]> {
    return await this.db.query('select kind, alarm_event_id as "eventId", body from outbox order by id')
  }
}

/** What engines complained about, shown when something is waited for in vain. */
const complaints: string[] = []

/** An engine of its own; disposed in order, as at a stop of its process. */
export function startEngine(db: Database): AsyncDisposable & { readonly ended: Promise<void> } {
  const stop = new AbortController()
  const ended = runAlarmEngine({
    db,
    log: createLogger('alarm', (line) => void complaints.push(line), 'warn'),
    clock: systemClock,
    signal: stop.signal,
  })
  return {
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
}

/** Polls until the condition holds. @throws after two minutes */
export async function until(condition: () => Promise<boolean> | boolean, what: string, within: Millis = 120_000): Promise<void> {
  const deadline = performance.now() + within
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error([`Waited in vain until ${what}`, ...complaints.slice(-3)].join('\n'))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
