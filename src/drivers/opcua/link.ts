import { setTimeout as pause } from 'node:timers/promises'
import { X509Certificate } from 'node:crypto'
import {
  crypto_utils as x509,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  UserTokenType,
  type ClientSession,
  type EndpointDescription,
  type UserIdentityInfo,
} from 'node-opcua-client'
import { asError, DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import type { FrameDirection } from '../driver.ts'
import { describeCertificate, type CertificateStore } from './certificates.ts'
import { canBeTransferred, type OpcUaConfig } from './config.ts'
import {
  closedError,
  connectError,
  distrustError,
  lostError,
  policyError,
  ServiceFault,
  silenceError,
  statusOf,
  untrustedServerError,
} from './link-errors.ts'
import { quietLibrary } from './quiet-library.ts'
import { keepVendorStatus } from './vendor-status.ts'

quietLibrary()
keepVendorStatus()

/** A request and a response of the binary protocol, as the library builds them. */
export interface ServiceRequest {
  readonly schema: { readonly name: string }
  requestHeader: { authenticationToken: unknown; timeoutHint: number }
}

/** What the library has and its types do not tell: one call for every service, with the answer as it came. */
interface Wire {
  performMessageTransaction(request: ServiceRequest, callback: (error: Error | null, response?: unknown) => void): void
}

/** A step after TCP, with keys to be computed, may take this many connect time-outs. */
const STEPS = 4
const CLOSE_MILLIS: Millis = 2000

export interface LinkOptions {
  readonly config: OpcUaConfig
  readonly certificates: CertificateStore
  readonly signal: AbortSignal
  /** For TCP and the Hello; of the settings unless given. */
  readonly connectTimeoutMillis?: Millis
  readonly onFrame?: (direction: FrameDirection, bytes: Uint8Array) => void
}

/** A secure channel; with a session on it once {@link Link.activate} has been called. It lives once: a lost link is replaced. */
export class Link {
  readonly config: OpcUaConfig
  /** Resolves when the link ended, with the reason. */
  readonly ended: Promise<DriverError>
  readonly #client: OPCUAClient
  readonly #end: (error: DriverError) => void
  #reason: DriverError | undefined
  #session: ClientSession | undefined

  private constructor(config: OpcUaConfig, client: OPCUAClient) {
    this.config = config
    this.#client = client
    const { promise, resolve } = Promise.withResolvers<DriverError>()
    this.ended = promise
    this.#end = resolve
    const lost = (error?: Error | null): void => this.destroy(lostError(config.endpointUrl, error ?? undefined))
    client.on('close', lost)
    client.on('connection_lost', () => lost())
    client.on('abort', () => lost())
  }

  /**
   * Opens TCP and the secure channel with the configured policy, never a weaker one.
   * @param serverCertificate of the server, checked before; null for the policy None
   * @throws DriverError
   */
  static async open(options: LinkOptions, serverCertificate: Buffer | null): Promise<Link> {
    const { config, certificates, signal, onFrame } = options
    await certificates.initialize()
    signal.throwIfAborted()
    const none = config.securityPolicy === 'None'
    const client = OPCUAClient.create({
      applicationName: 'SyncTide',
      clientName: 'SyncTide',
      clientCertificateManager: certificates.forClient,
      certificateFile: certificates.certificateFile,
      privateKeyFile: certificates.privateKeyFile,
      securityPolicy: none ? SecurityPolicy.None : SecurityPolicy[config.securityPolicy],
      securityMode: none ? MessageSecurityMode.None : MessageSecurityMode[config.securityMode],
      ...(serverCertificate === null ? {} : { serverCertificate }),
      endpointMustExist: false,
      requestedSessionTimeout: config.sessionTimeoutSeconds * 1000,
      keepPendingSessionsOnDisconnect: true,
      keepSessionAlive: false,
      // a lost link is replaced by us, where we see what became of session and subscription
      connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
      // an idle socket is watched by us too: see the publisher and the pulse of the conversation
      transportTimeout: 2 * config.sessionTimeoutSeconds * 1000 + 60_000,
    })
    if (onFrame !== undefined) {
      client.on('send_chunk', (chunk) => onFrame('sent', chunk))
      client.on('receive_chunk', (chunk) => onFrame('received', chunk))
    }
    const link = new Link(config, client)
    const reached = new Promise<void>((resolve) => {
      // the first message goes out when TCP stands and the Hello was answered
      client.once('secure_channel_created', (channel) => channel.once('send_chunk', () => resolve()))
    })
    const connecting = client.connect(config.endpointUrl)
    await link.#bounded(
      Promise.race([reached, connecting]),
      'the connection',
      signal,
      options.connectTimeoutMillis ?? config.connectTimeoutMillis,
    )
    try {
      await link.#bounded(connecting, 'OpenSecureChannel', signal)
    } catch (error) {
      signal.throwIfAborted()
      // many servers just hang up on a certificate that they do not trust
      if (!none && error instanceof DriverError && error.fault === 'protocol') throw distrustError(config, error)
      throw error
    }
    return link
  }

  /** The endpoints that the server offers. Needs no trust and no session. @throws DriverError */
  static async discover(options: LinkOptions): Promise<readonly EndpointDescription[]> {
    const config: OpcUaConfig = { ...options.config, securityPolicy: 'None' }
    const link = await Link.open({ ...options, config }, null)
    try {
      return await link.#bounded(link.#client.getEndpoints(), 'GetEndpoints', options.signal)
    } finally {
      await link.close()
    }
  }

  get isOpen(): boolean {
    return this.#reason === undefined
  }

  /** The session on this link. @throws DriverError when there is none */
  get session(): ClientSession {
    if (this.#session === undefined) throw this.#reason ?? closedError(this.config.endpointUrl)
    return this.#session
  }

  /**
   * Logs in, over the session of a lost link where the server still has it.
   * @returns whether the old session goes on
   * @throws DriverError
   */
  async activate(old: ClientSession | undefined, signal: AbortSignal): Promise<boolean> {
    if (old !== undefined) {
      // one of a process before this one does not know whose it is
      Object.assign(old, { userIdentityInfo: identityOf(this.config) })
      // the server that has forgotten it says so, and the link is as good as before
      const reactivated = this.#client.reactivateSession(old).then(
        () => true,
        () => false,
      )
      if (await this.#bounded(reactivated, 'ActivateSession', signal)) {
        this.#session = old
        return true
      }
    }
    this.#session = await this.#bounded(this.#client.createSession(identityOf(this.config)), 'CreateSession', signal)
    return false
  }

  /**
   * One service call.
   * @throws ServiceFault when the server refuses, DriverError when nothing comes back
   */
  async call<Response>(
    request: ServiceRequest,
    expected: abstract new (...args: never[]) => Response,
    timeoutMillis: Millis,
    signal?: AbortSignal,
  ): Promise<Response> {
    const { session } = this
    const name = request.schema.name.replace(/Request$/, '')
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    const timer = setTimeout(() => reject(silenceError(this.config.endpointUrl, name, timeoutMillis)), timeoutMillis)
    const onAbort = (): void => reject(asError(signal?.reason))
    signal?.addEventListener('abort', onAbort, { once: true })
    request.requestHeader.timeoutHint = timeoutMillis
    request.requestHeader.authenticationToken = (session as unknown as { authenticationToken: unknown }).authenticationToken
    try {
      signal?.throwIfAborted()
      // see Wire: the session's own methods would mend the session behind our back and lose the subscriptions without a word
      const wire = this.#client as unknown as Wire
      wire.performMessageTransaction(request, (error, response) => {
        if (response instanceof expected) resolve(response)
        else reject(this.#failure(name, error, response))
      })
      return await promise
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Says goodbye: CloseSession, CloseSecureChannel, FIN. Bounded in time, whatever the server does. */
  async close(): Promise<void> {
    if (!this.isOpen) return
    const farewell = async (): Promise<void> => {
      await this.#session?.close(!canBeTransferred(this.config))
    }
    await Promise.race([farewell().catch(() => undefined), pause(CLOSE_MILLIS)])
    await Promise.race([this.#hangUp(closedError(this.config.endpointUrl)), pause(CLOSE_MILLIS)])
  }

  /** Hangs up at once; the server keeps session and subscriptions until they time out. */
  destroy(reason: DriverError): void {
    void this.#hangUp(reason)
  }

  async #hangUp(reason: DriverError): Promise<void> {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#end(reason)
    await this.#client.disconnect().catch(() => undefined)
  }

  #failure(service: string, error: Error | null, response: unknown): Error {
    if (this.#reason !== undefined) return this.#reason
    const code = statusOf(error) ?? statusOf({ response })
    if (code !== undefined) return new ServiceFault(service, code.status, code.name)
    if (error !== null && /timed out/i.test(error.message)) return silenceError(this.config.endpointUrl, service, 0)
    return lostError(this.config.endpointUrl, error ?? undefined)
  }

  /** A step of connecting: in time, or the link is gone. */
  async #bounded<Result>(
    step: Promise<Result>,
    what: string,
    signal: AbortSignal,
    limit: Millis = STEPS * this.config.connectTimeoutMillis,
  ): Promise<Result> {
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(silenceError(this.config.endpointUrl, what, limit)), limit)
    const onAbort = (): void => reject(asError(signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    step.catch(() => undefined)
    try {
      signal.throwIfAborted()
      return await Promise.race([step, promise])
    } catch (thrown) {
      const error = signal.aborted ? asError(signal.reason) : connectError(thrown, this.config)
      this.destroy(error instanceof DriverError ? error : closedError(this.config.endpointUrl))
      throw error
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }
}

/**
 * Picks the endpoint of the configured policy and mode, and checks the certificate that comes with it.
 * @throws DriverError when it is not offered (refused) or its certificate not trusted (certificate)
 */
export async function checkedServerCertificate(
  endpoints: readonly EndpointDescription[],
  { config, certificates }: Pick<LinkOptions, 'config' | 'certificates'>,
): Promise<Buffer> {
  const offered = endpoints.find((one) => policyNameOf(one) === `${config.securityPolicy} ${config.securityMode}`)
  if (offered === undefined) throw policyError(config, undefined, [...new Set(endpoints.map(policyNameOf))].join(', '))
  // a chain is sent as one buffer, the server's own first
  const [own] = offered.serverCertificate === null ? [] : x509.split_der(offered.serverCertificate)
  if (own === undefined) throw policyError(config)
  if ((await certificates.judge(own)) !== 'trusted') throw untrustedServerError(config.endpointUrl, describeCertificate(own).thumbprint)
  return own
}

/** @returns `Basic256Sha256 SignAndEncrypt`; `None` alone */
export function policyNameOf({ securityPolicyUri, securityMode }: EndpointDescription): string {
  const policy = securityPolicyUri?.split('#')[1] ?? ''
  return policy === 'None' ? 'None' : `${policy} ${MessageSecurityMode[securityMode] ?? ''}`
}

function identityOf(config: OpcUaConfig): UserIdentityInfo {
  switch (config.identity) {
    case 'userName':
      return { type: UserTokenType.UserName, userName: config.userName, password: config.password }
    case 'certificate': {
      return {
        type: UserTokenType.Certificate,
        certificateData: new X509Certificate(config.userCertificate).raw,
        keyOperations: x509.keyOperationsFromPrivateKey(x509.makePrivateKeyFromPem(config.userPrivateKey)),
      }
    }
    case 'anonymous':
      return { type: UserTokenType.Anonymous }
  }
}
