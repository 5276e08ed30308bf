import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'

const answer = z.union([
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error_code: z.number(),
    description: z.string(),
    parameters: z.object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() }).optional(),
  }),
])

/** A group went on under another id. */
export class ChatMoved extends ChannelError {
  readonly to: string
  constructor(to: string) {
    super('address', `The group became a supergroup: its chat id is now ${to}.`, { retriable: true })
    this.to = to
  }
}

/** The Bot API over HTTP. The token is part of every URL, so no error of the network passes on unread. */
export class TelegramClient {
  readonly #base: string
  readonly #token: string

  constructor(baseUrl: string, token: string) {
    this.#base = baseUrl.replace(/\/+$/, '')
    this.#token = token
  }

  /** @throws ChannelError */
  async call(
    method: string,
    parameters: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    timeout: Millis = 10_000,
  ): Promise<unknown> {
    let status: number
    let body: unknown
    try {
      const response = await fetch(`${this.#base}/bot${this.#token}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(parameters),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        redirect: 'error',
      })
      status = response.status
      body = await response.json().catch(() => undefined)
    } catch (error) {
      signal.throwIfAborted()
      throw new ChannelError('unreachable', `Telegram does not answer at ${this.#base}: ${this.#reasonOf(error)}`, {
        remedy: 'Check that this machine reaches the internet (name service, proxy, firewall), and the server address of the gateway.',
      })
    }
    const parsed = answer.safeParse(body)
    if (!parsed.success) {
      throw new ChannelError('unreachable', `${this.#base} answered ${status}, but not as Telegram does.`, {
        remedy: 'Check the server address of the gateway; a proxy or a log-in page may stand in between.',
      })
    }
    if (parsed.data.ok) return parsed.data.result
    const { error_code: code, description, parameters: more } = parsed.data
    if (more?.migrate_to_chat_id !== undefined) throw new ChatMoved(String(more.migrate_to_chat_id))
    throw refusal(code, description, more?.retry_after)
  }

  /** The reason of a failed fetch, without the URL. */
  #reasonOf(error: unknown): string {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    if (!(cause instanceof Error)) return 'no connection'
    if (cause.name === 'TimeoutError') return 'no answer in time'
    return cause.message === '' ? cause.name : cause.message.replaceAll(this.#token, '***')
  }
}

function refusal(code: number, description: string, retryAfterSeconds: number | undefined): ChannelError {
  const said = `Telegram says: ${description}`
  if (code === 401 || code === 404) {
    return new ChannelError('auth', `Telegram does not accept the bot token (${code}).`, {
      remedy: 'Copy the token from @BotFather again.',
    })
  }
  if (code === 429) return new ChannelError('rate_limited', said, retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
  if (code === 403) {
    return new ChannelError('blocked', said, {
      remedy: 'Ask the person to open the chat with the bot and press Start; in a group add the bot again.',
    })
  }
  if (code === 400 && /chat not found|user not found|peer_id_invalid|chat_id is empty/i.test(description)) {
    return new ChannelError('address', said, { remedy: 'Use the pairing link instead of typing a chat id; a phone number is none.' })
  }
  if (code === 409) {
    return new ChannelError('rejected', said, {
      retriable: true,
      remedy: 'Another program reads the messages of this bot: stop it, or make a bot for this installation alone.',
    })
  }
  return new ChannelError('rejected', said, { retriable: code >= 500 })
}
