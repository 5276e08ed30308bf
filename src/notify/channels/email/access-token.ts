import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import { askTokenServer, refusedBy } from './token-server.ts'

export interface OAuthSettings {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Empty: the application itself is allowed to send (client credentials). */
  readonly refreshToken: string
  readonly scope: string
}

/** What takes the place of a refresh token (RFC 6749, 6): the old one ends some day, or at once. */
export interface TokenStore {
  keep(refreshToken: string): Promise<void>
  /** As it stands now; undefined when it cannot be told. */
  read(): Promise<string | undefined>
}

const NOWHERE: TokenStore = { keep: async () => undefined, read: async () => undefined }

const granted = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().default(3600),
  refresh_token: z.string().optional(),
})

/** A token that ends sooner than this is renewed before it is used. */
const MARGIN_MILLIS: Millis = 60_000
const REMEDY =
  'Sign in again, or enter client, secret and refresh token again; one ends when it was not used for months or its password changed.'

/** The access tokens of one mailbox (RFC 6749, 4.4 and 6), each used until shortly before its end. */
export class AccessTokens {
  readonly #settings: OAuthSettings
  readonly #clock: Pick<Clock, 'mono'>
  readonly #store: TokenStore
  #refreshToken: string
  #current: { token: string; until: Millis } | undefined

  constructor(settings: OAuthSettings, clock: Pick<Clock, 'mono'>, store: TokenStore = NOWHERE) {
    this.#settings = settings
    this.#clock = clock
    this.#store = store
    this.#refreshToken = settings.refreshToken
  }

  /** @param renew the server refused the one it was given. @throws ChannelError */
  async get(renew = false): Promise<string> {
    const now = this.#clock.mono()
    if (renew || this.#current === undefined || now > this.#current.until - MARGIN_MILLIS) {
      const { access_token: token, expires_in: seconds, refresh_token: next = '' } = await this.#granted()
      this.#current = { token, until: now + seconds * 1000 }
      if (next !== '' && next !== this.#refreshToken) {
        this.#refreshToken = next
        await this.#store.keep(next)
      }
    }
    return this.#current.token
  }

  async #granted(): Promise<z.infer<typeof granted>> {
    try {
      return await this.#fetch()
    } catch (error) {
      const other = error instanceof ChannelError && error.fault === 'auth' ? await this.#store.read() : undefined
      // another process renewed it, and the one that was ours ended with that
      if (other === undefined || other === '' || other === this.#refreshToken) throw error
      this.#refreshToken = other
      return await this.#fetch()
    }
  }

  async #fetch(): Promise<z.infer<typeof granted>> {
    const { tokenUrl, clientId, clientSecret, scope } = this.#settings
    const refreshToken = this.#refreshToken
    const answer = await askTokenServer(tokenUrl, {
      client_id: clientId,
      ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
      ...(refreshToken === '' ? { grant_type: 'client_credentials' } : { grant_type: 'refresh_token', refresh_token: refreshToken }),
      ...(scope === '' ? {} : { scope }),
    })
    if ('refusal' in answer) throw refusedBy(tokenUrl, answer.refusal, 'access token', REMEDY)
    const parsed = granted.safeParse(answer.body)
    if (!parsed.success) throw new ChannelError('auth', `${new URL(tokenUrl).host} gives no access token.`, { remedy: REMEDY })
    return parsed.data
  }
}
