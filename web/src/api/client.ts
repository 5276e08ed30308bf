import type { Contract } from '#api/contract/contract.ts'
import type { ReplyOf, RequestOf } from '#api/contract/endpoint.ts'
import { refusalInWords, translate } from '../i18n/language.ts'

/** What the server refused, or that it could not be reached (status 0). */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  /** Path of the offending value in the form, e.g. `connection.host`; empty for the whole. */
  readonly field: string
  readonly remedy: string | null
  readonly requestId: string
  /** The message is in the language of the page. */
  readonly isTranslated: boolean
  constructor(status: number, body: { code: string; message: string; field: string; remedy: string | null; requestId: string }) {
    const message = refusalInWords(body.message)
    super(message ?? body.message)
    this.isTranslated = message !== undefined
    this.name = 'ApiError'
    this.status = status
    this.code = body.code
    this.field = body.field
    this.remedy = body.remedy === null ? null : (refusalInWords(body.remedy) ?? body.remedy)
    this.requestId = body.requestId
  }
}

type Needs<Name extends string, Part> = [Part] extends [undefined] ? unknown : { readonly [key in Name]: Part }
export type CallInput<K extends keyof Contract> = Needs<'params', RequestOf<Contract[K]>['params']> &
  Needs<'query', RequestOf<Contract[K]>['query']> &
  Needs<'body', RequestOf<Contract[K]>['body']>
export type CallReply<K extends keyof Contract> = ReplyOf<Contract[K]>

let csrf = ''
let onLoggedOut: () => void = () => undefined

/** Remembers the token of the session: every change carries it. */
export function rememberCsrf(token: string): void {
  csrf = token
}

/** Called when the server no longer knows the session. */
export function whenLoggedOut(listener: () => void): void {
  onLoggedOut = listener
}

interface LooseInput {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/** @returns method and address of a call: `GET /api/alarms/:id` with id 7 is GET /api/alarms/7. */
export function addressOf(key: string, input: LooseInput): { method: string; url: string } {
  const blank = key.indexOf(' ')
  const path = key.slice(blank + 1).replaceAll(/:(\w+)/g, (_all, name: string) => encodeURIComponent(String(input.params?.[name])))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (typeof value === 'string' ? value !== '' : typeof value === 'number' || typeof value === 'boolean') query.set(name, String(value))
  }
  const text = query.toString()
  return { method: key.slice(0, blank), url: text === '' ? path : `${path}?${text}` }
}

/**
 * Calls a route of the contract: `call('GET /api/alarms/:id', { params: { id } })`.
 * @throws ApiError with a message for people
 */
export async function call<K extends keyof Contract>(key: K, input: CallInput<K>, signal?: AbortSignal): Promise<CallReply<K>> {
  const loose = input as LooseInput
  const { method, url } = addressOf(key, loose)
  const headers: Record<string, string> = { accept: 'application/json' }
  if (method !== 'GET') headers['x-csrf-token'] = csrf
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (loose.body !== undefined) {
    headers['content-type'] = 'application/json'
    init.body = JSON.stringify(loose.body)
  }
  if (signal !== undefined) init.signal = signal
  let response: Response
  try {
    response = await fetch(url, init)
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown
    throw new ApiError(0, local('unreachable', translate('error.unreachable'), translate('error.unreachableRemedy')))
  }
  if (response.ok) return (await response.json()) as CallReply<K>
  const error = new ApiError(response.status, await errorBody(response))
  if (response.status === 401 && key !== 'POST /api/login') onLoggedOut()
  throw error
}

function local(
  code: string,
  message: string,
  remedy: string | null,
): { code: string; message: string; field: string; remedy: string | null; requestId: string } {
  return { code, message, field: '', remedy, requestId: '' }
}

async function errorBody(response: Response): Promise<ConstructorParameters<typeof ApiError>[1]> {
  const body: unknown = await response.json().catch(() => null)
  if (typeof body !== 'object' || body === null)
    return local('unexpected', translate('error.unexpected', { status: response.status }), null)
  const text = (name: string): string => {
    const value: unknown = Reflect.get(body, name)
    return typeof value === 'string' ? value : ''
  }
  return {
    code: text('code') || 'unexpected',
    message: text('message') || translate('error.unexpected', { status: response.status }),
    field: text('field'),
    remedy: text('remedy') || null,
    requestId: text('requestId'),
  }
}
