import type { ReactNode } from 'react'
import { formatInstant } from '../../../format/instants.ts'
import { useT } from '../../../i18n/language.ts'
import { live } from '../../../live.ts'
import { useSession } from '../../../session.tsx'

/** As the driver tells it, see drivers/opcua/certificates.ts. */
export interface Certificate {
  readonly thumbprint: string
  readonly subject: string
  readonly issuer: string
  readonly applicationUri: string
  /** ISO 8601. */
  readonly validFrom: string
  readonly validTo: string
}

/** What a person needs to know a certificate again: subject, thumbprint in groups of four, and until when it holds. */
export function CertificateFacts({ certificate }: { certificate: Certificate }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const { thumbprint, subject, issuer, applicationUri, validFrom, validTo } = certificate
  const day = (iso: string): string => formatInstant(Date.parse(iso) * 1000, 'date', locale, timeZone)
  const now = live.now() / 1000
  const expired = Date.parse(validTo) < now || Date.parse(validFrom) > now
  const rows = [
    [t('cert.subject'), subject],
    [t('cert.thumbprint'), thumbprint.match(/.{1,4}/g)?.join(' ') ?? ''],
    ...(issuer === subject ? [] : [[t('cert.issuer'), issuer]]),
    [t('cert.applicationUri'), applicationUri],
  ]
  return (
    <dl className="certificate">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt className="muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div>
        <dt className="muted">{t('cert.valid')}</dt>
        <dd style={expired ? { color: 'var(--critical)' } : undefined}>
          {day(validFrom)} – {day(validTo)} {expired && t('cert.notValid')}
        </dd>
      </div>
    </dl>
  )
}
