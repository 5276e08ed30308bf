import { DriverError, type DriverFault } from '#base/errors.ts'
import type { Clock, Micros, Millis } from '#base/time.ts'
import { DeviceStatus, type Device, type Tag } from '#domain/device.ts'
import { GapCause, type GapChange, RESTARTED } from '#domain/gap.ts'
import { QualityFlag, QualityReason, QualitySeverity, hasFlag, reasonOf, severityOf, type Sample } from '#domain/sample.ts'
import { type Reading, type TagMemory, newTagMemory } from './core/report-by-exception.ts'

/** Faults that mean that the device cannot be reached; with the others it can, and gives nothing. */
const OF_THE_LINK: ReadonlySet<DriverFault> = new Set(['connect', 'timeout', 'refused'])

/** @returns who is to blame for a device that gives nothing */
export function causeOf(error: Error): GapCause {
  return error instanceof DriverError && OF_THE_LINK.has(error.fault) ? GapCause.Link : GapCause.Device
}

/** Whether a sample shows that the device itself spoke just now: what a broker kept of it says nothing of that. */
export function isNews({ quality }: Sample): boolean {
  return reasonOf(quality) !== QualityReason.CommunicationFailure && !hasFlag(quality, QualityFlag.Historical | QualityFlag.Retained)
}

/**
 * What a device had queued while nobody listened comes one after the other: only what is left when nothing of it came for a second still
 * holds. Counted in looks, so that a process that stood still reads what waits for it before it judges.
 */
export const LOOK_INTERVAL: Millis = 250
const QUIET_LOOKS = 4
/** A device whose clock is slow seems to have no end of it. */
const MOST_LOOKS = 40

interface Options {
  readonly device: Pick<Device, 'id' | 'enabled'>
  readonly tags: readonly Tag[]
  readonly clock: Clock
  readonly memories: Map<number, TagMemory>
  /** The process did not run before; else the device was edited. */
  readonly afterRestart: boolean
  /** See {@link Driver.waitsForUs}. */
  readonly waitsForUs: boolean
  /** As it was before. */
  readonly known?: { readonly status: DeviceStatus } | undefined
  readonly onGap: (change: GapChange) => void
}

/**
 * Whether a device is being observed, as the gap ledger shall know it. A gap begins with the first attempt that failed, or where a device that
 * sends by itself was last heard; it is told when the device counts as lost, and ends with the first answer. In history no value holds on over
 * a gap, so that what holds after it is written anew.
 */
export class Observation {
  readonly #options: Options
  #state: 'unknown' | 'observed' | 'gap' = 'unknown'
  #heardAt: Micros | null = null
  #failingSince: Micros | null = null
  /** Tags of which nothing was known, and that have not spoken since; and the instant up to which nothing was. */
  readonly #silent = new Set<number>()
  #unknownUntil: Micros = 0
  /** Of these, what came last with a stamp of before, and when it came. */
  readonly #unsettled = new Map<number, { readonly sample: Sample; readonly at: Micros; looks: number }>()
  /** How often anybody looked since something queued came. */
  #quietLooks = 0
  /** A session that stood while we looked away: what it told last still holds. */
  #outlived = false

  constructor(options: Options) {
    this.#options = options
    const { device, tags, clock, afterRestart, waitsForUs, known } = options
    const at = clock.now()
    const wasWell = known?.status === DeviceStatus.Online || known?.status === DeviceStatus.Degraded
    if (afterRestart || !wasWell) this.#forget()
    if (!device.enabled) this.#change(at, GapCause.Disabled)
    else if (afterRestart && !waitsForUs) this.#change(at, RESTARTED)
    for (const tag of tags) if (!tag.enabled) this.#change(at, GapCause.Disabled, null, tag.id)
  }

  connected(): void {
    this.#outlived = false
  }

  /** A device that sends by itself gave a sign of life. */
  heard(): void {
    this.#heardAt = this.#options.clock.now()
  }

  /** @returns what is to be stored because it still holds */
  answered(at: Micros): readonly Reading[] {
    this.#failingSince = null
    if (this.#state === 'observed') return []
    this.#state = 'observed'
    this.#change(at, null)
    if (!this.#outlived) return []
    this.#outlived = false
    const held = [...this.#silent].flatMap((tagId) => {
      const newest = this.#options.memories.get(tagId)?.newest
      return newest === undefined || !isUsable(newest) ? [] : [holding(newest, at)]
    })
    this.#silent.clear()
    this.#unsettled.clear()
    return held
  }

  failed(at: Micros): void {
    this.#failingSince ??= this.#heardAt ?? at
    this.#heardAt = null
  }

  lost(at: Micros, cause: GapCause, problem: string | null): void {
    this.#state = 'gap'
    this.#forget()
    this.#change(this.#failingSince ?? at, cause, problem)
  }

  /** We ourselves looked away for a while. @param pushes whether a session stands that sends by itself */
  interrupted(from: Micros, cause: GapCause, pushes: boolean): void {
    if (this.#state !== 'observed' || this.#options.waitsForUs) return
    this.#state = 'gap'
    this.#outlived = pushes
    // what fails from now on may have failed with us: it is to blame from its own failure on only
    this.#heardAt = null
    this.#forget()
    // a value that is the same as before is stored all the same
    if (!pushes) for (const tag of this.#options.tags) this.#options.memories.set(tag.id, newTagMemory())
    this.#change(from, cause)
  }

  /** @param sample scaled */
  took(sample: Sample): void {
    const { tagId, sourceTimestamp } = sample
    if (this.#silent.size === 0 || !isUsable(sample) || !this.#silent.has(tagId)) return
    if (sourceTimestamp >= this.#unknownUntil) {
      this.#silent.delete(tagId)
      this.#unsettled.delete(tagId)
      return
    }
    const known = this.#unsettled.get(tagId)?.sample
    const newest = known !== undefined && known.sourceTimestamp > sourceTimestamp ? known : sample
    this.#unsettled.set(tagId, { sample: newest, at: this.#options.clock.now(), looks: 0 })
    this.#quietLooks = 0
  }

  /** Whether {@link look} will have something to say. */
  get isUnsettled(): boolean {
    return this.#unsettled.size > 0
  }

  /**
   * To be called every {@link LOOK_INTERVAL} while something is unsettled.
   * @returns first values after a gap whose own stamps lie before it, as of the moment they came
   */
  look(): readonly Reading[] {
    this.#quietLooks++
    const over = this.#quietLooks >= QUIET_LOOKS
    return this.#settle((one) => ++one.looks >= MOST_LOOKS || over)
  }

  /** Nobody will look again. @returns as {@link look}, without waiting for what may follow */
  end(): readonly Reading[] {
    return this.#settle(() => true)
  }

  #settle(holds: (one: { looks: number }) => boolean): readonly Reading[] {
    return [...this.#unsettled].flatMap(([tagId, one]) => {
      if (!holds(one)) return []
      this.#unsettled.delete(tagId)
      this.#silent.delete(tagId)
      return [holding(one.sample, one.at)]
    })
  }

  #forget(): void {
    if (this.#options.waitsForUs) return
    this.#unknownUntil = this.#options.clock.now()
    this.#unsettled.clear()
    for (const tag of this.#options.tags) if (tag.enabled) this.#silent.add(tag.id)
  }

  #change(at: Micros, cause: GapChange['cause'], problem: string | null = null, tagId: number | null = null): void {
    this.#options.onGap({ deviceId: this.#options.device.id, tagId, at, cause, problem })
  }
}

/** Whether a value holds from now on. */
function isUsable(sample: Sample): boolean {
  return severityOf(sample.quality) !== QualitySeverity.Bad && isNews(sample)
}

function holding(sample: Sample, now: Micros): Reading {
  const quality = sample.quality | QualityFlag.TimeSubstituted | QualityFlag.Heartbeat
  return { sample: { ...sample, sourceTimestamp: now, quality }, store: true, changed: false }
}
