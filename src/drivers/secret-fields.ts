import type { JsonSchema } from './driver.ts'

/** @returns the names of a form's fields that are only ever written: see {@link Driver.connectionSchema} */
export function secretFieldsOf(schema: JsonSchema): readonly string[] {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, { readonly writeOnly?: boolean }>>
  return Object.entries(properties).flatMap(([name, field]) => (field.writeOnly === true ? [name] : []))
}
