import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import WebSocket from 'ws'
import type { Contract } from '#api/contract/contract.ts'
import type { Endpoint, ReplyOf, RequestOf } from '#api/contract/endpoint.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A whole SyncTide in its own processes on a folder of its own, as `npm start` runs it. */
export interface Installation extends AsyncDisposable {
  readonly folder: string
  readonly url: string
  /** Of the first run's one-time link. */
  readonly setupToken: string | undefined
  /** Milliseconds from the start to the line with the address. */
  readonly startedAfter: number
  readonly supervisor: ChildProcess
  /** Everything it printed. */
  output(): string
  /** Resolves when the supervisor has ended. */
  ended(): Promise<void>
  /** Ends it with SIGTERM and waits. @returns milliseconds it took */
  stop(): Promise<number>
}

export async function startInstallation(
  options: { folder?: string; demo?: boolean; environment?: Readonly<Record<string, string>>; ownGroup?: boolean } = {},
): Promise<Installation> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'synctide-installation-'))
  // PostgreSQL runs under another account when we are root
  if (options.folder === undefined) chmodSync(folder, 0o755)
  const began = performance.now()
  const supervisor = spawn(process.execPath, ['src/main/start.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      SYNCTIDE_DATA: folder,
      SYNCTIDE_HTTP_PORT: '0',
      SYNCTIDE_DEMO: options.demo === true ? '1' : '0',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // a group of its own can be sent Ctrl-C without the test
    detached: options.ownGroup === true,
  })
  const exited = new Promise<void>((resolve) => supervisor.once('exit', () => resolve()))
  let output = ''
  const ready = Promise.withResolvers<string>()
  const collect = (chunk: Buffer): void => {
    output += chunk.toString('utf8')
    const url = /Open {2}(http:\/\/[\w.:-]+)/.exec(output)?.[1]
    if (url !== undefined && output.includes('Ctrl-C stops everything')) ready.resolve(url)
  }
  supervisor.stdout.on('data', collect)
  supervisor.stderr.on('data', collect)
  void exited.then(() => ready.reject(new Error(`it ended before it was ready:\n${output}`)))
  const deadline = setTimeout(() => ready.reject(new Error(`not ready after 90 s:\n${output}`)), 90_000)
  let url: string
  try {
    url = await ready.promise
  } catch (error) {
    supervisor.kill('SIGTERM')
    await exited
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    throw error
  } finally {
    clearTimeout(deadline)
  }
  const startedAfter = performance.now() - began
  const stop = async (): Promise<number> => {
    const from = performance.now()
    if (supervisor.exitCode === null && supervisor.signalCode === null) supervisor.kill('SIGTERM')
    await exited
    return performance.now() - from
  }
  return {
    folder,
    url,
    get setupToken() {
      return /\/setup\?token=([\w-]+)/.exec(output)?.[1]
    },
    startedAfter,
    supervisor,
    output: () => output,
    ended: async () => await exited,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

type Call = <K extends keyof Contract>(
  key: K,
  ...request: Partial<RequestOf<Contract[K] & Endpoint>> extends infer R ? [R?] : never
) => Promise<ReplyOf<Contract[K] & Endpoint>>

/** Somebody logged in: calls the API as the web page does. */
export interface Session {
  readonly call: Call
  /** The live stream of a tab. */
  live(): WebSocket
}

export const ADMINISTRATOR = { login: 'ana', password: 'correct horse battery' }

/** Makes the first administrator with the one-time link. */
export async function setUp(installation: Pick<Installation, 'url' | 'setupToken'>): Promise<Session> {
  if (installation.setupToken === undefined) throw new Error('no set-up link was printed')
  return await enter(installation.url, 'POST /api/setup', {
    token: installation.setupToken,
    ...ADMINISTRATOR,
    displayName: 'Ana Sousa',
    siteName: 'Waterworks',
    timeZone: 'Europe/Lisbon',
    language: 'en',
  })
}

export async function logIn(url: string, login = ADMINISTRATOR.login, password = ADMINISTRATOR.password): Promise<Session> {
  return await enter(url, 'POST /api/login', { login, password })
}

async function enter(url: string, key: string, body: unknown): Promise<Session> {
  const [method = '', path = ''] = key.split(' ')
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(body),
  })
  const reply = (await response.json()) as { csrf?: string }
  if (!response.ok) throw new Error(`${key}: ${response.status} ${JSON.stringify(reply)}`)
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const call = async (key: string, request: { params?: object; query?: object; body?: unknown } = {}): Promise<unknown> => {
    const [method = '', template = ''] = key.split(' ')
    const parameters = new Map(Object.entries(request.params ?? {}).map(([name, value]) => [name, String(value)]))
    const path = template.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(parameters.get(name) ?? ''))
    const query = new URLSearchParams(Object.entries(request.query ?? {}).map(([name, value]) => [name, String(value)]))
    const answer = await fetch(`${url}${path}${query.size === 0 ? '' : `?${query.toString()}`}`, {
      method,
      headers: {
        cookie,
        'x-csrf-token': reply.csrf ?? '',
        origin: url,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    })
    const content: unknown = await answer.json()
    if (!answer.ok) throw new Error(`${key}: ${answer.status} ${JSON.stringify(content)}`)
    return content
  }
  return { call: call as Call, live: () => new WebSocket(`${url.replace('http', 'ws')}/api/live`, { headers: { cookie }, origin: url }) }
}

/**
 * Asks every 50 ms until the answer is not undefined.
 * @param what is waited for; as a function it is asked at the deadline, for what only then is known
 * @throws Error after the deadline, saying what was waited for
 */
export async function until<T>(
  what: string | (() => string),
  ask: () => Promise<T | undefined> | T | undefined,
  millis = 120_000,
  everyMillis = 50,
): Promise<T> {
  const deadline = performance.now() + millis
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`waited ${millis} ms in vain for ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => setTimeout(resolve, everyMillis))
  }
}
