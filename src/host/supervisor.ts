import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { NotFound } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { FIRST_START, type RestartState, afterExit, isHung, isTooLarge } from './core/restart-policy.ts'
import { SaidBudget } from './core/said-budget.ts'
import { LogFile } from './log-file.ts'
import type { Logger } from './log.ts'
import { type Beat, LAST_END, LastEnd } from './process.ts'

/** One line of deploy/services.json. */
export interface ServicePlan {
  readonly name: string
  /** From the root of the program. */
  readonly entry: string
  readonly memoryMegabytes: number
  /** Calls of the file system that may wait at the same time; Node's own number when left out. */
  readonly ioThreads?: number
}

export type ServiceState = 'running' | 'starting' | 'backoff' | 'stopped'

/** As run/status.json tells it; times in milliseconds since 1970. */
export interface ServiceStatus {
  readonly name: string
  readonly state: ServiceState
  readonly pid: number | null
  readonly restarts: number
  readonly startedAt: number | null
  readonly lastBeat: number | null
}

export interface SupervisorOptions {
  readonly services: readonly ServicePlan[]
  readonly root: string
  readonly dataFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Logger
  readonly onChange?: () => void
}

const WATCH_MILLIS = 1000
/** Children end themselves after 8 s; this is for those that cannot. */
const STOP_MILLIS = 9000

/** Starts each process by itself, watches it, and starts it again when it ends, hangs or grows too large. */
export class Supervisor {
  readonly #services: readonly Service[]
  readonly #watch: NodeJS.Timeout

  constructor(options: SupervisorOptions) {
    this.#services = options.services.map((plan) => new Service(plan, options))
    let looked = performance.now()
    this.#watch = setInterval(() => {
      const since = performance.now() - looked
      looked += since
      // a machine that stood still, as for a snapshot: their signs are not read yet
      if (since > 3 * WATCH_MILLIS) return
      for (const service of this.#services) service.look()
    }, WATCH_MILLIS)
  }

  status(): readonly ServiceStatus[] {
    return this.#services.map((service) => service.status())
  }

  /** @throws NotFound when there is no such process */
  async restart(name: string): Promise<void> {
    const service = this.#services.find((one) => one.name === name)
    if (service === undefined) throw new NotFound(`There is no process ${name}.`)
    await service.restart()
  }

  /** Ends all at once; resolves when none is left. */
  async stop(): Promise<void> {
    clearInterval(this.#watch)
    await Promise.all(this.#services.map(async (service) => await service.stop()))
  }
}

class Service {
  readonly name: string
  readonly #plan: ServicePlan
  readonly #options: SupervisorOptions
  readonly #log: Logger
  readonly #file: LogFile
  #child: ChildProcess | undefined
  #ended: Promise<void> = Promise.resolve()
  #state: ServiceState = 'stopped'
  #restart: RestartState = FIRST_START
  #restarts = 0
  #startedAt = 0
  #startedMono: Millis = 0
  #beatAt: number | null = null
  #beatMono: Millis = 0
  #timer: NodeJS.Timeout | undefined
  #stopping = false
  /** Somebody asked for the end: it is no failure. */
  #asked = false
  /** We replaced it because it did not answer. */
  #hung = false
  #lastEnd: LastEnd | null = null

  constructor(plan: ServicePlan, options: SupervisorOptions) {
    this.name = plan.name
    this.#plan = plan
    this.#options = options
    this.#log = options.log.with({ service: plan.name })
    this.#file = new LogFile(join(options.dataFolder, 'logs', `${plan.name}.log`))
    this.#start()
  }

  status(): ServiceStatus {
    return {
      name: this.name,
      state: this.#state,
      pid: this.#child?.pid ?? null,
      restarts: this.#restarts,
      startedAt: this.#child === undefined ? null : this.#startedAt,
      lastBeat: this.#beatAt,
    }
  }

  /** Replaces a process that hangs. */
  look(): void {
    if (this.#child === undefined || !isHung(performance.now() - this.#beatMono, this.#state === 'starting')) return
    this.#log.error('supervisor.hung', { pid: this.#child.pid })
    this.#hung = true
    killGroup(this.#child)
  }

  async restart(): Promise<void> {
    this.#asked = true
    this.#restart = FIRST_START
    if (this.#child === undefined) {
      clearTimeout(this.#timer)
      this.#start()
      return
    }
    await this.#end()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    await this.#end()
    this.#set('stopped')
  }

  async #end(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    child.kill('SIGTERM')
    const overdue = setTimeout(() => {
      this.#log.error('supervisor.killed', { pid: child.pid, afterMillis: STOP_MILLIS })
      killGroup(child)
    }, STOP_MILLIS)
    await this.#ended
    clearTimeout(overdue)
  }

  #start(): void {
    const { root, environment } = this.#options
    this.#startedAt = Date.now()
    this.#startedMono = this.#beatMono = performance.now()
    this.#set('starting')
    const told = this.#lastEnd === null ? [] : [`${LAST_END}${this.#lastEnd}`]
    const child = spawn(process.execPath, [`--max-old-space-size=${this.#plan.memoryMegabytes}`, join(root, this.#plan.entry), ...told], {
      cwd: root,
      env: this.#plan.ioThreads === undefined ? environment : { ...environment, UV_THREADPOOL_SIZE: String(this.#plan.ioThreads) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // a group of its own: Ctrl-C in the terminal is for the supervisor alone, which ends them in order
      detached: true,
    })
    this.#child = child
    const ended = Promise.withResolvers<void>()
    this.#ended = ended.promise
    this.#copyLines(child.stdout)
    this.#copyLines(child.stderr)
    child.on('message', (message: Beat) => this.#onBeat(child, message))
    child.once('error', (error) => {
      this.#log.error('supervisor.start_failed', { error })
      if (child.pid === undefined) this.#onEnd(child, null, null, ended.resolve)
    })
    child.once('exit', (code, signal) => this.#onEnd(child, code, signal, ended.resolve))
  }

  #onBeat(child: ChildProcess, { rssBytes }: Beat): void {
    this.#beatAt = Date.now()
    this.#beatMono = performance.now()
    if (this.#state === 'starting') this.#set('running')
    if (!isTooLarge(rssBytes, this.#plan.memoryMegabytes)) return
    this.#log.error('supervisor.too_large', { pid: child.pid, rssBytes, memoryMegabytes: this.#plan.memoryMegabytes })
    child.kill('SIGTERM')
  }

  #onEnd(child: ChildProcess, code: number | null, signal: string | null, resolve: () => void): void {
    if (this.#child !== child) return
    this.#child = undefined
    resolve()
    if (this.#stopping) return
    this.#restarts++
    this.#lastEnd = this.#asked ? null : endOf(code, signal, this.#hung)
    this.#hung = false
    if (this.#asked) {
      this.#asked = false
      this.#log.info('supervisor.restarted', {})
      this.#start()
      return
    }
    const { state, waitMillis } = afterExit(this.#restart, performance.now() - this.#startedMono)
    this.#restart = state
    this.#log.warn('supervisor.ended', { code, signal, nextStartMillis: waitMillis })
    this.#set('backoff')
    this.#timer = setTimeout(() => this.#start(), waitMillis)
  }

  /** What is no line of our log, such as a stack of the runtime, becomes one. */
  #copyLines(stream: Readable | null): void {
    if (stream === null) return
    const budget = new SaidBudget(performance.now())
    createInterface({ input: stream }).on('line', (line) => {
      if (line.startsWith('{')) this.#file.write(line)
      else if (line.trim() !== '') {
        const said = budget.take(line, performance.now())
        if (said === undefined) return
        const entry = { at: new Date().toISOString(), level: 'error', process: this.name, event: 'process.said', text: said.text }
        this.#file.write(JSON.stringify(said.withheld === 0 ? entry : { ...entry, withheldLines: said.withheld }))
      }
    })
  }

  #set(state: ServiceState): void {
    if (this.#state === state) return
    this.#state = state
    this.#options.onChange?.()
  }
}

/** @returns null for an end that says nothing of the process itself: somebody else killed it, or it was too large */
function endOf(code: number | null, signal: string | null, hung: boolean): LastEnd | null {
  if (hung) return LastEnd.Hung
  if (signal !== null) return signal === 'SIGKILL' || signal === 'SIGTERM' ? null : LastEnd.Crashed
  return code === 0 ? null : LastEnd.Failed
}

/** Ends a process and whatever it started. */
function killGroup(child: ChildProcess): void {
  try {
    if (process.platform !== 'win32' && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // gone between look and signal
  }
}
