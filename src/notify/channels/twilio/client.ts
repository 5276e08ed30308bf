import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'

const message = z.looseObject({
  sid: z.string(),
  status: z.string(),
  direction: z.string().default(''),
  from: z.string().nullable().default(null),
  to: z.string().nullable().default(null),
  body: z.string().nullable().default(null),
  num_segments: z.string().nullable().default(null),
  error_code: z.number().nullable().default(null),
  error_message: z.string().nullable().default(null),
  date_created: z.string().nullable().default(null),
  date_sent: z.string().nullable().default(null),
})
export type TwilioMessage = z.infer<typeof message>

const page = z.looseObject({ messages: z.array(message), next_page_uri: z.string().nullable().default(null) })
const refusal = z.looseObject({ code: z.number().optional(), message: z.string().optional() })

export interface TwilioLogin {
  readonly baseUrl: string
  readonly accountSid: string
  readonly authToken: string
}

const MOST_PAGES = 5

/** The Messages resource of Twilio (2010-04-01). */
export class TwilioClient {
  readonly #login: TwilioLogin

  constructor(login: TwilioLogin) {
    this.#login = login
  }

  /** @throws ChannelError */
  async account(signal: AbortSignal): Promise<string> {
    const found = z.looseObject({ friendly_name: z.string() }).safeParse(await this.#call('GET', `${this.#root()}.json`, undefined, signal))
    if (!found.success) throw unknownForm()
    return found.data.friendly_name
  }

  async send(fields: Readonly<Record<string, string>>, signal: AbortSignal): Promise<TwilioMessage> {
    const created = message.safeParse(await this.#call('POST', `${this.#root()}/Messages.json`, fields, signal))
    if (!created.success) throw unknownForm()
    return created.data
  }

  /** Newest first, of both directions, since a day (`2026-11-24`, GMT). */
  async list(filter: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly TwilioMessage[]> {
    const found: TwilioMessage[] = []
    let path: string | null = `${this.#root()}/Messages.json?${new URLSearchParams({ ...filter, PageSize: '100' }).toString()}`
    for (let pages = 0; path !== null && pages < MOST_PAGES; pages++) {
      const parsed = page.safeParse(await this.#call('GET', path, undefined, signal))
      if (!parsed.success) throw unknownForm()
      found.push(...parsed.data.messages)
      path = parsed.data.next_page_uri
    }
    return found
  }

  #root(): string {
    return `/2010-04-01/Accounts/${this.#login.accountSid}`
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    fields: Readonly<Record<string, string>> | undefined,
    signal: AbortSignal,
    timeout: Millis = 12_000,
  ): Promise<unknown> {
    const { baseUrl, accountSid, authToken } = this.#login
    let status: number
    let body: unknown
    let retryAfter: number | undefined
    try {
      const response = await fetch(new URL(path, baseUrl), {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
          ...(fields === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(fields === undefined ? {} : { body: new URLSearchParams(fields).toString() }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        redirect: 'error',
      })
      status = response.status
      retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
      body = await response.json().catch(() => undefined)
    } catch (error) {
      signal.throwIfAborted()
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : error instanceof Error ? error.message : ''
      throw new ChannelError('unreachable', `Twilio does not answer at ${baseUrl}: ${why}`, {
        cause: error,
        remedy: 'Check that this machine reaches the internet (name service, proxy, firewall).',
      })
    }
    if (status >= 200 && status < 300) return body
    throw refused(status, refusal.safeParse(body).data ?? {}, Number.isNaN(retryAfter) ? undefined : retryAfter)
  }
}

function unknownForm(): ChannelError {
  return new ChannelError('unreachable', 'Twilio answered in a form that is not known.', {
    remedy: 'A proxy or a log-in page may stand in between.',
  })
}

/** Codes that say that the recipient cannot be reached this way: https://www.twilio.com/docs/api/errors */
const NO_RECIPIENT = new Set([21211, 21214, 21217, 21401, 21408, 21601, 21612, 21614, 30003, 30005, 30006, 63003, 63024])
const STOPPED = new Set([21610, 63032, 63033])

function refused(status: number, { code = 0, message: said = '' }: z.infer<typeof refusal>, retryAfterSeconds?: number): ChannelError {
  const text = `Twilio says: ${said === '' ? status : said}${code === 0 ? '' : ` (${code})`}`
  if (status === 401 || code === 20003) {
    return new ChannelError('auth', `Twilio does not accept account and token: ${text}`, {
      remedy: 'Copy both from the Twilio console again.',
    })
  }
  if (status === 429) return new ChannelError('rate_limited', text, retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
  return faultOfCode(code, text) ?? new ChannelError('rejected', text, { retriable: status >= 500 })
}

/** What an error code of a message, told at once or later, means for its recipient; undefined: nothing special. */
export function faultOfCode(code: number, text: string): ChannelError | undefined {
  if (STOPPED.has(code)) {
    return new ChannelError('blocked', text, { remedy: 'The person answered STOP: ask for START to the same number.' })
  }
  if (NO_RECIPIENT.has(code)) return new ChannelError('address', text, { remedy: 'Correct the number of the contact.' })
  if (code === 63015) {
    return new ChannelError('blocked', text, { remedy: 'The person has to join the sandbox of Twilio first; it ends after three days.' })
  }
  return undefined
}
