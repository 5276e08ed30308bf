import { ApiError } from '../../api/client.ts'

/** The part of JSON Schema (draft 2020-12) that our forms draw. */
export interface FieldSchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  /** What people call each value of an enum or constant, by the value as text. */
  readonly choices?: Readonly<Record<string, string>>
  readonly format?: string
  readonly writeOnly?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly maxLength?: number
  readonly anyOf?: readonly FieldSchema[]
  readonly oneOf?: readonly FieldSchema[]
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly required?: readonly string[]
  readonly items?: FieldSchema
  /** Text of several lines, such as a certificate. */
  readonly multiline?: boolean
  /** Other fields and the value each must have for this one to mean anything. */
  readonly when?: Readonly<Record<string, unknown>>
}

export type FormValue = Readonly<Record<string, unknown>>

export type FieldKind = 'text' | 'secret' | 'number' | 'integer' | 'boolean' | 'choice' | 'object' | 'lines'

export interface Field {
  readonly name: string
  readonly kind: FieldKind
  readonly title: string
  readonly schema: FieldSchema
  readonly required: boolean
  /** May be left without a value: JSON null is then sent. */
  readonly nullable: boolean
  readonly choices: readonly { readonly value: string | number | boolean; readonly title: string }[]
}

/** @returns the fields of an object schema in its order. `connection` schemas arrive as unknown JSON: parsed here, once. */
export function fieldsOf(schema: Readonly<Record<string, unknown>>): Field[] {
  const object = schema as FieldSchema
  const required = new Set(object.required ?? [])
  return Object.entries(object.properties ?? {})
    .filter(([, field]) => field.const === undefined)
    .map(([name, field]) => fieldOf(name, field, required.has(name)))
}

function fieldOf(name: string, given: FieldSchema, required: boolean): Field {
  const alternatives = given.anyOf ?? given.oneOf ?? []
  const real = alternatives.filter((one) => one.type !== 'null')
  const types = typesOf(given)
  const nullable = alternatives.length > real.length || types.includes('null')
  const constants = real.length > 0 && real.every((one) => one.const !== undefined)
  const [only] = real
  const schema: FieldSchema = real.length === 1 && only !== undefined ? { ...only, ...given } : given
  const called = (value: unknown): string => given.choices?.[String(value)] ?? (typeof value === 'string' ? value : JSON.stringify(value))
  const choices = constants
    ? real.map((one) => ({
        value: one.const as string,
        title: one.title ?? called(one.const),
      }))
    : (schema.enum ?? []).filter((one) => one !== null).map((one) => ({ value: one as string, title: called(one) }))
  // A default makes the value optional for whoever fills in the form, even where the schema calls it required.
  const needed = required && !nullable && schema.default === undefined
  return {
    name,
    kind: kindOf(schema, choices.length > 0),
    title: schema.title ?? wordsOf(name),
    schema,
    required: needed,
    nullable,
    choices,
  }
}

function typesOf(schema: FieldSchema): readonly string[] {
  return schema.type === undefined ? [] : typeof schema.type === 'string' ? [schema.type] : schema.type
}

function kindOf(schema: FieldSchema, choice: boolean): FieldKind {
  if (choice) return 'choice'
  if (schema.format === 'password' || schema.writeOnly === true) return 'secret'
  const types = typesOf(schema)
  if (types.includes('boolean')) return 'boolean'
  if (types.includes('integer')) return 'integer'
  if (types.includes('number')) return 'number'
  if (types.includes('object')) return 'object'
  return types.includes('array') ? 'lines' : 'text'
}

/** Certificates and keys are pasted whole, with their lines. */
export function isMultiline({ schema, title }: Field): boolean {
  return schema.multiline === true || title.endsWith('(PEM)')
}

/** unitId -> Unit id */
function wordsOf(name: string): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Whether a field means anything with what the others say now. */
export function isMeant({ schema }: Field, value: FormValue): boolean {
  return Object.entries(schema.when ?? {}).every(([name, wanted]) =>
    Array.isArray(wanted) ? wanted.includes(value[name]) : value[name] === wanted,
  )
}

/** @returns what a new form starts with: the defaults of the schema. */
export function defaultsOf(schema: Readonly<Record<string, unknown>>): FormValue {
  const value: Record<string, unknown> = {}
  for (const field of fieldsOf(schema)) {
    if (field.schema.default !== undefined) value[field.name] = field.schema.default
    else if (field.kind === 'object') value[field.name] = defaultsOf({ ...field.schema })
    else if (field.kind === 'boolean' && field.required) value[field.name] = false
  }
  return value
}

/**
 * Parts what may be shown again from what is only ever written. Secrets left empty are left out and so stay as they are; null takes one
 * away, which the server understands by an empty text.
 */
export function splitSecrets(
  schema: Readonly<Record<string, unknown>>,
  value: FormValue,
): { settings: FormValue; secrets: Record<string, string> } {
  const hidden = new Set(
    fieldsOf(schema)
      .filter((field) => field.kind === 'secret')
      .map((field) => field.name),
  )
  const secrets: Record<string, string> = {}
  for (const name of hidden) {
    const secret = value[name]
    if (secret === null) secrets[name] = ''
    else if (typeof secret === 'string' && secret !== '') secrets[name] = secret
  }
  return { settings: Object.fromEntries(Object.entries(value).filter(([name]) => !hidden.has(name))), secrets }
}

export type FieldErrors = Readonly<Record<string, string>>

/**
 * What the server said, by field. `prefix` is where the form stands in the request: with `connection`, an error at `connection.host`
 * belongs to the field `host`. Errors elsewhere are for an ErrorNote.
 */
export function fieldErrors(error: unknown, prefix = ''): FieldErrors {
  if (!(error instanceof ApiError) || error.field === '') return {}
  const start = prefix === '' ? '' : `${prefix}.`
  if (!error.field.startsWith(start)) return {}
  return { [error.field.slice(start.length)]: error.remedy === null ? error.message : `${error.message} ${error.remedy}` }
}

/** The errors of a nested object, with its own names. */
export function errorsBelow(errors: FieldErrors, name: string): FieldErrors {
  return Object.fromEntries(
    Object.entries(errors)
      .filter(([path]) => path.startsWith(`${name}.`))
      .map(([path, message]) => [path.slice(name.length + 1), message]),
  )
}
