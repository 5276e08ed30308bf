import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLanguage, useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { CopyButton } from '../../../widgets/copy-button.tsx'
import { setupSteps } from './setup-steps.ts'
import type { Gateway } from './people-queries.ts'

/** Whoever gets alarms does not care who carries them. */
const OPERATOR_GUIDES: Readonly<Record<string, string>> = {
  telegram: 'telegram',
  sms: 'sms',
  'twilio-sms': 'sms',
  whatsapp: 'whatsapp',
  'twilio-whatsapp': 'whatsapp',
  email: 'email',
}

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
      <div className="row">
        <Link to="/config/guide/$guide" params={{ guide: `setup-${gateway.channel}` }}>
          {t('guide.setup')}
        </Link>
        <Link to="/config/guide/$guide" params={{ guide: OPERATOR_GUIDES[gateway.channel] ?? 'telegram' }}>
          {t('guide.link')}
        </Link>
      </div>
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
