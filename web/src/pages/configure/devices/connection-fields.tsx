import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { SchemaForm } from '../../../widgets/schema-form/schema-form.tsx'
import type { FieldErrors, FormValue } from '../../../widgets/schema-form/schema.ts'
import { BrokerChoice } from '../brokers/broker-choice.tsx'
import { splitSeldom } from '../seldom.ts'
import type { Protocol } from './device-draft.ts'

interface Props {
  readonly protocol: Protocol
  readonly value: FormValue
  readonly onChange: (value: FormValue) => void
  readonly errors: FieldErrors
  readonly secretsSet: readonly string[]
  /** Drawn between what is always needed and what seldom is. */
  readonly children: ReactNode
}

/** The fields of a protocol's connection: the shared connection by choice, the seldom needed ones folded away. */
export function ConnectionFields({ protocol, value, onChange, errors, secretsSet, children }: Props): ReactNode {
  const t = useT()
  const { shared } = protocol
  const { often, seldom } = splitSeldom(protocol.connectionSchema, shared?.field)
  const form = { value, onChange, errors, secretsSet, secretsRemovable: true }
  return (
    <>
      {shared !== null && (
        <BrokerChoice
          protocol={protocol.protocol}
          shared={shared}
          value={textOf(value[shared.field])}
          error={errors[shared.field]}
          onChange={(code) => onChange({ ...value, [shared.field]: code })}
        />
      )}
      <SchemaForm schema={often} {...form} />
      {children}
      {Object.keys(seldom.properties).length > 0 && (
        <details open={Object.keys(errors).some((field) => (field.split('.')[0] ?? '') in seldom.properties) ? true : undefined}>
          <summary>{t('config.seldomNeeded')}</summary>
          <div className="card-body">
            <SchemaForm schema={seldom} {...form} />
          </div>
        </details>
      )}
    </>
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
