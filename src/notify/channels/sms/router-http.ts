import { request as openRequest } from 'node:http'
import { connect, type TLSSocket } from 'node:tls'
import { ChannelError, asError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'

export interface RouterAnswer {
  readonly status: number
  readonly text: string
}

export interface RouterAddress {
  /** `https://192.168.1.1` */
  readonly baseUrl: string
  /** SHA-256 of the certificate that is expected, hex; empty: one that the machine trusts. */
  readonly fingerprint: string
}

const MOST_BYTES = 1_000_000

/**
 * One HTTP request to the router. Over TLS nothing is written before its certificate is the one that was pinned, or one that this
 * machine trusts.
 * @throws ChannelError
 */
export async function callRouter(
  { baseUrl, fingerprint }: RouterAddress,
  call: { method: 'GET' | 'POST'; path: string; headers?: Readonly<Record<string, string>>; body?: string },
  signal: AbortSignal,
  timeout: Millis = 12_000,
): Promise<RouterAnswer> {
  const url = new URL(call.path, baseUrl)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  try {
    const socket = url.protocol === 'https:' ? await secureSocket(url, fingerprint, limit) : undefined
    return await exchange(url, call, socket, limit)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ChannelError) throw error
    const why = limit.aborted ? 'no answer in time' : asError(error).message
    throw new ChannelError('unreachable', `The router does not answer at ${url.origin}: ${why}`, {
      cause: error,
      remedy: 'Check its address and that this machine is in its network.',
    })
  }
}

async function exchange(
  url: URL,
  call: { method: string; headers?: Readonly<Record<string, string>>; body?: string },
  socket: TLSSocket | undefined,
  signal: AbortSignal,
): Promise<RouterAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RouterAnswer>()
  const request = openRequest({
    host: url.hostname,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port,
    path: `${url.pathname}${url.search}`,
    method: call.method,
    headers: {
      ...call.headers,
      host: url.host,
      connection: 'close',
      ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
    },
    signal,
    // over TLS the connection is there already, and its other end is known
    ...(socket === undefined ? { agent: false } : { createConnection: () => socket }),
  })
  request.once('error', reject)
  request.once('response', (response) => {
    const chunks: Buffer[] = []
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MOST_BYTES) request.destroy(new Error('the answer is too long'))
      else chunks.push(chunk)
    })
    response.once('error', reject)
    response.once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }))
  })
  request.end(call.body)
  return await promise
}

async function secureSocket(url: URL, fingerprint: string, signal: AbortSignal): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
  const socket = connect({
    host: url.hostname,
    port: Number(url.port === '' ? 443 : url.port),
    ...(/^[\d.]+$|:/.test(url.hostname) ? {} : { servername: url.hostname }),
    // judged below, before anything is written
    rejectUnauthorized: false,
  })
  const stop = (): void => void socket.destroy(asError(signal.reason))
  signal.addEventListener('abort', stop, { once: true })
  socket.once('error', reject)
  socket.once('secureConnect', () => {
    const seen = plainHex(socket.getPeerX509Certificate()?.fingerprint256 ?? '')
    const pinned = plainHex(fingerprint)
    if (pinned === '' ? socket.authorized : seen === pinned) return resolve(socket)
    socket.destroy()
    reject(
      pinned === ''
        ? new ChannelError('unreachable', `The router shows a certificate of its own, with the fingerprint ${inPairs(seen)}.`, {
            remedy: 'Compare it with the one that the router shows (System, Administration, Certificates) and enter it in the gateway.',
          })
        : new ChannelError('unreachable', `The router shows another certificate than the one entered: ${inPairs(seen)}.`, {
            remedy: 'Was the router replaced or reset? Then enter the new fingerprint; if not, somebody stands in between.',
          }),
    )
  })
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function plainHex(text: string): string {
  return text.replace(/[^\da-f]/gi, '').toLowerCase()
}

function inPairs(hex: string): string {
  return hex.toUpperCase().replace(/(..)(?=.)/g, '$1:')
}
