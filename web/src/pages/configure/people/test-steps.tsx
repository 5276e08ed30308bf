import { IconCheck, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { CallReply } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'

/** Each step of a test send: settings, gateway reached, message taken. */
export function TestSteps({ steps }: { steps: CallReply<'POST /api/gateways/:channel/test'>['steps'] }): ReactNode {
  const t = useT()
  return (
    <ol className="steps plain-list" aria-live="polite">
      {steps.map((step) => (
        <li key={`${step.name} ${step.message}`}>
          {step.ok ? (
            <IconCheck size={18} color="var(--ok)" aria-label={t('config.ok')} />
          ) : (
            <IconX size={18} color="var(--critical)" aria-label={t('config.failed')} />
          )}
          <span>{step.message}</span>
          <span className="meta numeric">{Math.round(step.millis)} ms</span>
          {step.remedy !== null && <span className="remedy meta">{step.remedy}</span>}
        </li>
      ))}
    </ol>
  )
}
