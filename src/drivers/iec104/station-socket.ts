import { connect as connectSocket, type Socket } from 'node:net'
import { asError, DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

const KEEP_ALIVE_DELAY: Millis = 10_000

/** @returns host:port, for messages and as a key. */
export function nameOf({ host, port }: Endpoint): string {
  return `${host.toLowerCase()}:${port}`
}

/**
 * Connects, without Nagle's delay and with TCP keep-alive.
 * @param t0 the standard's time-out of connection establishment
 * @throws DriverError; or the signal's reason, and then the socket is gone
 */
export async function openStationSocket(endpoint: Endpoint, t0: Millis, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const { host, port } = endpoint
  const socket = connectSocket({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const giveUp = (error: Error): void => {
    socket.destroy()
    reject(error)
  }
  const onAbort = (): void => giveUp(asError(signal.reason))
  const onTimeout = (): void =>
    giveUp(
      new DriverError('timeout', `${nameOf(endpoint)} did not accept the connection within t0 = ${t0 / 1000} s`, {
        remedy: 'Check the IP address, the cable, the power of the station and firewalls on the way.',
      }),
    )
  const timer = setTimeout(onTimeout, t0)
  signal.addEventListener('abort', onAbort, { once: true })
  socket.once('connect', resolve)
  // stays for the life of the socket: an error nobody listens to would end the process
  socket.on('error', (error) => reject(connectError(endpoint, error)))
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
  return socket
}

function connectError(endpoint: Endpoint, cause: Error): DriverError {
  const name = nameOf(endpoint)
  const code = 'code' in cause ? String(cause.code) : ''
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new DriverError('connect', `The host name "${endpoint.host}" is not known`, {
        cause,
        remedy: 'Check the spelling, or give the IP address of the station.',
      })
    case 'ECONNREFUSED':
      return new DriverError('refused', `${name} refuses the connection: nothing listens on port ${endpoint.port}`, {
        cause,
        remedy: 'Check the port (usually 2404) and that IEC 60870-5-104 is switched on in the station.',
      })
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new DriverError('connect', `There is no way to ${name}`, {
        cause,
        remedy: 'Check the IP address, the cable, and the network settings of this computer.',
      })
    default:
      return new DriverError('connect', `The connection to ${name} failed: ${cause.message || code}`, {
        cause,
        remedy: 'Check the IP address, the cable and the power of the station.',
      })
  }
}

const FAREWELL: Millis = 1000

/** FIN, and the end at the latest after a second. */
export async function hangUp(socket: Socket): Promise<void> {
  if (socket.closed) return
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const timer = setTimeout(() => socket.destroy(), FAREWELL)
  socket.resume()
  socket.end()
  await closed
  clearTimeout(timer)
}
