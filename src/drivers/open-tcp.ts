import { connect, type Socket } from 'node:net'
import { asError, DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** What a protocol calls the other side, so that people are told of theirs. */
export interface Peer {
  readonly called: 'device' | 'station' | 'broker'
  /** What to look after when nothing listens on the port. */
  readonly whenRefused: string
}

const KEEP_ALIVE_DELAY: Millis = 10_000

/** @returns host:port, for messages and as a key */
export function nameOf({ host, port }: Endpoint): string {
  return `${host.toLowerCase()}:${port}`
}

/**
 * Connects, without Nagle's delay and with TCP keep-alive.
 * @throws DriverError; or the signal's reason. The socket is gone then
 */
export async function openTcp({ host, port }: Endpoint, peer: Peer, timeout: Millis, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const giveUp = (error: Error): void => {
    socket.destroy()
    reject(error)
  }
  const onAbort = (): void => giveUp(asError(signal.reason))
  const onTimeout = (): void =>
    giveUp(
      new DriverError('timeout', `${nameOf({ host, port })} did not accept the connection within ${timeout / 1000} s`, {
        remedy: `Check the IP address, the cable, the power of the ${peer.called} and firewalls on the way.`,
      }),
    )
  const timer = setTimeout(onTimeout, timeout)
  signal.addEventListener('abort', onAbort, { once: true })
  socket.once('connect', resolve)
  // stays for the life of the socket: an error nobody listens to would end the process
  socket.on('error', (error) => reject(networkError({ host, port }, peer, error) ?? brokenError({ host, port }, peer, error)))
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
  return socket
}

/** @returns why there is no way to the other side; undefined when the error says nothing of the network */
export function networkError(endpoint: Endpoint, peer: Peer, cause: Error): DriverError | undefined {
  const name = nameOf(endpoint)
  switch (codeOf(cause)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unknownHostError(endpoint.host, peer, cause)
    case 'ECONNREFUSED':
      return new DriverError('refused', `${name} refuses the connection: nothing listens on port ${endpoint.port}`, {
        cause,
        remedy: peer.whenRefused,
      })
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new DriverError('connect', `There is no way to ${name}`, {
        cause,
        remedy: 'Check the IP address, the cable, and the network settings of this computer.',
      })
    default:
      return undefined
  }
}

/** @returns no name server knows the host */
export function unknownHostError(host: string, { called }: Peer, cause: unknown): DriverError {
  return new DriverError('connect', `The host name "${host}" is not known`, {
    cause,
    remedy: `Check the spelling, or give the IP address of the ${called}.`,
  })
}

function brokenError(endpoint: Endpoint, { called }: Peer, cause: Error): DriverError {
  return new DriverError('connect', `The connection to ${nameOf(endpoint)} failed: ${cause.message || codeOf(cause)}`, {
    cause,
    remedy: `Check the IP address, the cable and the power of the ${called}.`,
  })
}

/** A library may have kept nothing of the code but its name in the message. */
function codeOf(cause: Error): string {
  if ('code' in cause) return String(cause.code)
  return /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)\b/.exec(cause.message)?.[1] ?? ''
}
