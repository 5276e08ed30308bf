import { NativeSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useSchemaWords, useT } from '../../i18n/language.ts'
import type { Translate } from '../../i18n/translate.ts'
import { SecretField } from './secret-field.tsx'
import { type Field, isMultiline } from './schema.ts'

interface Props {
  readonly field: Field
  readonly value: unknown
  /** `undefined` leaves the field out, so that the server's default holds. */
  readonly onChange: (value: unknown) => void
  readonly error: string | undefined
  readonly secretSet: boolean
  readonly secretRemovable: boolean
  readonly disabled: boolean
}

/** One field of a SchemaForm. */
export function SchemaField({ field, value, onChange, error, secretSet, secretRemovable, disabled }: Props): ReactNode {
  const t = useT()
  const say = useSchemaWords()
  const { schema } = field
  const label = say(field.title)
  const description = schema.description === undefined ? undefined : say(schema.description)
  const common = {
    label,
    description,
    error,
    disabled,
    name: field.name,
    required: field.required,
    placeholder: placeholderOf(field, t),
  }
  const empty = field.nullable ? null : undefined
  switch (field.kind) {
    case 'boolean':
      return (
        <Switch
          label={label}
          description={description}
          error={error}
          disabled={disabled}
          name={field.name}
          checked={(value ?? schema.default) === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )
    case 'choice':
      return (
        <NativeSelect
          label={label}
          description={description}
          error={error}
          disabled={disabled}
          name={field.name}
          required={field.required}
          value={textOf(value ?? (field.nullable ? '' : (schema.default ?? '')))}
          onChange={(event) => onChange(field.choices.find((one) => String(one.value) === event.currentTarget.value)?.value ?? empty)}
        >
          {((value ?? schema.default) === undefined || field.nullable) && <option value="">{t('form.choose')}</option>}
          {field.choices.map((choice) => (
            <option key={String(choice.value)} value={String(choice.value)}>
              {say(choice.title)}
            </option>
          ))}
        </NativeSelect>
      )
    case 'integer':
    case 'number':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ''}
          allowDecimal={field.kind === 'number'}
          hideControls
          {...(schema.minimum !== undefined && schema.minimum >= 0 ? { allowNegative: false } : {})}
          onChange={(next) => onChange(typeof next === 'number' ? next : empty)}
        />
      )
    case 'secret':
      return (
        <SecretField
          {...common}
          set={secretSet}
          removable={secretRemovable}
          value={value}
          onChange={onChange}
          multiline={isMultiline(field)}
        />
      )
    case 'lines':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          value={Array.isArray(value) ? value.map(textOf).join('\n') : ''}
          onChange={(event) => onChange(event.currentTarget.value === '' ? [] : event.currentTarget.value.split('\n'))}
        />
      )
    case 'object':
    case 'text':
      if (isMultiline(field))
        return (
          <Textarea
            {...common}
            className="pem"
            autosize
            minRows={2}
            maxRows={8}
            value={typeof value === 'string' ? value : ''}
            onChange={(event) => onChange(event.currentTarget.value === '' ? empty : event.currentTarget.value)}
          />
        )
      return (
        <TextInput
          {...common}
          maxLength={schema.maxLength}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value === '' ? empty : event.currentTarget.value)}
        />
      )
  }
}

/** What holds when the field stays empty, else an example. */
function placeholderOf({ schema }: Field, t: Translate): string | undefined {
  if (schema.default !== undefined && schema.default !== null && schema.default !== '')
    return t('form.default', { value: textOf(schema.default) })
  const example = schema.examples?.find((one) => one !== '')
  return example === undefined ? undefined : t('form.example', { example: textOf(example) })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
