import type { PeerCertificate } from 'node:tls'
import { ErrorWithReasonCode } from 'mqtt'
import { DriverError } from '#base/errors.ts'
import { nameOf, type Peer } from '../open-tcp.ts'
import type { BrokerConfig } from './broker-config.ts'

export const BROKER: Peer = {
  called: 'broker',
  whenRefused:
    'Check the port (1883, with TLS 8883), that the broker runs, and that it listens on the network and not only on its own machine.',
}

/** @returns why the TLS handshake failed */
export function tlsError(config: BrokerConfig, cause: Error): DriverError {
  const name = nameOf(config)
  const code = codeOf(cause)
  if (/WRONG_VERSION|PACKET_LENGTH|EPROTO$|RECORD_LAYER/.test(code)) {
    return new DriverError('protocol', `${name} does not speak TLS`, {
      cause,
      remedy: 'Switch TLS off, or use the TLS port (usually 8883).',
    })
  }
  if (code === 'ECONNRESET' || code === 'ETIMEDOUT') {
    return new DriverError('protocol', `${name} does not answer the TLS handshake`, {
      cause,
      remedy: 'Check that this port is the TLS port of the broker (usually 8883), or switch TLS off.',
    })
  }
  return (
    alertError(config, cause) ??
    new DriverError('certificate', `The TLS handshake with ${name} failed: ${cause.message}`, {
      cause,
      remedy: "Check the certificates and the broker's own log.",
    })
  )
}

/** With TLS 1.3 a broker refuses a client's certificate after the handshake. @returns undefined when it is not about certificates */
function alertError(config: BrokerConfig, cause: Error): DriverError | undefined {
  const code = codeOf(cause)
  if (!/ALERT|CERTIFICATE/.test(code)) return undefined
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/.test(code) && config.clientCertificate === '') {
    return new DriverError('certificate', `${nameOf(config)} wants a client certificate`, {
      cause,
      remedy: 'Give the client certificate and its key.',
    })
  }
  return new DriverError('certificate', `${nameOf(config)} refuses our certificate: ${cause.message}`, {
    cause,
    remedy: 'Check that the client certificate is signed by an authority that the broker trusts, and that it has not expired.',
  })
}

/** @param reason Node's code for what is wrong with the certificate */
export function untrustedError(config: BrokerConfig, certificate: PeerCertificate, reason: Error | string | null): DriverError {
  const code = typeof reason === 'string' ? reason : codeOf(reason ?? new Error('unknown'))
  const [why, remedy] = distrust(config, certificate, code)
  return new DriverError('certificate', `The certificate of ${nameOf(config)} (${describeCertificate(certificate)}) ${why}`, { remedy })
}

function distrust(config: BrokerConfig, certificate: PeerCertificate, code: string): readonly [string, string] {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return [
        'is signed by nobody we trust',
        `Paste the CA certificate of the broker into "CA certificate", after comparing the fingerprint (SHA-256) ${certificate.fingerprint256}.`,
      ]
    case 'CERT_HAS_EXPIRED':
      return ['has expired', 'Renew it at the broker, and check the clock of this computer.']
    case 'CERT_NOT_YET_VALID':
      return ['is not valid yet', 'Check the clock of this computer and of the broker.']
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        `is for ${certificate.subjectaltname ?? 'another name'} and not for ${config.serverName === '' ? config.host : config.serverName}`,
        'Use that name as host, or put it into "Name in the certificate".',
      ]
    default:
      return [`is not accepted: ${code}`, 'Check the CA certificate and the certificate of the broker.']
  }
}

/** @returns why the broker did not let us in, or threw us out */
export function loginError(config: BrokerConfig, clientId: string, cause: Error): DriverError {
  const name = nameOf(config)
  const alert = alertError(config, cause)
  if (alert !== undefined) return alert
  const code = cause instanceof ErrorWithReasonCode ? cause.code : 0
  switch (code) {
    case 1:
    case 132:
      return new DriverError('protocol', `${name} does not speak MQTT ${config.version}`, {
        cause,
        remedy: 'Choose the other MQTT version.',
      })
    case 2:
    case 133:
      return new DriverError('auth', `${name} does not accept the client id "${clientId}"`, {
        cause,
        remedy: 'Give a client id that the broker allows.',
      })
    case 4:
    case 134:
      return new DriverError('auth', `${name} refuses the user name or password`, {
        cause,
        remedy: 'Check both; the password is case-sensitive.',
      })
    case 5:
    case 135:
      return new DriverError(
        'auth',
        `${name} does not let ${config.username === '' ? 'clients without a user name' : `"${config.username}"`} in`,
        {
          cause,
          remedy: 'Check the user name and password, and what the broker allows this user and client id.',
        },
      )
    case 142:
      return takenOverError(config, clientId, cause)
    default:
      break
  }
  if (/connack timeout/i.test(cause.message)) {
    return new DriverError('timeout', `${name} accepts the connection but does not answer as an MQTT broker`, {
      cause,
      remedy: config.tls ? 'Check the port.' : 'Check the port; if it is the TLS port (8883), switch TLS on.',
    })
  }
  if (/keepalive/i.test(cause.message)) {
    return new DriverError('timeout', `${name} has gone silent`, {
      cause,
      remedy: 'Check the broker and the network; it is tried again by itself.',
    })
  }
  // as the library's parser words it
  if (/^(Invalid|Malformed|Cannot parse|Packet|Not supported|Unknown property)\b/.test(cause.message)) {
    return new DriverError('protocol', `${name} sends something other than MQTT: ${cause.message}`, {
      cause,
      remedy: 'Check the port (1883, with TLS 8883): another service may listen there.',
    })
  }
  return new DriverError('connect', `The connection to ${name} broke: ${cause.message}`, {
    cause,
    remedy: 'Check the broker and the network; it is tried again by itself.',
  })
}

/** @returns two programs throw each other out */
export function takenOverError(config: BrokerConfig, clientId: string, cause?: Error): DriverError {
  return new DriverError(
    'connect',
    `Another client uses the client id "${clientId}" at ${nameOf(config)}: the broker ends the older connection each time`,
    {
      ...(cause === undefined ? {} : { cause }),
      remedy: 'Give each program its own client id; leave it empty here to use one that nobody else has.',
    },
  )
}

/** @returns ended again and again soon after the login, by a broker that does not say why: MQTT 3.1.1 has no word for it */
export function unsteadyError(config: BrokerConfig, clientId: string, times: number, cause: Error): DriverError {
  return new DriverError(
    'connect',
    `${nameOf(config)} has ended the connection ${times} times in a row, each time within seconds of the login`,
    {
      cause,
      remedy: `Perhaps another client uses the client id "${clientId}": give each program its own; leave it empty here to use one that nobody else has. Otherwise the broker's log tells why, or something between us cuts the line.`,
    },
  )
}

/** @returns the other side hung up as soon as it heard MQTT */
export function notGreetedError(config: BrokerConfig): DriverError {
  return new DriverError('connect', `${nameOf(config)} hangs up instead of answering as an MQTT broker`, {
    remedy: config.tls
      ? 'Check the port, and whether the broker wants a client certificate.'
      : 'Check the port; if it is the TLS port (8883), switch TLS on.',
  })
}

/** @returns the broker ended the connection */
export function hungUpError(config: BrokerConfig, cause?: Error): DriverError {
  return new DriverError('connect', `${nameOf(config)} closed the connection`, {
    ...(cause === undefined ? {} : { cause }),
    remedy: 'Check that the broker runs; it is tried again by itself.',
  })
}

/** @returns whose it is, who signed it and until when it is valid, in a sentence */
export function describeCertificate(certificate: PeerCertificate): string {
  const name = (one: PeerCertificate['subject'] | undefined): string => String(one?.CN ?? one?.O ?? 'without a name')
  return `${name(certificate.subject)}, signed by ${name(certificate.issuer)}, valid until ${certificate.valid_to}`
}

/** @returns a subscription that the broker does not grant */
export function forbiddenError(config: BrokerConfig, filter: string): DriverError {
  return new DriverError(
    'auth',
    `${nameOf(config)} does not allow ${config.username === '' ? 'us' : `"${config.username}"`} to read ${filter}`,
    {
      remedy: 'Allow it in the access list of the broker, or use another user.',
    },
  )
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : ''
}
