import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import { type Clock } from '#base/time.ts'
import { parseApiList, type StoredSms } from './core/sms-list.ts'
import { callRouter, type RouterAddress, type RouterAnswer } from './router-http.ts'

/** What both generations of the router can do. */
export interface Router {
  readonly generation: string
  /** @returns the SMS that the text was sent in, where the router tells. @throws ChannelError */
  send(number: string, text: string, signal: AbortSignal): Promise<number | undefined>
  list(signal: AbortSignal): Promise<readonly StoredSms[]>
  remove(messages: readonly StoredSms[], signal: AbortSignal): Promise<void>
}

export interface RouterLogin extends RouterAddress {
  readonly user: string
  readonly password: string
  /** Empty: the first one. */
  readonly modem: string
}

const envelope = z.union([
  z.looseObject({ success: z.literal(true), data: z.unknown() }),
  z.looseObject({
    success: z.literal(false),
    errors: z
      .array(
        z.looseObject({ code: z.union([z.number(), z.string()]).optional(), error: z.string().optional(), source: z.string().optional() }),
      )
      .optional(),
  }),
])
const session = z.looseObject({ token: z.string(), expires: z.number().default(299) })
const modems = z.array(z.looseObject({ id: z.string() })).min(1)
const storage = z.array(z.looseObject({ modem_id: z.string() })).min(1)
const sent = z.looseObject({ sms_used: z.coerce.number().optional() })

/** RutOS from 7.14 on: JSON, a token of five minutes, every SMS names its modem. */
export class RouterApi implements Router {
  readonly generation = 'RutOS API'
  readonly #login: RouterLogin
  readonly #clock: Pick<Clock, 'mono'>
  #token: { text: string; until: number } | undefined
  #modem: string | undefined

  constructor(login: RouterLogin, clock: Pick<Clock, 'mono'>) {
    this.#login = login
    this.#clock = clock
  }

  /** Logs in. @returns false when this router does not speak the API. @throws ChannelError */
  async open(signal: AbortSignal): Promise<boolean> {
    const answer = await this.#post('/api/login', { username: this.#login.user, password: this.#login.password }, undefined, signal)
    const body = json(answer)
    if (answer.status === 404 || body === undefined) return false
    if (typeof body === 'object' && body !== null && 'ubus_rpc_session' in body) {
      throw new ChannelError('rejected', 'The firmware of the router is between two generations.', {
        remedy: 'Update it to RutOS 7.14 or newer (System, Firmware).',
      })
    }
    const parsed = envelope.safeParse(body)
    if (!parsed.success) return false
    const given = parsed.data.success ? session.safeParse(parsed.data.data) : undefined
    if (given?.success !== true) {
      throw new ChannelError('auth', `The router does not accept user and password (${answer.status}).`, {
        remedy: 'Enter the name and password of a router user who may use the API (System, Users).',
      })
    }
    // a clock of ours, and a margin: a token that runs out under way would cost an SMS its first try
    this.#token = { text: given.data.token, until: this.#clock.mono() + given.data.expires * 800 }
    return true
  }

  async send(number: string, text: string, signal: AbortSignal): Promise<number | undefined> {
    const modem = await this.modem(signal)
    const data = await this.#call('POST', '/api/messages/actions/send', { data: { number, message: text, modem } }, signal)
    const parsed = sent.safeParse(data)
    return parsed.success ? parsed.data.sms_used : undefined
  }

  async list(signal: AbortSignal): Promise<readonly StoredSms[]> {
    const found = parseApiList(await this.#call('GET', '/api/messages/status', undefined, signal))
    if (found === undefined) throw new ChannelError('unreachable', 'The router lists its SMS in a form that is not known.')
    return found
  }

  async remove(messages: readonly StoredSms[], signal: AbortSignal): Promise<void> {
    for (const [modem, of] of Map.groupBy(messages, (one) => one.modem)) {
      const data = { modem_id: modem, sms_id: of.map((one) => one.id) }
      await this.#call('POST', '/api/messages/actions/remove_messages', { data }, signal).catch((error: unknown) => {
        // gone already, perhaps by another reader
        if (!(error instanceof ChannelError && /not found/i.test(error.message))) throw error
      })
    }
  }

  /** Ids differ between models and firmwares: they are read, never guessed. */
  async modem(signal: AbortSignal): Promise<string> {
    if (this.#login.modem !== '') return this.#login.modem
    this.#modem ??= await this.#readModem(signal)
    return this.#modem
  }

  async #readModem(signal: AbortSignal): Promise<string> {
    const status = modems.safeParse(await this.#call('GET', '/api/modems/status', undefined, signal).catch(unlessAway))
    if (status.success && status.data[0] !== undefined) return status.data[0].id
    const config = storage.safeParse(await this.#call('GET', '/api/messages/storage/config', undefined, signal))
    if (config.success && config.data[0] !== undefined) return config.data[0].modem_id
    throw new ChannelError('rejected', 'The router names no modem.', {
      remedy: 'Check that its SIM card is in and the modem is on.',
      retriable: true,
    })
  }

  async #call(method: 'GET' | 'POST', path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    for (let again = false; ; again = true) {
      if (this.#token === undefined || this.#clock.mono() >= this.#token.until) {
        this.#token = undefined
        if (!(await this.open(signal))) throw new ChannelError('unreachable', 'The router no longer speaks its API.')
      }
      const answer = await this.#request(method, path, body, this.#token?.text, signal)
      if (answer.status === 401 && !again) {
        this.#token = undefined
        continue
      }
      return dataOf(answer, path)
    }
  }

  async #request(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<RouterAnswer> {
    return method === 'POST'
      ? await this.#post(path, body, token, signal)
      : await callRouter(this.#login, { method, path, headers: bearer(token) }, signal)
  }

  async #post(path: string, body: unknown, token: string | undefined, signal: AbortSignal): Promise<RouterAnswer> {
    const headers = { 'content-type': 'application/json', ...bearer(token) }
    return await callRouter(this.#login, { method: 'POST', path, headers, body: JSON.stringify(body) }, signal)
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

function unlessAway(error: unknown): undefined {
  if (error instanceof ChannelError && error.fault === 'rejected') return undefined
  throw error
}

function json(answer: RouterAnswer): unknown {
  try {
    return JSON.parse(answer.text)
  } catch {
    return undefined
  }
}

/** @throws ChannelError for whatever is no success */
function dataOf(answer: RouterAnswer, path: string): unknown {
  const parsed = envelope.safeParse(json(answer))
  if (parsed.success && parsed.data.success) return parsed.data.data
  const [first] = parsed.success && !parsed.data.success ? (parsed.data.errors ?? []) : []
  const said = first === undefined ? `${answer.status} to ${path}` : `${first.error ?? ''} (${first.code ?? answer.status})`
  if (first?.source === 'number' || /number/i.test(first?.error ?? '')) {
    return refuse('address', `The router does not take this number: ${said}`, 'Write it with its country, as +351 912 345 678.')
  }
  if (answer.status === 401 || answer.status === 403)
    return refuse('auth', `The router does not allow this: ${said}`, 'The user needs rights for the API.')
  if (answer.status === 429) throw new ChannelError('rate_limited', `The router asks for a pause: ${said}`, { retryAfterSeconds: 5 })
  throw new ChannelError('rejected', `The router says: ${said}`, { retriable: answer.status >= 500 || answer.status === 422 })
}

function refuse(fault: 'address' | 'auth', message: string, remedy: string): never {
  throw new ChannelError(fault, message, { remedy })
}
