import { join } from 'node:path'
import { asError } from '#base/errors.ts'
import type { Clock, Micros } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { GapCause } from '#domain/gap.ts'
import type { Sample } from '#domain/sample.ts'
import type { Driver } from '#drivers/driver.ts'
import { openKey } from '#host/secrets.ts'
import type { Logger } from '#host/log.ts'
import { type LastEnd, aborted } from '#host/process.ts'
import type { Database } from '#store/database.ts'
import { startBeating } from '#store/processes.ts'
import { addReadingCounts } from '#store/reading-counts.ts'
import { recordEvent } from '#store/system-events.ts'
import { CrashGuard } from './crash-guard.ts'
import { DeviceDiagnostics, type Tally } from './device-diagnostics.ts'
import { DeviceLoop } from './device-loop.ts'
import type { Standing } from './device-loop-options.ts'
import { isSameConversation, type DeviceSetup } from './device-setup.ts'
import type { TagMemory } from './core/report-by-exception.ts'
import { CommittedMemory, LearnedMemory } from './learned-memory.ts'
import { JournalLink } from './journal-link.ts'
import { answerRequests } from './requests.ts'
import { ReadingCounts } from './reading-counts.ts'
import { loadSetup, loadStates, recallSetup, rememberSetup } from './setup.ts'
import { Spool } from './spool.ts'
import { Standstill } from './standstill.ts'
import type { WriterState } from './writer-state.ts'
import { Writer } from './writer.ts'

export interface RuntimeOptions {
  readonly driver: Driver
  /** The name of the process; a tag belongs to one source. */
  readonly source: string
  readonly db: Database
  readonly dataFolder: string
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
  /** How the process before this one ended; see host/process.ts. */
  readonly lastEnd?: LastEnd | null
  /** Told at every beat; for benchmarks. */
  readonly onState?: (state: WriterState) => void
}

const SPOOL_BYTES = 2 * 1024 ** 3
const FREE_BYTES = 500 * 1024 ** 2
const STOP_PATIENCE = 4000

/** Everything that a driver process does, until the signal aborts. */
export async function runDriver(options: RuntimeOptions): Promise<void> {
  const { driver, source, db, clock, log, signal } = options
  const folder = join(options.dataFolder, 'spool', source)
  await using spool = await Spool.open({ folder, clock, log, maxBytes: SPOOL_BYTES, minFreeBytes: FREE_BYTES })
  await using committed = new CommittedMemory(folder, log)
  let early: readonly Sample[] = []
  let remember = (unchecked: readonly Sample[]): void => void (early = unchecked)
  const journal = new JournalLink(db, { source, protocol: driver.protocol }, committed, (unchecked) => remember(unchecked))
  const position = await journal.position().catch(() => undefined)
  const learned = new LearnedMemory((change) => writer.learn(change))
  await learned.recover(spool, position === undefined ? await CommittedMemory.read(folder) : committed.snapshot)
  const writer = new Writer({ spool, journal, clock, log }, position ?? { seq: 0, spoolRecord: 0 })
  remember = (unchecked) => writer.remember(unchecked)
  writer.remember(early)
  const key = openKey(options.dataFolder)
  using guard = new CrashGuard({ folder, lastEnd: options.lastEnd ?? null, clock, log })
  using standstill = new Standstill(clock, (from, cause) => fleet.interrupted(from, cause))
  const fleet = new Fleet(options, { key, writer, learned, guard, standstill })
  await fleet.start(folder)
  await using counts = new ReadingCounts(fleet.memories, async (all) => await addReadingCounts(db, all))
  await using beating = startBeating(db, source, clock.now(), () => {
    options.onState?.(writer.state)
    return { ...writer.state, devices: fleet.size, spoolBytes: spool.bytes, readings: { ...fleet.tally } }
  })
  await using configuration = db.listen('config', () => fleet.follow(folder))
  await using requests = answerRequests({
    db,
    driver,
    source,
    clock,
    log,
    key,
    folder: join(options.dataFolder, 'drivers', driver.protocol),
    loopOf: (deviceId) => fleet.loopOf(deviceId),
    retryNow: async (deviceId) => await fleet.retryNow(deviceId),
    ofProcess: () => ({
      readingsOfProtocol: { ...fleet.tally },
      spool: {
        bytes: spool.bytes,
        maxBytes: SPOOL_BYTES,
        backlog: writer.state.backlog,
        databaseAway: writer.state.databaseAway,
        backPressure: writer.state.backPressure,
      },
    }),
  })
  log.info('driver.running', { protocol: driver.protocol, devices: fleet.size })
  await aborted(signal)
  await requests[Symbol.asyncDispose]()
  await configuration[Symbol.asyncDispose]()
  await fleet.stop()
  await writer.stop(STOP_PATIENCE)
  await counts[Symbol.asyncDispose]()
  await beating[Symbol.asyncDispose]()
}

interface FleetParts {
  /** Of this installation; see host/secrets.ts. */
  readonly key: Uint8Array
  readonly writer: Writer
  readonly learned: LearnedMemory
  readonly guard: CrashGuard
  readonly standstill: Standstill
}

/** The device loops of a process, kept true to the configuration. */
class Fleet {
  readonly #options: RuntimeOptions
  readonly #writer: Writer
  readonly #loops = new Map<number, { loop: DeviceLoop; setup: string }>()
  readonly #key: Uint8Array
  readonly #learned: LearnedMemory
  readonly #guard: CrashGuard
  readonly #standstill: Standstill
  #heldTimer: NodeJS.Timeout | undefined
  /** Of each tag. */
  readonly memories = new Map<number, TagMemory>()
  readonly #diagnostics = new Map<number, DeviceDiagnostics>()
  readonly tally: Tally = { seen: 0, stored: 0 }
  #states: ReadonlyMap<number, DeviceReport> = new Map()
  #following: Promise<void> = Promise.resolve()
  #started = false
  #again = false
  #busy = false

  constructor(options: RuntimeOptions, { key, writer, learned, guard, standstill }: FleetParts) {
    this.#options = options
    this.#standstill = standstill
    this.#learned = learned
    this.#key = key
    this.#writer = writer
    this.#guard = guard
  }

  get size(): number {
    return this.#loops.size
  }

  loopOf(deviceId: number): DeviceLoop | undefined {
    return this.#loops.get(deviceId)?.loop
  }

  /** Ends the back-off of a device, or its quarantine after crashes. */
  async retryNow(deviceId: number): Promise<void> {
    const known = this.#loops.get(deviceId)
    if (known === undefined) return
    if (this.#guard.problemOf(deviceId) === null) known.loop.retryNow()
    else await this.#release(deviceId)
  }

  /** The process stood still, or the clock was put forward. */
  interrupted(from: Micros, cause: GapCause): void {
    this.#options.log.warn('driver.interrupted', { from, cause })
    for (const { loop } of this.#loops.values()) loop.interrupted(from, cause)
  }

  async #release(deviceId: number): Promise<void> {
    this.#guard.release(deviceId)
    const known = this.#loops.get(deviceId)
    if (known === undefined) return
    // it has no session that the next one would have to wait for
    this.#loops.delete(deviceId)
    this.#begin(known.loop.setup, known.loop.report)
    await known.loop[Symbol.asyncDispose]()
  }

  /** Starts from the database, or from what was last known while it is away. */
  async start(folder: string): Promise<void> {
    const { db, driver, log } = this.#options
    try {
      this.#states = await loadStates(db)
      await this.#take(await loadSetup(db, driver), folder)
    } catch (error) {
      log.warn('driver.started_without_database', { error: asError(error) })
      await this.#apply(await recallSetup(folder))
    }
    this.#started = true
  }

  /** Something in the configuration changed: one look at a time, and another one when it changed meanwhile. */
  follow(folder: string): void {
    this.#again = true
    if (this.#busy) return
    this.#busy = true
    this.#following = this.#followAll(folder).finally(() => (this.#busy = false))
  }

  async stop(): Promise<void> {
    this.#again = false
    clearTimeout(this.#heldTimer)
    await this.#following
    await Promise.all([...this.#loops.values()].map(async ({ loop }) => await loop[Symbol.asyncDispose]()))
  }

  async #followAll(folder: string): Promise<void> {
    const { db, driver, log } = this.#options
    while (this.#again) {
      this.#again = false
      try {
        await this.#take(await loadSetup(db, driver), folder)
      } catch (error) {
        // the notification after reconnecting asks again
        log.debug('driver.configuration_unknown', { error: asError(error) })
      }
    }
  }

  async #take(setups: readonly DeviceSetup[], folder: string): Promise<void> {
    await this.#apply(setups)
    await rememberSetup(folder, setups).catch((error: unknown) => {
      this.#options.log.warn('driver.setup_not_remembered', { error: asError(error) })
    })
  }

  /** Restarts what changed, leaves alone what did not. */
  async #apply(setups: readonly DeviceSetup[]): Promise<void> {
    const wanted = new Map(setups.map((setup) => [setup.device.id, setup]))
    for (const [deviceId, { loop, setup }] of this.#loops) {
      const next = wanted.get(deviceId)
      if (next !== undefined && JSON.stringify(next) === setup) continue
      const goesOn = next !== undefined && isSameConversation(loop.setup, next)
      const standing = goesOn ? await loop.handOver() : await loop[Symbol.asyncDispose]()
      this.#loops.delete(deviceId)
      if (next === undefined) continue
      this.#guard.release(deviceId)
      // its failures count on, but it is tried at once
      this.#begin(next, loop.report, standing ?? undefined)
    }
    for (const [deviceId, setup] of wanted) if (!this.#loops.has(deviceId)) this.#begin(setup, this.#states.get(deviceId))
    const tags = new Set(setups.flatMap((setup) => setup.tags.map((tag) => tag.id)))
    for (const deviceId of this.#diagnostics.keys()) {
      if (wanted.has(deviceId)) continue
      this.#diagnostics.delete(deviceId)
      this.#learned.drop(deviceId)
    }
    for (const tagId of this.memories.keys()) if (!tags.has(tagId)) this.memories.delete(tagId)
  }

  #begin(setup: DeviceSetup, known: DeviceReport | undefined, standing?: Standing): void {
    const { driver, clock, log, db, dataFolder } = this.#options
    const diagnostics = this.#diagnostics.get(setup.device.id) ?? new DeviceDiagnostics(clock, this.tally)
    this.#diagnostics.set(setup.device.id, diagnostics)
    const { id } = setup.device
    const held = this.#guard.problemOf(id)
    if (held !== null) {
      clearTimeout(this.#heldTimer)
      this.#heldTimer = setTimeout(() => void this.#release(id), this.#guard.heldMillis)
    }
    const begin = (): DeviceLoop =>
      new DeviceLoop({
        driver,
        setup,
        clock,
        log,
        key: this.#key,
        diagnostics,
        learned: this.#learned.of(id),
        held,
        onWork: () => this.#guard.mark(id),
        folder: join(dataFolder, 'drivers', driver.protocol),
        known,
        standing,
        memories: this.memories,
        afterRestart: !this.#started,
        look: () => this.#standstill.look(),
        onGap: (change) => this.#writer.tellGap(change),
        onReadings: (readings, report) => this.#writer.add(readings, report),
        accepted: async () => await this.#writer.accepted(),
        onChange: (change, report) => {
          const severity = change === 'recovered' ? 'info' : 'warning'
          recordEvent(db, { code: `device.${change}`, severity, deviceId: report.deviceId, detail: { problem: report.problem } }).catch(
            () => undefined,
          )
        },
      })
    this.#loops.set(id, { loop: this.#guard.run(id, begin), setup: JSON.stringify(setup) })
  }
}
