import { flushCompileCache } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '#base/time.ts'
import { SyncTideError, asError } from '#base/errors.ts'
import { systemClock } from './clock.ts'
import { type Logger, createLogger } from './log.ts'
import { readRunFile } from './run-file.ts'
import { readBootstrapConfig } from './config.ts'

/**
 * How the process before this one ended, where it was not asked to: `failed` with an exit code, `crashed` by a signal of its own (abort,
 * segmentation fault), `hung` and replaced for it.
 */
export const LastEnd = { Failed: 'failed', Crashed: 'crashed', Hung: 'hung' } as const
export type LastEnd = (typeof LastEnd)[keyof typeof LastEnd]

/** The argument by which the supervisor tells it. */
export const LAST_END = '--last-end='

/** What every process is given. */
export interface ProcessContext {
  readonly name: string
  readonly dataFolder: string
  readonly databaseUrl: string
  readonly log: Logger
  /** Aborts at SIGTERM, SIGINT, or when the supervisor is gone. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** null at the first start, and after an end that somebody wanted. */
  readonly lastEnd: LastEnd | null
}

/** What a process tells its supervisor each second over IPC. */
export interface Beat {
  readonly beat: true
  readonly rssBytes: number
}

const BEAT_MILLIS = 1000
/** By then everything that a process needs is loaded. */
const COMPILED_MILLIS = 10_000
/** The supervisor kills after 9 s; ending by ourselves leaves a clean log. */
const STOP_MILLIS = 8000

/**
 * Runs one process of deploy/services.json: `work` runs until the signal aborts, then cleans up and returns within 8 s. An error
 * of `work` ends the process with code 1 and the supervisor starts it again; ConfigError included, since a setting may change.
 */
export async function runProcess(name: string, work: (context: ProcessContext) => Promise<void>): Promise<void> {
  const log = createLogger(name)
  const stop = new AbortController()
  const end = (reason: string): void => {
    if (stop.signal.aborted) return
    log.info('process.stopping', { reason })
    stop.abort()
    delay(STOP_MILLIS, undefined, { ref: false }).then(
      () => {
        log.error('process.stop_overdue', { afterMillis: STOP_MILLIS })
        process.kill(process.pid, 'SIGKILL')
      },
      () => undefined,
    )
  }
  // a terminal sends SIGINT to the whole group: only the supervisor decides when children stop
  process.on('SIGINT', () => (process.channel === undefined || process.channel === null ? end('SIGINT') : undefined))
  process.on('SIGTERM', () => end('SIGTERM'))
  process.on('disconnect', () => end('the supervisor is gone'))
  // the log is a pipe to the supervisor: when it is gone there is nobody left to tell
  process.stdout.on('error', () => undefined)
  const beating = startBeating()
  keepCompiled()
  try {
    const config = readBootstrapConfig(process.env)
    const databaseUrl = config.databaseUrl ?? readRunFile(config.dataFolder, 'database')['url']
    if (typeof databaseUrl !== 'string') throw new Error('run/database.json has no url')
    log.info('process.started', { pid: process.pid })
    await work({
      name,
      dataFolder: config.dataFolder,
      databaseUrl,
      log,
      signal: stop.signal,
      clock: systemClock,
      lastEnd: lastEndOf(process.argv),
    })
    log.info('process.ended')
  } catch (error) {
    if (!stop.signal.aborted || !(error instanceof Error && error.name === 'AbortError')) {
      log.error('process.failed', { error: asError(error), retriable: error instanceof SyncTideError && error.retriable })
      process.exitCode = 1
    }
  } finally {
    clearInterval(beating)
    if (process.connected) process.disconnect?.()
  }
}

/** Keeps what was compiled for the next start: now, since a stop should not wait for it, and a process that is killed could not. */
export function keepCompiled(): void {
  setTimeout(flushCompileCache, COMPILED_MILLIS).unref()
}

function lastEndOf(args: readonly string[]): LastEnd | null {
  const told = args.find((arg) => arg.startsWith(LAST_END))?.slice(LAST_END.length)
  return Object.values(LastEnd).find((one) => one === told) ?? null
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
}

function startBeating(): NodeJS.Timeout | undefined {
  if (process.send === undefined) return undefined
  const beat = (): void => {
    const message: Beat = { beat: true, rssBytes: process.memoryUsage.rss() }
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
  }
  beat()
  const timer = setInterval(beat, BEAT_MILLIS)
  return timer
}
