import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'

const refused = z.looseObject({ error: z.string().optional(), error_description: z.string().optional() })

const PATIENCE_MILLIS: Millis = 10_000

/** What a token server said no with: `error` is its word for it (RFC 6749, 5.2), `why` for people. */
export interface Refusal {
  readonly error: string
  readonly why: string
  readonly status: number
}

/** Asks a server of OAuth2. @returns its answer, or its refusal. @throws ChannelError when it does not answer */
export async function askTokenServer(
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly body: unknown } | { readonly refusal: Refusal }> {
  let response: Response
  let body: unknown
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(fields).toString(),
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
      redirect: 'error',
    })
    body = await response.json().catch(() => undefined)
  } catch (cause) {
    throw new ChannelError('unreachable', `${new URL(url).host} does not answer.`, {
      cause,
      remedy: 'Check that this machine reaches the internet, and the token address of the gateway.',
    })
  }
  if (response.ok) return { body }
  const said = refused.safeParse(body).data
  const why = said?.error_description ?? said?.error ?? String(response.status)
  return { refusal: { error: said?.error ?? '', why: why.split('\n')[0] ?? '', status: response.status } }
}

/** @returns the fault of a refusal that nothing else is made of */
export function refusedBy(url: string, { why, status }: Refusal, what: string, remedy: string): ChannelError {
  const retriable = status >= 500 || status === 429
  return new ChannelError(retriable ? 'unreachable' : 'auth', `${new URL(url).host} gives no ${what}: ${why}`, { remedy })
}
