import type { Micros, Millis } from '#base/time.ts'
import { type OlderRun, STEPPED_BACK_AFTER, nextOlder } from '#domain/clock-step.ts'
import { CLOCK_TOLERANCE } from '#domain/current-value.ts'
import { QualityFlag, QualityReason, QualitySeverity, packQuality, type Sample } from '#domain/sample.ts'
import { partOf, type Address } from './address.ts'
import { Cause, readObjects, type AsduHeader, type FieldSizes, type InformationObject } from './asdu.ts'
import type { ClockWatch } from './clock-watch.ts'
import type { DeviceTime, ResolvedTime } from './device-time.ts'
import { DoubleReports, type Reported } from './double-reports.ts'
import { eventKey, type ReplayMemory } from './replay-memory.ts'
import type { ReplayPhase } from './replay-phase.ts'
import type { StationView } from './station-view.ts'
import type { MonitorType, TypeGroup } from './type-table.ts'

export interface IntakePoint {
  readonly tagId: number
  readonly address: Address
}

/** What outlives a connection. */
export interface StationMemory {
  readonly time: DeviceTime
  readonly clock: ClockWatch
  readonly replay: ReplayMemory
  readonly view: StationView
}

export interface Arrival {
  readonly receivedAt: Micros
  readonly now: Millis
  /** When the interrogation was asked that is being answered; null when none is. */
  readonly askedAt: Micros | null
  /** Number of the I frame. */
  readonly frame: number
}

/** One information object that tags want. */
interface Target extends Reported {
  readonly prefix: string
  readonly points: readonly IntakePoint[]
  /** What points without a type of their own take: the first that comes. */
  group: TypeGroup | null
  /** Time of the newest event that became the current value. */
  newest: Micros
  /** The event that an interrogation told before its report came. */
  interrogated: string | null
}

const MISMATCH = packQuality(QualitySeverity.Bad, QualityReason.TypeMismatch)

/** An event is this near to when it came, or the clocks differ. */
const CLOCK_DOUBT: Micros = 10_000_000

/**
 * From information objects to samples: whose tag it is, when it was, whether it is news, history or a repetition. One for each
 * connection.
 */
export class Intake {
  readonly #targets: ReadonlyMap<number, Target>
  readonly #sizes: FieldSizes
  readonly #memory: StationMemory
  readonly #phase: ReplayPhase
  readonly #doubles: DoubleReports<Target>
  readonly #count: (name: string, by?: number) => void
  #samples: Sample[] = []
  #older: OlderRun | null = null

  constructor(
    points: readonly IntakePoint[],
    options: {
      readonly sizes: FieldSizes
      readonly memory: StationMemory
      readonly phase: ReplayPhase
      readonly count: (name: string, by?: number) => void
    },
  ) {
    this.#sizes = options.sizes
    this.#memory = options.memory
    this.#phase = options.phase
    this.#count = options.count
    this.#doubles = new DoubleReports((target, group, object, time) => this.#push(target, group, object, time.at, time.flags))
    const grouped = Map.groupBy(points, ({ address }) => keyOf(address.commonAddress, address.objectAddress))
    this.#targets = new Map(
      [...grouped].map(([key, points]) => [
        key,
        { prefix: `${key}/`, points, group: null, newest: -Infinity, interrogated: null, timed: null },
      ]),
    )
  }

  /** The oldest I frame of which something is still held back; it must not be accepted yet. */
  get holds(): number | undefined {
    return this.#doubles.oldestFrame
  }

  get nextDue(): Millis {
    return this.#doubles.nextDue
  }

  /** Lets go of what was held back long enough, or of everything. */
  release(now: Millis): void {
    this.#doubles.release(now)
  }

  /** @returns the samples made since the last call */
  drain(): readonly Sample[] {
    if (this.#samples.length === 0) return this.#samples
    const samples = this.#samples
    this.#samples = []
    return samples
  }

  /** @returns whether the telegram made sense; its objects are in {@link drain} */
  take(asdu: Uint8Array, header: AsduHeader, type: MonitorType, arrival: Arrival): boolean {
    const objects = readObjects(asdu, header, type, this.#sizes)
    if (objects === undefined) return false
    this.#count('objects_received', objects.length)
    for (const object of objects) this.#onObject(asdu, header, type, object, arrival)
    return true
  }

  #onObject(asdu: Uint8Array, header: AsduHeader, type: MonitorType, object: InformationObject, arrival: Arrival): void {
    const { time, view } = this.#memory
    const { receivedAt } = arrival
    const timeAt = object.at + type.shape.octets
    const interrogated = header.cause >= Cause.InterrogatedFirst && header.cause <= Cause.InterrogatedLast
    const when =
      type.timeOctets === 7
        ? time.full(asdu, timeAt, receivedAt)
        : type.timeOctets === 3
          ? time.withinHour(asdu, timeAt, receivedAt)
          : this.#untimed(interrogated ? beforeQuestion(arrival) : receivedAt)
    view.report(header.commonAddress, type, object, when.at, when.flags, receivedAt)
    if ((when.flags & QualityFlag.TimeInvalid) !== 0) this.#count('times_invalid')
    const target = this.#targets.get(keyOf(header.commonAddress, object.objectAddress))
    if (target === undefined) return
    if (type.timeOctets === 0) {
      if (isSpontaneous(header.cause) && this.#doubles.holdUntimed(target, type.group, object, when, arrival)) return
      this.#doubles.letGo(target)
      this.#push(target, type.group, object, when.at, when.flags)
      return
    }
    // the hour belongs to it: minutes alone come again
    const hour = type.timeOctets === 3 ? `${Math.floor(when.at / 3_600_000_000)}/` : ''
    const key = eventKey(target.prefix + hour, type.typeId, asdu, object.at, timeAt + type.timeOctets)
    const general = interrogated && type.group !== 'IT'
    if (general) this.#onInterrogated(target, type.group, object, when, key, arrival)
    else this.#onEvent(target, type.group, object, when, key, header.cause, arrival)
  }

  #onEvent(
    target: Target,
    group: TypeGroup,
    object: InformationObject,
    when: ResolvedTime,
    key: string,
    cause: number,
    arrival: Arrival,
  ): void {
    const { replay, clock } = this.#memory
    const repeated = replay.isRepeated(key) || key === target.interrogated
    replay.add(key)
    if (repeated) {
      target.interrogated = null
      this.#count('duplicates_removed')
      return
    }
    if (isSpontaneous(cause)) {
      if (when.told && !this.#phase.running) clock.observe(when.at, arrival.receivedAt)
      this.#count('double_reports_joined', this.#doubles.onTimed(target, group, object, arrival.now))
    }
    this.#push(target, group, object, when.at, when.flags | this.#history(target, when, arrival.receivedAt))
  }

  /** The answer to an interrogation is how it stands now; the time on it tells since when, which may be news besides. */
  #onInterrogated(target: Target, group: TypeGroup, object: InformationObject, when: ResolvedTime, key: string, arrival: Arrival): void {
    if (when.told && when.at > target.newest && !this.#memory.replay.knows(key) && key !== target.interrogated) {
      target.interrogated = key
      const history = this.#history(target, when, arrival.receivedAt)
      this.#push(target, group, object, when.at, when.flags | history)
      if (history === 0) return
    }
    const now = this.#untimed(beforeQuestion(arrival))
    this.#push(target, group, object, now.at, now.flags)
  }

  /** @returns the flag Historical for an event that can no longer be the current value, else 0 */
  #history(target: Target, when: ResolvedTime, receivedAt: Micros): number {
    if (!when.told) return 0
    // a station's clock that was ahead and has been set right: what it said of the future holds nothing back
    const setRight = target.newest > receivedAt + CLOCK_DOUBT && Math.abs(receivedAt - when.at) < CLOCK_DOUBT
    if (
      this.#phase.isHistorical(when.at, receivedAt) ||
      (when.at < target.newest && !setRight && !this.#isSetBack(target, when.at, receivedAt))
    ) {
      this.#count('historical_events')
      return QualityFlag.Historical
    }
    this.#older = null
    target.newest = when.at
    return 0
  }

  /** Whether the station's clock was set back: then what it says from now on counts, for every object. */
  #isSetBack(target: Target, at: Micros, receivedAt: Micros): boolean {
    if (at >= target.newest - CLOCK_TOLERANCE) return false
    // what came together is one arrival
    if (this.#older !== null && receivedAt <= this.#older.receivedAt) return false
    this.#older = nextOlder(this.#older, at, receivedAt)
    if (this.#older.count < STEPPED_BACK_AFTER) return false
    this.#older = null
    this.#count('clock_set_back')
    for (const each of this.#targets.values()) each.newest = -Infinity
    return true
  }

  /**
   * A value without time is from when it came; an interrogated one from when it was asked for, or a change that was under way meanwhile
   * would look older than the value it replaced. By the station's clock, should it be known to differ, for the same reason.
   */
  #untimed(at: Micros): ResolvedTime {
    return this.#memory.time.untimed(at - this.#memory.clock.behind)
  }

  #push(target: Target, group: TypeGroup, object: InformationObject, sourceTimestamp: Micros, flags: number): void {
    target.group ??= group
    for (const { tagId, address } of target.points) {
      if ((address.group ?? target.group) !== group) {
        this.#count('objects_of_another_type')
        continue
      }
      const value = partOf(object, group, address.part)
      const fits = value !== undefined
      this.#samples.push({
        tagId,
        sourceTimestamp,
        value: fits ? value : null,
        quality: (fits ? object.quality : MISMATCH) | flags,
        statusCode: fits ? object.status : null,
      })
    }
  }
}

function keyOf(commonAddress: number, objectAddress: number): number {
  return commonAddress * 0x100_0000 + objectAddress
}

/**
 * The last moment of which a station's clock says that it is before the question: times on the line count whole milliseconds, so an
 * event in the millisecond of the question would look older than the answer that it replaces.
 */
function beforeQuestion({ askedAt, receivedAt }: Arrival): Micros {
  const at = askedAt ?? receivedAt
  return at - (at % 1000) - 1
}

function isSpontaneous(cause: number): boolean {
  return cause === Cause.Spontaneous || cause === Cause.ReturnRemote || cause === Cause.ReturnLocal
}
