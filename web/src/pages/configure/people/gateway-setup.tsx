import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLanguage, useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { CopyButton } from '../../../widgets/copy-button.tsx'
import { setupSteps } from './setup-steps.ts'
import type { Gateway } from './people-queries.ts'

/** What to do at the provider, step by step, and the address that it is to call. */
export function GatewaySetup({ gateway }: { gateway: Gateway }): ReactNode {
  const t = useT()
  const language = useLanguage()
  const { site } = useSession()
  const steps = setupSteps(gateway.channel, language)
  const { publicUrl } = gateway.settings
  const base = typeof publicUrl === 'string' && publicUrl !== '' ? publicUrl : site.publicUrl
  const address = `${(base === '' ? window.location.origin : base).replace(/\/+$/, '')}/webhook/${gateway.channel}`
  return (
    <details open={!gateway.configured}>
      <summary>{t('gateway.setup')}</summary>
      <ol>
        {steps.map((step) => (
          <li key={step} style={{ marginBottom: 4 }}>
            {step}
          </li>
        ))}
      </ol>
      {gateway.channel === 'telegram' && <Link to="/config/guide">{t('guide.link')}</Link>}
      {gateway.calls && (
        <div className="row">
          <span>{t('gateway.callUs')}:</span>
          <code style={{ overflowWrap: 'anywhere' }}>{address}</code>
          <CopyButton text={address} size="xs" />
        </div>
      )}
    </details>
  )
}
