import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { Clock } from '#base/time.ts'
import { replaces } from '#domain/current-value.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { Tag } from '#domain/device.ts'
import type { GapChange } from '#domain/gap.ts'
import { QualityFlag, type Sample, hasFlag } from '#domain/sample.ts'
import type { Driver } from '#drivers/driver.ts'
import { systemClock } from '#host/clock.ts'
import { sealFields } from '#host/secrets.ts'
import type { Reading } from '#ingest/core/report-by-exception.ts'
import { DeviceDiagnostics } from '#ingest/device-diagnostics.ts'
import { DeviceLoop } from '#ingest/device-loop.ts'
import type { Standing } from '#ingest/device-loop-options.ts'
import { isSameConversation, type DeviceSetup } from '#ingest/device-setup.ts'
import { LearnedMemory } from '#ingest/learned-memory.ts'

export interface RigOptions {
  readonly driver: Driver
  readonly connection: Readonly<Record<string, unknown>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly shared?: { readonly settings: Readonly<Record<string, unknown>>; readonly secrets?: Readonly<Record<string, string>> }
  readonly tags: readonly Pick<Tag, 'name' | 'address' | 'settings'>[]
  readonly pollMillis?: number
  readonly timeoutMillis?: number
  readonly livenessCounts?: boolean
  readonly clock?: Clock
  /** As at the start of a process; else as after an edit. */
  readonly afterRestart?: boolean
}

/** A driver under the real loop of the runtime, without a database: what comes out is kept here. */
export class DeviceRig implements AsyncDisposable {
  /** `at` in ms since the process began. */
  readonly log: { readonly at: number; readonly event: string; readonly fields: unknown }[] = []
  readonly readings: Reading[] = []
  readonly changes: string[] = []
  /** What the gap ledger was told. */
  readonly gaps: GapChange[] = []
  /** What was said with each change. */
  readonly problems: (string | null)[] = []
  readonly learned = new LearnedMemory(() => undefined)
  readonly diagnostics: DeviceDiagnostics
  readonly #options: RigOptions
  readonly #folder = mkdtempSync(join(tmpdir(), 'synctide-device-'))
  readonly #key = randomBytes(32)
  readonly #waiting: (() => void)[] = []
  #tags: RigOptions['tags']
  #newest = new Map<number, Sample>()
  #acceptsAll = true
  loop: DeviceLoop

  constructor(options: RigOptions) {
    this.#options = options
    this.#tags = options.tags
    this.diagnostics = new DeviceDiagnostics(options.clock ?? systemClock, { seen: 0, stored: 0 })
    this.loop = this.#begin()
  }

  get report(): DeviceReport {
    return this.loop.report
  }

  /** The newest reading of a tag, live ones only. */
  newest(tagName: string): Sample | undefined {
    return this.#newest.get(this.#tags.findIndex((tag) => tag.name === tagName) + 1)
  }

  /** What a screen shows of a tag. */
  current(tagName: string): Sample | undefined {
    const tagId = this.#tags.findIndex((tag) => tag.name === tagName) + 1
    let current: Sample | undefined
    for (const { sample, changed } of this.readings) {
      if (sample.tagId !== tagId || !changed || hasFlag(sample.quality, QualityFlag.Historical)) continue
      if (current === undefined || replaces(current, sample, systemClock.now())) current = sample
    }
    return current
  }

  /** Whether what the driver emits counts as safe at once; else whoever waits for it waits until this is true again. */
  set acceptsAll(on: boolean) {
    this.#acceptsAll = on
    if (on) for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** As after an edit: the old loop ends, a new one begins with these tags. */
  async edit(tags: RigOptions['tags'] = this.#tags): Promise<void> {
    this.#tags = tags
    const goesOn = isSameConversation(this.loop.setup, this.#setup())
    const standing = goesOn ? await this.loop.handOver() : await this.loop[Symbol.asyncDispose]()
    this.loop = this.#begin(standing ?? undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.loop[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #begin(standing?: Standing): DeviceLoop {
    const { driver, clock = systemClock } = this.#options
    const note = (event: string, fields?: unknown): void => void this.log.push({ at: Math.round(performance.now()), event, fields })
    return new DeviceLoop({
      driver,
      setup: this.#setup(),
      clock,
      log: { debug: note, info: note, warn: note },
      key: this.#key,
      folder: this.#folder,
      memories: new Map(),
      diagnostics: this.diagnostics,
      learned: this.learned.of(1),
      standing,
      held: null,
      afterRestart: this.#options.afterRestart ?? false,
      look: () => false,
      onGap: (change) => this.gaps.push(change),
      onWork: () => undefined,
      onReadings: (readings) => {
        this.readings.push(...readings)
        for (const { sample } of readings) if (!hasFlag(sample.quality, QualityFlag.Historical)) this.#newest.set(sample.tagId, sample)
      },
      accepted: async () => {
        if (!this.#acceptsAll) await new Promise<void>((resolve) => this.#waiting.push(resolve))
      },
      onChange: (change, report) => {
        this.changes.push(change)
        this.problems.push(report.problem)
      },
    })
  }

  #setup(): DeviceSetup {
    const { driver, connection, secrets = {}, shared, pollMillis = 100, timeoutMillis = 500, livenessCounts = true } = this.#options
    return {
      device: {
        id: 1,
        code: 'D-01',
        name: 'Device',
        area: '',
        protocol: driver.protocol,
        enabled: true,
        pollMillis,
        timeoutMillis,
        commTimeoutSeconds: null,
        commSeverity: 'warning',
        livenessCounts,
        connection,
        demo: false,
      },
      tags: this.#tags.map((tag, index) => ({
        ...tag,
        id: index + 1,
        deviceId: 1,
        kind: 'analog',
        unit: '',
        decimals: 2,
        scale: 1,
        offset: 0,
        deadband: 0,
        stateText: null,
        enabled: true,
      })),
      policy: { on: false, heartbeatSeconds: 0 },
      secrets: this.#seal(secrets),
      shared: shared === undefined ? null : { code: 'SHARED', settings: shared.settings, secrets: this.#seal(shared.secrets ?? {}) },
    }
  }

  #seal(secrets: Readonly<Record<string, string>>): string | null {
    const { sealed } = sealFields(this.#key, secrets)
    return sealed === null ? null : Buffer.from(sealed).toString('base64')
  }
}
