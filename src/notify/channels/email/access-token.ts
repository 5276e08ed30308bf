import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'

export interface OAuthSettings {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Empty: the application itself is allowed to send (client credentials). */
  readonly refreshToken: string
  readonly scope: string
}

const granted = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().default(3600) })
const refused = z.looseObject({ error: z.string().optional(), error_description: z.string().optional() })

const PATIENCE_MILLIS: Millis = 10_000
/** A token that ends sooner than this is renewed before it is used. */
const MARGIN_MILLIS: Millis = 60_000

/** The access tokens of one mailbox (RFC 6749, 4.4 and 6), each used until shortly before its end. */
export class AccessTokens {
  readonly #settings: OAuthSettings
  readonly #clock: Pick<Clock, 'mono'>
  #current: { token: string; until: Millis } | undefined

  constructor(settings: OAuthSettings, clock: Pick<Clock, 'mono'>) {
    this.#settings = settings
    this.#clock = clock
  }

  /** @param renew the server refused the one it was given. @throws ChannelError */
  async get(renew = false): Promise<string> {
    const now = this.#clock.mono()
    if (renew || this.#current === undefined || now > this.#current.until - MARGIN_MILLIS) {
      const { access_token: token, expires_in: seconds } = await this.#fetch()
      this.#current = { token, until: now + seconds * 1000 }
    }
    return this.#current.token
  }

  async #fetch(): Promise<z.infer<typeof granted>> {
    const { tokenUrl, clientId, clientSecret, refreshToken, scope } = this.#settings
    const fields = {
      client_id: clientId,
      ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
      ...(refreshToken === '' ? { grant_type: 'client_credentials' } : { grant_type: 'refresh_token', refresh_token: refreshToken }),
      ...(scope === '' ? {} : { scope }),
    }
    let response: Response
    let body: unknown
    try {
      response = await fetch(tokenUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams(fields).toString(),
        signal: AbortSignal.timeout(PATIENCE_MILLIS),
        redirect: 'error',
      })
      body = await response.json().catch(() => undefined)
    } catch (cause) {
      throw new ChannelError('unreachable', `${new URL(tokenUrl).host} gives no access token: no answer.`, {
        cause,
        remedy: 'Check that this machine reaches the internet, and the token address of the gateway.',
      })
    }
    const parsed = granted.safeParse(body)
    if (response.ok && parsed.success) return parsed.data
    const said = refused.safeParse(body).data
    const why = said?.error_description ?? said?.error ?? String(response.status)
    const retriable = response.status >= 500 || response.status === 429
    throw new ChannelError(
      retriable ? 'unreachable' : 'auth',
      `${new URL(tokenUrl).host} gives no access token: ${why.split('\n')[0] ?? ''}`,
      {
        remedy:
          'Enter client, secret and refresh token again; a refresh token ends when it was not used for months or its password changed.',
      },
    )
  }
}
