import { randomBytes } from 'node:crypto'
import { type Call, type Reply, ScriptedServer } from './scripted-server.ts'

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const CODE_LASTS = 900
const INTERVAL = 5

interface Pending {
  readonly userCode: string
  readonly scope: string
  readonly expiresAt: number
  interval: number
  askedAt: number
  state: 'pending' | 'agreed' | 'denied' | 'used'
}

/**
 * An authorization server that keeps to RFC 8628 (3.1 to 3.5) and RFC 6749 (5.2, 6) by the letter, with a clock that the test turns: whoever
 * asks too early is told to slow down, and from then on has five seconds more to wait; a code is granted once; a refresh token is replaced
 * each time that it is used.
 */
export class SignInServer implements AsyncDisposable {
  readonly clientId = 'plant-client'
  /** Seconds, turned by the test. */
  now = 1000
  /** What it was asked and answered with, by `error` or `ok`. */
  readonly answers: string[] = []
  /** The access tokens that it gave and that are valid. */
  readonly access = new Set<string>()
  /** Refresh tokens that are valid. */
  readonly refresh = new Set<string>()
  readonly #server: ScriptedServer
  readonly #codes = new Map<string, Pending>()

  private constructor(server: ScriptedServer) {
    this.#server = server
    server.answer = (call) => this.#answer(call)
  }

  static async start(): Promise<SignInServer> {
    return new SignInServer(await ScriptedServer.start(() => false))
  }

  get deviceUrl(): string {
    return `${this.#server.url}/devicecode`
  }

  get tokenUrl(): string {
    return `${this.#server.url}/token`
  }

  /** A person enters the code, and agrees or does not. */
  enter(userCode: string, agrees: boolean): void {
    const found = [...this.#codes.values()].find((one) => one.userCode === userCode)
    if (found === undefined || found.expiresAt < this.now) throw new Error(`There is no code ${userCode}.`)
    found.state = agrees ? 'agreed' : 'denied'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }

  #answer(call: Call): Reply {
    const reply = this.#reply(call)
    const error = (reply.json as { error?: string }).error
    this.answers.push(error ?? 'ok')
    return reply
  }

  #reply(call: Call): Reply {
    if (call.method !== 'POST' || call.headers['content-type'] !== 'application/x-www-form-urlencoded') return refuse('invalid_request')
    const fields = new URLSearchParams(call.body)
    // RFC 6749, 3.2: no parameter twice
    if (new Set(fields.keys()).size !== [...fields.keys()].length) return refuse('invalid_request')
    if (fields.get('client_id') !== this.clientId) return refuse('invalid_client', 401)
    if (call.url.pathname === '/devicecode') return this.#begin(fields.get('scope') ?? '')
    if (call.url.pathname !== '/token') return { status: 404, json: {} }
    if (fields.get('grant_type') === DEVICE_GRANT) return this.#poll(fields.get('device_code') ?? '')
    if (fields.get('grant_type') === 'refresh_token') return this.#renew(fields.get('refresh_token') ?? '')
    return refuse('unsupported_grant_type')
  }

  #begin(scope: string): Reply {
    const deviceCode = randomBytes(20).toString('base64url')
    const userCode = randomBytes(4).toString('hex').toUpperCase()
    const expiresAt = this.now + CODE_LASTS
    this.#codes.set(deviceCode, { userCode, scope, expiresAt, interval: INTERVAL, askedAt: this.now, state: 'pending' })
    const page = `${this.#server.url}/device`
    return { json: { device_code: deviceCode, user_code: userCode, verification_uri: page, expires_in: CODE_LASTS, interval: INTERVAL } }
  }

  #poll(deviceCode: string): Reply {
    const code = this.#codes.get(deviceCode)
    if (code === undefined || code.state === 'used') return refuse('invalid_grant')
    const early = this.now - code.askedAt < code.interval
    code.askedAt = this.now
    if (this.now > code.expiresAt) return refuse('expired_token')
    if (early) {
      code.interval += 5
      return refuse('slow_down')
    }
    if (code.state === 'denied') return refuse('access_denied')
    if (code.state === 'pending') return refuse('authorization_pending')
    code.state = 'used'
    return this.#grant(code.scope.split(' ').includes('offline_access'))
  }

  #renew(token: string): Reply {
    if (!this.refresh.delete(token)) return refuse('invalid_grant')
    return this.#grant(true)
  }

  #grant(refresh: boolean): Reply {
    const access = `access-${randomBytes(6).toString('hex')}`
    this.access.add(access)
    const next = `refresh-${randomBytes(6).toString('hex')}`
    if (refresh) this.refresh.add(next)
    return { json: { access_token: access, token_type: 'Bearer', expires_in: 3600, ...(refresh ? { refresh_token: next } : {}) } }
  }
}

function refuse(error: string, status = 400): Reply {
  return { status, json: { error, error_description: `${error} (test)` } }
}
