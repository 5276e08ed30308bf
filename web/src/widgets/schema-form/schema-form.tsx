import type { ReactNode } from 'react'
import { useSchemaWords } from '../../i18n/language.ts'
import { SchemaField } from './schema-field.tsx'
import { errorsBelow, type Field, type FieldErrors, fieldsOf, type FormValue, isMeant } from './schema.ts'
import './schema-form.css'

interface Props {
  /** JSON Schema of an object, as the server serves it. */
  readonly schema: Readonly<Record<string, unknown>>
  readonly value: FormValue
  readonly onChange: (value: FormValue) => void
  /** From `fieldErrors(error, prefix)`. */
  readonly errors?: FieldErrors
  /** Secrets the server already holds: their fields may stay empty. */
  readonly secretsSet?: readonly string[]
  /** Whether a secret that is set can be taken away: its value is then null. */
  readonly secretsRemovable?: boolean
  readonly disabled?: boolean
}

const none: FieldErrors = {}

/** Draws the form of a served schema, so that a new driver or channel needs no page of its own. */
export function SchemaForm({
  schema,
  value,
  onChange,
  errors = none,
  secretsSet = [],
  secretsRemovable = false,
  disabled = false,
}: Props): ReactNode {
  const say = useSchemaWords()
  const set = (name: string, next: unknown): void => {
    const { [name]: _old, ...rest } = value
    onChange(next === undefined ? rest : { ...value, [name]: next })
  }
  const draw = (field: Field): ReactNode =>
    field.kind === 'object' ? (
      <fieldset key={field.name} disabled={disabled}>
        <legend>{say(field.title)}</legend>
        <SchemaForm
          schema={{ ...field.schema }}
          value={asObject(value[field.name])}
          onChange={(next) => set(field.name, next)}
          errors={errorsBelow(errors, field.name)}
          disabled={disabled}
        />
      </fieldset>
    ) : (
      <SchemaField
        key={field.name}
        field={field}
        value={value[field.name]}
        onChange={(next) => set(field.name, next)}
        error={errors[field.name]}
        secretSet={secretsSet.includes(field.name)}
        secretRemovable={secretsRemovable}
        disabled={disabled}
      />
    )
  return (
    <div className="schema-form">
      {fieldsOf(schema)
        .filter((field) => isMeant(field, value))
        .map(draw)}
    </div>
  )
}

function asObject(value: unknown): FormValue {
  return typeof value === 'object' && value !== null ? (value as FormValue) : {}
}
