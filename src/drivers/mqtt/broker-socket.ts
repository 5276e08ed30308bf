import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { asError, DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import type { BrokerConfig } from './broker-config.ts'
import { tcpError, tlsError, untrustedError } from './link-errors.ts'

/** How long a broker may take to accept the connection, to shake hands, and to answer CONNECT. */
export const CONNECT_TIMEOUT: Millis = 5000
const KEEP_ALIVE_DELAY: Millis = 10_000

/**
 * Connects, with TLS where it is set; nothing has been sent yet beyond the handshake.
 * @throws DriverError; or the signal's reason, and then the socket is gone
 */
export async function openBrokerSocket(config: BrokerConfig, signal: AbortSignal): Promise<Socket> {
  const socket = await openTcp(config, signal)
  return config.tls ? await startTls(config, socket, signal) : socket
}

/** @throws DriverError; or the signal's reason */
export async function openTcp(config: BrokerConfig, signal: AbortSignal): Promise<Socket> {
  const { host, port } = config
  const socket = connectTcp({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY })
  await settled(socket, 'connect', signal, (cause) => tcpError(config, cause))
  return socket
}

/** @throws DriverError, and then the socket is gone; or the signal's reason */
export async function startTls(config: BrokerConfig, tcp: Socket, signal: AbortSignal): Promise<TLSSocket> {
  const secureContext = secureContextOf(config)
  const servername = config.serverName === '' ? config.host : config.serverName
  const isName = !/^[\d.]+$|:/.test(servername)
  const socket = connectTls({
    socket: tcp,
    secureContext,
    // looked at below, so that the certificate can be named; nothing of ours is sent before
    rejectUnauthorized: false,
    host: servername,
    ...(isName ? { servername } : {}),
  })
  await settled(socket, 'secureConnect', signal, (cause) => tlsError(config, cause))
  if (config.verify && !socket.authorized) {
    const error = untrustedError(config, socket.getPeerCertificate(true), socket.authorizationError)
    socket.destroy()
    throw error
  }
  return socket
}

function secureContextOf(config: BrokerConfig): SecureContext {
  const { ca, clientCertificate, clientKey } = config
  try {
    return createSecureContext({
      ...(ca === '' ? {} : { ca, allowPartialTrustChain: true }),
      ...(clientCertificate === '' ? {} : { cert: clientCertificate, key: clientKey.reveal() }),
    })
  } catch (cause) {
    throw new DriverError('certificate', 'A certificate or key of this broker cannot be read', {
      cause,
      remedy: 'Give PEM text, a key without a passphrase, and the key that belongs to the client certificate.',
    })
  }
}

async function settled(socket: Socket, event: string, signal: AbortSignal, translate: (cause: Error) => DriverError): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = (): void => reject(asError(signal.reason))
  const timer = setTimeout(() => reject(translate(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }))), CONNECT_TIMEOUT)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  socket.once(event, resolve)
  // stays for the life of the socket: an error nobody listens to would end the process
  socket.on('error', (cause) => reject(translate(cause)))
  socket.once('close', () => reject(translate(Object.assign(new Error('closed by the broker'), { code: 'ECONNRESET' }))))
  try {
    await promise
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
