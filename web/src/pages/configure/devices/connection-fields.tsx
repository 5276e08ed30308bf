import type { ReactNode } from 'react'
import { FoldedForm } from '../../../widgets/schema-form/folded-form.tsx'
import type { FieldErrors, FormValue } from '../../../widgets/schema-form/schema.ts'
import { BrokerChoice } from '../brokers/broker-choice.tsx'
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
  const { shared } = protocol
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
      <FoldedForm schema={protocol.connectionSchema} without={shared?.field} {...form}>
        {children}
      </FoldedForm>
    </>
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
