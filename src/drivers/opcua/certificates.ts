import { X509Certificate } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { crypto_utils as x509, StatusCodes, type OPCUAClientOptions } from 'node-opcua-client'
import { ConfigError } from '#base/errors.ts'

type Store = Required<OPCUAClientOptions>['clientCertificateManager']
type ClientStore = Extract<Store, { checkCertificate: unknown }>

/** A certificate in words, for people who must decide. */
export interface CertificateFacts {
  /** SHA-1 over the DER form, as OPC UA programs show it (Part 4, 7.2). */
  readonly thumbprint: string
  readonly subject: string
  readonly issuer: string
  readonly applicationUri: string
  /** ISO 8601. */
  readonly validFrom: string
  readonly validTo: string
}

export type Shelf = 'trusted' | 'rejected'

const VALID_MILLIS = 3650 * 86_400_000
/** A server that changes its certificate at each attempt must not fill the disk. */
const MOST_REJECTED = 100

/**
 * Our certificate and those of the servers, in files below `<folder>/pki`. Nothing is trusted by default: an unknown certificate is put
 * on the shelf of the rejected until somebody trusts it. A certificate that was trusted by itself stays trusted when it expires; one
 * that is trusted through its issuer does not.
 */
export class CertificateStore {
  /** The client library counts its users here. */
  referenceCounter = 0
  readonly #folder: string
  #ready: Promise<void> | undefined

  constructor(folder: string) {
    this.#folder = join(folder, 'pki')
  }

  get certificateFile(): string {
    return join(this.#folder, 'own', 'certificate.pem')
  }

  get privateKeyFile(): string {
    return join(this.#folder, 'own', 'private_key.pem')
  }

  /** As the client library wants it. */
  get forClient(): ClientStore {
    // the library's type asks for more than its client ever calls: issuers and revocation lists are files here
    return this as unknown as ClientStore
  }

  /** Makes the folders and, on first use, our key and certificate. */
  async initialize(): Promise<void> {
    this.#ready ??= this.#prepare()
    try {
      await this.#ready
    } catch (error) {
      this.#ready = undefined
      throw error
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }

  /** Our own, to be shown to the server's administrator. */
  async own(): Promise<CertificateFacts & { readonly pem: string }> {
    await this.initialize()
    const certificate = new X509Certificate(await readFile(this.certificateFile))
    return { ...factsOf(certificate), pem: certificate.toString() }
  }

  async list(shelf: Shelf): Promise<readonly CertificateFacts[]> {
    return [...(await this.#read(shelf)).values()].map(factsOf)
  }

  /** @throws ConfigError naming `thumbprint` */
  async move(thumbprint: string, from: Shelf, to: Shelf): Promise<CertificateFacts> {
    const certificate = (await this.#read(from)).get(thumbprint.toUpperCase())
    if (certificate === undefined) {
      throw new ConfigError('thumbprint', `There is no ${from} certificate with the thumbprint ${thumbprint}`, {
        remedy: 'Load the list again; somebody else may have moved it.',
      })
    }
    await rename(this.#fileOf(from, thumbprintOf(certificate)), this.#fileOf(to, thumbprintOf(certificate)))
    return factsOf(certificate)
  }

  /** A server's certificate, or its chain with its own first. */
  async checkCertificate(chain: Buffer | readonly Buffer[]): Promise<(typeof StatusCodes)['Good']> {
    return (await this.judge(chain)) === 'trusted' ? StatusCodes.Good : StatusCodes.BadCertificateUntrusted
  }

  /** The library asks this of our own certificate only. */
  verifyCertificate(): Promise<string> {
    return Promise.resolve('Good')
  }

  async getTrustStatus(certificate: Buffer): Promise<(typeof StatusCodes)['Good']> {
    return await this.checkCertificate(certificate)
  }

  /** Puts an unknown one on the shelf of the rejected. */
  async judge(chain: Buffer | readonly Buffer[]): Promise<Shelf> {
    await this.initialize()
    const der = 'byteLength' in chain ? chain : chain[0]
    if (der === undefined) return 'rejected'
    const certificate = new X509Certificate(der)
    const trusted = await this.#read('trusted')
    if (trusted.has(thumbprintOf(certificate)) || isIssuedByOneOf(certificate, [...trusted.values()])) return 'trusted'
    await this.#reject(certificate)
    return 'rejected'
  }

  async #reject(certificate: X509Certificate): Promise<void> {
    const file = this.#fileOf('rejected', thumbprintOf(certificate))
    await writeFile(`${file}.new`, certificate.raw)
    await rename(`${file}.new`, file)
    const names = (await readdir(join(this.#folder, 'rejected'))).filter((name) => name.endsWith('.der'))
    if (names.length <= MOST_REJECTED) return
    const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(this.#folder, 'rejected', name))).mtimeMs })))
    for (const { name } of dated.toSorted((a, b) => a.at - b.at).slice(0, names.length - MOST_REJECTED)) {
      await rm(join(this.#folder, 'rejected', name), { force: true })
    }
  }

  async #read(shelf: Shelf): Promise<ReadonlyMap<string, X509Certificate>> {
    await this.initialize()
    const found = new Map<string, X509Certificate>()
    for (const name of await readdir(join(this.#folder, shelf))) {
      if (!/\.(der|crt|cer|pem)$/i.test(name)) continue
      try {
        // people put files here by hand too
        const certificate = new X509Certificate(await readFile(join(this.#folder, shelf, name)))
        const file = this.#fileOf(shelf, thumbprintOf(certificate))
        if (join(this.#folder, shelf, name) !== file) await rename(join(this.#folder, shelf, name), file)
        found.set(thumbprintOf(certificate), certificate)
      } catch {
        // no certificate: whoever put it there sees that it is not listed
      }
    }
    return found
  }

  #fileOf(shelf: Shelf, thumbprint: string): string {
    return join(this.#folder, shelf, `${thumbprint}.der`)
  }

  async #prepare(): Promise<void> {
    for (const shelf of ['own', 'trusted', 'rejected']) await mkdir(join(this.#folder, shelf), { recursive: true, mode: 0o700 })
    try {
      await readFile(this.privateKeyFile)
      factsOf(new X509Certificate(await readFile(this.certificateFile)))
    } catch {
      await this.#make()
    }
  }

  /** The URI in the certificate is the one that we name ourselves by (Part 4, 7.1), so the certificate decides it. */
  async #make(): Promise<void> {
    const host = hostname()
    const { privateKey } = await x509.generateKeyPair(2048)
    const { privPem } = await x509.privateKeyToPEM(privateKey)
    const { cert } = await x509.createSelfSignedCertificate({
      privateKey,
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + VALID_MILLIS),
      subject: `CN=SyncTide@${host}/O=SyncTide`,
      dns: [host],
      applicationUri: `urn:${host}:SyncTide`,
      purpose: x509.CertificatePurpose.ForApplication,
    })
    await writeFile(this.privateKeyFile, privPem, { mode: 0o600 })
    await writeFile(this.certificateFile, cert)
  }
}

function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint.replaceAll(':', '')
}

/** @returns the facts of a DER certificate */
export function describeCertificate(der: Buffer): CertificateFacts {
  return factsOf(new X509Certificate(der))
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    thumbprint: thumbprintOf(certificate),
    subject: certificate.subject.replaceAll('\n', ', '),
    issuer: certificate.issuer.replaceAll('\n', ', '),
    applicationUri: /URI:([^,\s]+)/.exec(certificate.subjectAltName ?? '')?.[1] ?? '',
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
  }
}

function isIssuedByOneOf(certificate: X509Certificate, trusted: readonly X509Certificate[]): boolean {
  const now = Date.now()
  const valid = (one: X509Certificate): boolean => Date.parse(one.validFrom) <= now && now <= Date.parse(one.validTo)
  return (
    valid(certificate) &&
    trusted.some((issuer) => issuer.ca && valid(issuer) && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))
  )
}
