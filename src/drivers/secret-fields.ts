import type { JsonSchema } from './driver.ts'

/** @returns the names of a form's fields that are only ever written: see {@link Driver.connectionSchema} */
export function secretFieldsOf(schema: JsonSchema): readonly string[] {
  return fieldsMarked(schema, 'writeOnly')
}

/** @returns the names of a form's fields that say where a connection leads, with what holds when they are left out */
export function destinationsOf(schema: JsonSchema): readonly { readonly name: string; readonly otherwise: unknown }[] {
  return fieldsMarked(schema, 'destination').map((name) => ({ name, otherwise: propertiesOf(schema)[name]?.['default'] }))
}

function fieldsMarked(schema: JsonSchema, mark: string): readonly string[] {
  return Object.entries(propertiesOf(schema)).flatMap(([name, field]) => (field[mark] === true ? [name] : []))
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>
}
