import { AsyncLocalStorage } from 'node:async_hooks'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock, Micros, Millis } from '#base/time.ts'
import type { DriverLog } from '#drivers/driver.ts'
import type { LastEnd } from '#host/process.ts'
import { type Crash, culprit, withCrash } from './core/crash-record.ts'

export interface CrashGuardOptions {
  /** Of this source: beside its spool. */
  readonly folder: string
  /** How the process before this one ended, as its supervisor saw it. */
  readonly lastEnd: LastEnd | null
  readonly clock: Clock
  readonly log: DriverLog
}

const MARK = 'active.json'
const RECORD = 'crashes.json'
const MARK_BYTES = 64
/** A device that changes with every message is written down no more often. */
const MARK_EVERY: Millis = 1
const HELD: Micros = 3_600_000_000

/**
 * Finds the device that brings its driver process down, so that it alone is kept out. Which device is being worked for is written into
 * a small file as it changes (and by the handler of an uncaught exception, exactly); a process that starts after a crash reads it.
 */
export class CrashGuard implements Disposable {
  readonly #options: CrashGuardOptions
  readonly #context = new AsyncLocalStorage<number>()
  readonly #file: number
  readonly #onException = (): void => {
    const deviceId = this.#context.getStore() ?? this.#active
    if (deviceId !== undefined) this.#write({ deviceId, exception: true })
  }
  #active: number | undefined
  #markedAt: Millis = Number.NEGATIVE_INFINITY
  #held: number | undefined

  constructor(options: CrashGuardOptions) {
    const { folder, clock, log } = options
    this.#options = options
    mkdirSync(folder, { recursive: true })
    const crash = this.#lastCrash()
    if (crash !== undefined) {
      const crashes = withCrash(this.#read<readonly Crash[]>(RECORD) ?? [], crash)
      writeFileSync(join(folder, RECORD), JSON.stringify(crashes))
      log.warn('driver.crashed', { deviceId: crash.deviceId, how: options.lastEnd })
    }
    const suspect = culprit(this.#read<readonly Crash[]>(RECORD) ?? [], clock.now())
    if (suspect !== undefined) this.#held = suspect
    this.#file = openSync(join(folder, MARK), 'w')
    process.on('uncaughtExceptionMonitor', this.#onException)
  }

  /** Everything that `work` begins (sockets, timers) counts as work for this device. */
  run<T>(deviceId: number, work: () => T): T {
    return this.#context.run(deviceId, work)
  }

  /** This device is being worked for from now on; costs next to nothing while it stays the same. */
  mark(deviceId: number): void {
    if (deviceId === this.#active) return
    this.#active = deviceId
    const now = this.#options.clock.mono()
    if (now - this.#markedAt < MARK_EVERY) return
    this.#markedAt = now
    this.#write({ deviceId, exception: false })
  }

  /** Why the device is kept out; null when it is not. */
  problemOf(deviceId: number): string | null {
    if (deviceId !== this.#held) return null
    return 'It brought its driver process down three times within ten minutes and is left out so that the others go on. Press "retry now", or change its settings, to try it again; it is tried by itself after an hour. The log of the process says what happened.'
  }

  get heldMillis(): Millis {
    return HELD / 1000
  }

  /** It is tried again: somebody asked, its settings changed, or its time is over. */
  release(deviceId: number): void {
    if (this.#held !== deviceId) return
    this.#held = undefined
    writeFileSync(join(this.#options.folder, RECORD), '[]')
  }

  [Symbol.dispose](): void {
    process.off('uncaughtExceptionMonitor', this.#onException)
    closeSync(this.#file)
    rmSync(join(this.#options.folder, MARK), { force: true })
  }

  /** A process that somebody else killed tells nothing about its devices. */
  #lastCrash(): Crash | undefined {
    const { lastEnd, clock } = this.#options
    const mark = this.#read<{ deviceId: number; exception: boolean }>(MARK)
    if (lastEnd === null || mark === undefined || typeof mark.deviceId !== 'number') return undefined
    // without a word of the exception an exit with a code was about something else, such as a folder that cannot be written
    if (lastEnd === 'failed' && !mark.exception) return undefined
    return { deviceId: mark.deviceId, at: clock.now() }
  }

  #write(mark: { readonly deviceId: number; readonly exception: boolean }): void {
    try {
      writeSync(this.#file, JSON.stringify(mark).padEnd(MARK_BYTES), 0)
    } catch {
      // a disk that refuses must not end the process: then a crash is not explained
    }
  }

  #read<T>(name: string): T | undefined {
    try {
      // written by ourselves
      return JSON.parse(readFileSync(join(this.#options.folder, name), 'utf8')) as T
    } catch {
      return undefined
    }
  }
}
