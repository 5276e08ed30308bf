import { asError, DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { networkError, type Peer } from '../open-tcp.ts'
import { endpointOf, type OpcUaConfig } from './config.ts'
import { statusText } from './core/status.ts'

export const SERVER: Peer = {
  called: 'device',
  whenRefused: 'Check the port (usually 4840) and that the OPC UA server is switched on in the device.',
}

const TRUST_US = 'Trust it on the server: move it from its rejected to its trusted clients, or export it here and import it there.'

/** A session that was lost may be freed any moment, somebody else's too. */
const LONGEST_WAIT: Millis = 60_000

/** The server answered a call with a status code instead of a result (Part 4, 7.34 ServiceFault). */
export class ServiceFault extends Error {
  /** 32 bits, unsigned. */
  readonly status: number
  constructor(service: string, status: number, name: string) {
    const words = statusText(status)
    super(`The server answers ${service} with ${words.startsWith('0x') ? name : words}`)
    this.status = status
  }
}

/** @returns the code that the library's error carries, or whose name its message holds; undefined for anything else */
export function statusOf(error: unknown): { readonly status: number; readonly name: string } | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { response, statusCode } = error as { response?: { responseHeader?: { serviceResult?: unknown } }; statusCode?: unknown }
  for (const code of [response?.responseHeader?.serviceResult, statusCode]) {
    if (typeof code !== 'object' || code === null || !('value' in code) || !('name' in code)) continue
    if (typeof code.value === 'number' && typeof code.name === 'string') return { status: code.value >>> 0, name: code.name }
  }
  return undefined
}

/** @returns the name of the status code in an error, however the library wrapped it; empty where there is none */
export function statusNameOf(error: unknown): string {
  const known = statusOf(error)
  if (known !== undefined) return known.name
  return /\bBad[A-Z]\w+/.exec(error instanceof Error ? error.message : '')?.[0] ?? ''
}

/** @returns nothing came back in time. */
export function silenceError(endpointUrl: string, what: string, timeoutMillis: Millis): DriverError {
  return new DriverError('timeout', `${endpointUrl} did not answer ${what} within ${timeoutMillis} ms`, {
    remedy: 'Check the network and the load of the server; a slow server needs a longer time-out.',
  })
}

/** @returns the link broke while nobody had asked for it. */
export function lostError(endpointUrl: string, cause?: unknown): DriverError {
  return new DriverError('connect', `The connection to ${endpointUrl} was lost`, {
    cause,
    remedy: 'Check the cable, the power of the device and whether its server was stopped.',
  })
}

/** @returns we ended it ourselves. */
export function closedError(endpointUrl: string): DriverError {
  return new DriverError('connect', `The connection to ${endpointUrl} has been closed by us`)
}

/** @returns the certificate of the server is none of the trusted. */
export function untrustedServerError(endpointUrl: string, thumbprint: string): DriverError {
  return new DriverError('certificate', `The certificate of ${endpointUrl} is not trusted yet (thumbprint ${thumbprint})`, {
    remedy: 'Compare the thumbprint with the one that the server shows, then trust the certificate in the form of the device.',
  })
}

/**
 * @returns the server hung up without a reason while security was agreed on; it may as well have been a coincidence, so it is tried
 * again
 */
export function distrustError({ endpointUrl }: OpcUaConfig, cause: unknown): DriverError {
  return new DriverError(
    'refused',
    `${endpointUrl} broke off while security was agreed on; most likely it does not trust the certificate of SyncTide`,
    { cause, remedy: TRUST_US },
  )
}

/** @returns what went wrong while connecting, in words for whoever configured it. */
export function connectError(thrown: unknown, config: OpcUaConfig): DriverError {
  if (thrown instanceof DriverError) return thrown
  const cause = asError(thrown)
  const { endpointUrl } = config
  const network = networkError(endpointOf(endpointUrl), SERVER, cause)
  if (network !== undefined) return network
  const name = statusNameOf(thrown)
  switch (name) {
    case 'BadTooManySessions':
      return new DriverError('limit', `${endpointUrl} has no session left`, {
        cause,
        retryAfterMillis: Math.min(config.sessionTimeoutSeconds * 1000, LONGEST_WAIT),
        remedy: 'Close other OPC UA clients of this server, or raise its number of sessions; a session that was lost is freed by itself.',
      })
    case 'BadUserAccessDenied':
    case 'BadIdentityTokenRejected':
    case 'BadIdentityTokenInvalid':
    case 'BadUserSignatureInvalid':
      return new DriverError('auth', `${endpointUrl} refuses the log-in (${name})`, {
        cause,
        remedy:
          config.identity === 'userName'
            ? 'Check the user name and the password, and that the server allows this user.'
            : config.identity === 'anonymous'
              ? 'The server wants a user: choose to log in with a user name and password.'
              : 'Check that the server knows the certificate of this user.',
      })
    case 'BadSecurityPolicyRejected':
    case 'BadSecurityModeRejected':
      return policyError(config, cause)
    case 'BadSecurityChecksFailed':
    case 'BadCertificateUntrusted':
    case 'BadCertificateInvalid':
    case 'BadCertificateTimeInvalid':
    case 'BadCertificateUriInvalid':
    case 'BadCertificateUseNotAllowed':
    case 'BadCertificateIssuerUseNotAllowed':
    case 'BadCertificateChainIncomplete':
      return new DriverError('certificate', `${endpointUrl} does not trust the certificate of SyncTide (${name})`, {
        cause,
        remedy: TRUST_US,
      })
    case 'BadTooManySubscriptions':
      return new DriverError('limit', `${endpointUrl} has no subscription left`, {
        cause,
        retryAfterMillis: Math.min(config.sessionTimeoutSeconds * 1000, LONGEST_WAIT),
        remedy: 'Close other OPC UA clients of this server, or set the device to poll.',
      })
    case 'BadTcpEndpointUrlInvalid':
      return new DriverError('refused', `${endpointUrl} knows no such endpoint`, {
        cause,
        remedy: 'Check the part of the endpoint URL behind the port.',
      })
    case 'BadShutdown':
    case 'BadServerHalted':
      return new DriverError('busy', `${endpointUrl} is shutting down or halted`, { cause, remedy: 'Wait until the server runs again.' })
    default:
  }
  if (/token policy|Cannot find (ANONYMOUS|USERNAME|Certificate)/i.test(cause.message)) {
    return new DriverError('auth', `${endpointUrl} does not offer this kind of log-in with ${config.securityPolicy}`, {
      cause,
      remedy: 'Choose another way to log in, or another security policy; Test Connection lists what the server offers.',
    })
  }
  if (/End point must exist|Cannot find an Endpoint/i.test(cause.message)) return policyError(config, cause)
  if (name === '' && /may have been rejected|premature socket/i.test(cause.message)) {
    return new DriverError('protocol', `${endpointUrl} hung up, or answered with something that is not OPC UA`, {
      cause,
      remedy:
        'Check the port (usually 4840): another service may listen there. A server that has no connection left, or does not allow the chosen security, hangs up, too.',
    })
  }
  return new DriverError('protocol', `The connection to ${endpointUrl} failed: ${name === '' ? firstLine(cause.message) : name}`, {
    cause,
    remedy: 'The log of the server may say more; Test Connection names the step that fails.',
  })
}

/** @returns the server has no endpoint with the chosen policy and mode. */
export function policyError({ endpointUrl, securityPolicy, securityMode }: OpcUaConfig, cause?: unknown, offered = ''): DriverError {
  const wanted = securityPolicy === 'None' ? 'None' : `${securityPolicy} with ${securityMode}`
  return new DriverError('refused', `${endpointUrl} does not offer the security policy ${wanted}`, {
    cause,
    remedy:
      offered === ''
        ? 'Choose a policy that the server offers, or switch this one on in the server.'
        : `It offers ${offered}: choose one of these, or switch yours on in the server.`,
  })
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.trim() ?? ''
}
