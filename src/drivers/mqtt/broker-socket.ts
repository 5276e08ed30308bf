import type { Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { asError, DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { openTcp } from '../open-tcp.ts'
import type { BrokerConfig } from './broker-config.ts'
import { BROKER, tlsError, untrustedError } from './link-errors.ts'

/** How long a broker may take to accept the connection, to shake hands, and to answer CONNECT. */
export const CONNECT_TIMEOUT: Millis = 5000

/**
 * Connects, with TLS where it is set; nothing has been sent yet beyond the handshake.
 * @throws DriverError; or the signal's reason, and then the socket is gone
 */
export async function openBrokerSocket(config: BrokerConfig, signal: AbortSignal): Promise<Socket> {
  const socket = await openTcp(config, BROKER, CONNECT_TIMEOUT, signal)
  return config.tls ? await startTls(config, socket, signal) : socket
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
  await handshake(config, socket, signal)
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

async function handshake(config: BrokerConfig, socket: TLSSocket, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = (): void => reject(asError(signal.reason))
  const fail = (cause: Error): void => reject(tlsError(config, cause))
  const timer = setTimeout(() => fail(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), CONNECT_TIMEOUT)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  socket.once('secureConnect', resolve)
  // stays for the life of the socket: an error nobody listens to would end the process
  socket.on('error', fail)
  socket.once('close', () => fail(Object.assign(new Error('closed by the broker'), { code: 'ECONNRESET' })))
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
