import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'

const failure = z.object({
  error: z.looseObject({
    code: z.number(),
    message: z.string().default(''),
    error_data: z.looseObject({ details: z.string() }).optional(),
  }),
})

/** The code by which Meta says that a day has passed since the person's last word: only a template may go. */
export const RE_ENGAGEMENT = 131047

/** Graph API of Meta. */
export class MetaClient {
  readonly #base: string
  readonly #token: string

  /** @param base with its version: `https://graph.facebook.com/v23.0` */
  constructor(base: string, token: string) {
    this.#base = base
    this.#token = token
  }

  /** @throws ChannelError */
  async call(method: 'GET' | 'POST', path: string, body: unknown, signal: AbortSignal, timeout: Millis = 12_000): Promise<unknown> {
    let status: number
    let answer: unknown
    let retryAfter: number
    try {
      const response = await fetch(`${this.#base}/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          'user-agent': 'SyncTide/1.0.0',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        redirect: 'error',
      })
      status = response.status
      retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
      answer = await response.json().catch(() => undefined)
    } catch (error) {
      signal.throwIfAborted()
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : error instanceof Error ? error.message : ''
      throw new ChannelError('unreachable', `WhatsApp does not answer at ${this.#base}: ${why}`, {
        cause: error,
        remedy: 'Check that this machine reaches the internet (name service, proxy, firewall).',
      })
    }
    if (status >= 200 && status < 300) return answer
    const parsed = failure.safeParse(answer)
    if (!parsed.success) {
      throw new ChannelError('unreachable', `${this.#base} answered ${status}, but not as WhatsApp does.`, {
        remedy: 'A proxy or a log-in page may stand in between.',
      })
    }
    const { code, message, error_data: more } = parsed.data.error
    throw metaFault(code, `WhatsApp says: ${more?.details ?? message} (${code})`, status, Number.isNaN(retryAfter) ? undefined : retryAfter)
  }
}

/** An error of the Cloud API, told at once or later; codes decide, never titles. */
export class MetaError extends ChannelError {
  readonly meta: number
  constructor(meta: number, ...rest: ConstructorParameters<typeof ChannelError>) {
    super(...rest)
    this.meta = meta
  }
}

export function metaFault(code: number, text: string, status = 400, retryAfterSeconds?: number): MetaError {
  if (code === 190 || code === 102 || status === 401) {
    return new MetaError(code, 'auth', text, {
      remedy: 'Make a new permanent token for a system user in Meta Business settings, and enter it.',
    })
  }
  if (code === 131026 || code === 131021 || code === 131045 || code === 100) {
    return new MetaError(code, 'address', text, { remedy: 'Does this number have WhatsApp? Correct the contact.' })
  }
  if (code === 131050) return new MetaError(code, 'blocked', text, { remedy: 'The person does not want messages of this sender.' })
  if (code === 131056 || code === 130429 || code === 131048 || code === 80007 || code === 4 || status === 429) {
    return new MetaError(code, 'rate_limited', text, retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
  }
  if (code === RE_ENGAGEMENT) {
    return new MetaError(code, 'rejected', text, {
      remedy: 'Enter an approved template in the gateway: free words go only within a day of the person’s last one.',
    })
  }
  if (code >= 132000 && code < 133000) {
    return new MetaError(code, 'rejected', text, {
      remedy: 'The template must be approved in this language and have one variable in its body.',
    })
  }
  return new MetaError(code, 'rejected', text, { retriable: status >= 500 })
}
