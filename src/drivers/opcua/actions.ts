import { crypto_utils as x509, MessageSecurityMode, UserTokenType, type EndpointDescription } from 'node-opcua-client'
import { z } from 'zod'
import { InvalidRequest } from '#base/errors.ts'
import { describeCertificate, type CertificateFacts } from './certificates.ts'
import { Link, type LinkOptions } from './link.ts'

/** One way to connect that the server offers. */
export interface OfferedEndpoint {
  readonly securityPolicy: string
  readonly securityMode: string
  /** anonymous, userName, certificate: as the setting calls them. */
  readonly identities: readonly string[]
  /** The server's, and whether we trust it; null for plain text without one. */
  readonly certificate: (CertificateFacts & { readonly trusted: boolean }) | null
  /** Where the server says that it listens; often a name that only it knows, so we do not use it. */
  readonly endpointUrl: string
}

/** Ours, to be shown to the server's administrator and imported there. */
export interface OwnCertificate extends CertificateFacts {
  readonly pem: string
  /** The DER form in base64: the file that most controllers import. */
  readonly der: string
}

export interface ServerCertificates {
  readonly trusted: readonly CertificateFacts[]
  /** Seen and not trusted. */
  readonly rejected: readonly CertificateFacts[]
}

const byThumbprint = z.strictObject({ thumbprint: z.string().regex(/^[0-9a-f]{40}$/i, 'A thumbprint has 40 hexadecimal digits.') })

const IDENTITIES = new Map<UserTokenType, string>([
  [UserTokenType.Anonymous, 'anonymous'],
  [UserTokenType.UserName, 'userName'],
  [UserTokenType.Certificate, 'certificate'],
])

/**
 * What the server offers; an unknown certificate is put on the shelf of the rejected, so that it can be trusted at once.
 * @throws DriverError
 */
export async function listEndpoints(options: LinkOptions): Promise<{ readonly endpoints: readonly OfferedEndpoint[] }> {
  const endpoints: OfferedEndpoint[] = []
  for (const one of await Link.discover(options)) endpoints.push(await describe(one, options))
  return { endpoints }
}

export async function ownCertificate({ certificates }: LinkOptions): Promise<OwnCertificate> {
  const own = await certificates.own()
  return { ...own, der: own.pem.replaceAll(/-----[A-Z ]+-----|\s/g, '') }
}

export async function listCertificates({ certificates }: LinkOptions): Promise<ServerCertificates> {
  return { trusted: await certificates.list('trusted'), rejected: await certificates.list('rejected') }
}

/** From then on the server is believed. @throws InvalidRequest, ConfigError naming `thumbprint` */
export async function trustCertificate(options: LinkOptions, body: unknown): Promise<ServerCertificates> {
  await options.certificates.move(thumbprintIn(body), 'rejected', 'trusted')
  return await listCertificates(options)
}

/** From the next connection on the server is not believed any more. @throws InvalidRequest, ConfigError naming `thumbprint` */
export async function untrustCertificate(options: LinkOptions, body: unknown): Promise<ServerCertificates> {
  await options.certificates.move(thumbprintIn(body), 'trusted', 'rejected')
  return await listCertificates(options)
}

async function describe(endpoint: EndpointDescription, { certificates }: LinkOptions): Promise<OfferedEndpoint> {
  const { securityMode, securityPolicyUri, serverCertificate, userIdentityTokens, endpointUrl } = endpoint
  const [own] = serverCertificate === null || serverCertificate.length === 0 ? [] : x509.split_der(serverCertificate)
  return {
    securityPolicy: securityPolicyUri?.split('#')[1] ?? '',
    securityMode: MessageSecurityMode[securityMode] ?? '',
    identities: [...new Set((userIdentityTokens ?? []).flatMap(({ tokenType }) => IDENTITIES.get(tokenType) ?? []))],
    certificate: own === undefined ? null : { ...describeCertificate(own), trusted: (await certificates.judge(own)) === 'trusted' },
    endpointUrl: endpointUrl ?? '',
  }
}

function thumbprintIn(body: unknown): string {
  const parsed = byThumbprint.safeParse(body)
  if (parsed.success) return parsed.data.thumbprint
  throw new InvalidRequest(parsed.error.issues[0]?.message ?? 'The thumbprint is missing.', { field: 'thumbprint', cause: parsed.error })
}
