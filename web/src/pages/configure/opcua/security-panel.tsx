import { Button } from '@mantine/core'
import { IconDownload, IconShieldQuestion } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { saveFile } from '../../../format/save-file.ts'
import { useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import type { FormValue } from '../../../widgets/schema-form/schema.ts'
import type { DeviceForm } from '../devices/device-draft.ts'
import { runAction } from '../devices/run-action.ts'
import { useAction } from '../use-action.ts'
import { type Certificate, CertificateFacts } from './certificate-facts.tsx'
import { EndpointOffers } from './endpoint-offers.tsx'
import './security-panel.css'

type Own = Certificate & { readonly pem: string; readonly der: string }
interface Shelves {
  readonly trusted: readonly Certificate[]
  readonly rejected: readonly Certificate[]
}

interface Props {
  readonly form: DeviceForm
  /** Takes what an endpoint needs into the connection. */
  readonly onUse: (change: FormValue) => void
}

/** Certificates are the same whatever server is meant: they are there before anybody typed its address. */
const ANY_SERVER = {
  deviceId: null,
  code: '',
  protocol: 'opcua',
  timeoutMillis: 5000,
  connection: { endpointUrl: 'opc.tcp://localhost' },
  secrets: {},
}

/** The security of OPC UA in one place: what the server offers, whom we trust, and the certificate that it must trust. */
export function SecurityPanel({ form, onUse }: Props): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const action = useAction()
  const own = useQuery({ queryKey: ['opcua', 'own'], queryFn: () => runAction<Own>(ANY_SERVER, 'own_certificate'), staleTime: Infinity })
  const shelves = useQuery({ queryKey: ['opcua', 'shelves'], queryFn: () => runAction<Shelves>(ANY_SERVER, 'list_certificates') })
  const refresh = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: ['opcua', 'shelves'] })
  }
  const move = async (name: 'trust_certificate' | 'untrust_certificate', certificate: Certificate): Promise<void> => {
    const done = name === 'trust_certificate' ? t('cert.trustedNow') : t('cert.untrustedNow')
    await action.run(async () => {
      await runAction(ANY_SERVER, name, { thumbprint: certificate.thumbprint })
      await refresh()
    }, done)
  }
  const { rejected = [], trusted = [] } = shelves.data ?? {}
  return (
    <section className="security" aria-labelledby="opcua-security">
      <h3 id="opcua-security">{t('cert.title')}</h3>
      <EndpointOffers form={form} onUse={onUse} onSeen={() => void refresh()} />
      {rejected.length > 0 && (
        <div className="stack">
          <h4>
            <IconShieldQuestion size={18} aria-hidden color="var(--warning)" /> {t('cert.waiting')}
          </h4>
          <p className="meta">{t('cert.waitingHint')}</p>
          {rejected.map((certificate) => (
            <div key={certificate.thumbprint} className="certificate-card">
              <CertificateFacts certificate={certificate} />
              {trusted.some(({ applicationUri }) => applicationUri === certificate.applicationUri) && (
                <p className="meta">{t('cert.renewed')}</p>
              )}
              <Button size="compact-md" disabled={action.busy} onClick={() => void move('trust_certificate', certificate)}>
                {t('cert.trust')}
              </Button>
            </div>
          ))}
        </div>
      )}
      <ErrorNote error={action.error ?? shelves.error} />
      <details>
        <summary>{t('cert.trusted', { count: trusted.length })}</summary>
        <div className="stack card-body">
          {trusted.length === 0 && <p className="muted">{t('cert.noneTrusted')}</p>}
          {trusted.map((certificate) => (
            <div key={certificate.thumbprint} className="certificate-card">
              <CertificateFacts certificate={certificate} />
              <Button
                size="compact-md"
                variant="default"
                disabled={action.busy}
                onClick={() => void move('untrust_certificate', certificate)}
              >
                {t('cert.untrust')}
              </Button>
            </div>
          ))}
        </div>
      </details>
      <details>
        <summary>{t('cert.own')}</summary>
        <div className="stack card-body">
          <p className="meta">{t('cert.ownHint')}</p>
          <ErrorNote error={own.error} retry={() => void own.refetch()} />
          {own.data !== undefined && <OwnCertificate own={own.data} />}
        </div>
      </details>
    </section>
  )
}

function OwnCertificate({ own }: { own: Own }): ReactNode {
  const t = useT()
  const saved = (name: string, data: string | Uint8Array<ArrayBuffer>): void => {
    saveFile(name, data, 'application/pkix-cert')
    tellDone(t('cert.saved', { name }))
  }
  return (
    <div className="certificate-card">
      <CertificateFacts certificate={own} />
      <div className="row">
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() =>
            saved(
              'synctide.der',
              Uint8Array.from(atob(own.der), (letter) => letter.charCodeAt(0)),
            )
          }
        >
          DER
        </Button>
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => saved('synctide.pem', own.pem)}
        >
          PEM
        </Button>
      </div>
    </div>
  )
}
