import { Button } from '@mantine/core'
import { IconListSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import type { FormValue } from '../../../widgets/schema-form/schema.ts'
import type { DeviceForm } from '../devices/device-draft.ts'
import { runAction } from '../devices/run-action.ts'
import { useAction } from '../use-action.ts'
import type { Certificate } from './certificate-facts.tsx'

interface Offer {
  readonly securityPolicy: string
  readonly securityMode: string
  readonly identities: readonly string[]
  readonly certificate: (Certificate & { readonly trusted: boolean }) | null
  readonly endpointUrl: string
}

interface Props {
  readonly form: DeviceForm
  readonly onUse: (change: FormValue) => void
  /** A certificate may have been seen for the first time. */
  readonly onSeen: () => void
}

/** What the server offers, safest first; one click takes policy, mode and way to log in into the form. */
export function EndpointOffers({ form, onUse, onSeen }: Props): ReactNode {
  const t = useT()
  const action = useAction()
  const [offers, setOffers] = useState<readonly Offer[] | null>(null)
  const { connection } = form
  const ask = async (): Promise<void> => {
    setOffers(null)
    await action.run(async () => {
      const { endpoints } = await runAction<{ endpoints: readonly Offer[] }>(form, 'list_endpoints')
      setOffers(endpoints.toSorted((a, b) => safety(b) - safety(a)))
    })
    onSeen()
  }
  const isInUse = (offer: Offer): boolean =>
    offer.securityPolicy === connection['securityPolicy'] &&
    (offer.securityPolicy === 'None' || offer.securityMode === connection['securityMode'])
  return (
    <div className="stack">
      <div>
        <Button variant="default" leftSection={<IconListSearch size={16} aria-hidden />} loading={action.busy} onClick={() => void ask()}>
          {t('cert.ask')}
        </Button>
      </div>
      <ErrorNote error={action.error} />
      {offers?.length === 0 && <p className="muted">{t('cert.noOffer')}</p>}
      {offers !== null && offers.length > 0 && (
        <div className="table-wrap">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t('cert.policy')}</th>
                <th scope="col">{t('cert.mode')}</th>
                <th scope="col" className="wide-only">
                  {t('cert.identities')}
                </th>
                <th scope="col">
                  <span className="visually-hidden">{t('config.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {offers.map((offer) => (
                <tr key={`${offer.securityPolicy} ${offer.securityMode} ${offer.endpointUrl}`}>
                  <td>
                    {offer.securityPolicy}
                    {offer.securityPolicy === 'None' && <div className="meta">{t('cert.plain')}</div>}
                  </td>
                  <td>{offer.securityMode}</td>
                  <td className="wide-only">{offer.identities.map((one) => identityWord(one, t)).join(', ')}</td>
                  <td style={{ textAlign: 'right' }}>
                    {isInUse(offer) ? (
                      <span className="pill">{t('cert.inUse')}</span>
                    ) : (
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={t('cert.useOffer', { policy: offer.securityPolicy, mode: offer.securityMode })}
                        onClick={() => onUse(changeFor(offer, connection))}
                      >
                        {t('cert.use')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

const POLICIES = ['None', 'Basic128Rsa15', 'Basic256', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss']

function safety({ securityPolicy, securityMode }: Offer): number {
  return POLICIES.indexOf(securityPolicy) * 2 + (securityMode === 'SignAndEncrypt' ? 1 : 0)
}

function changeFor(offer: Offer, connection: FormValue): FormValue {
  const { identity } = connection
  const kept = typeof identity === 'string' && offer.identities.includes(identity)
  return {
    securityPolicy: offer.securityPolicy,
    ...(offer.securityPolicy === 'None' ? {} : { securityMode: offer.securityMode }),
    ...(kept || offer.identities[0] === undefined ? {} : { identity: offer.identities[0] }),
  }
}

function identityWord(identity: string, t: ReturnType<typeof useT>): string {
  if (identity === 'anonymous') return t('cert.anonymous')
  if (identity === 'userName') return t('cert.userName')
  return identity === 'certificate' ? t('cert.certificate') : identity
}
