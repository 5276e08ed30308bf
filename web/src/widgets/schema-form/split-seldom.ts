type Part = Readonly<Record<string, unknown>> & { readonly properties: Readonly<Record<string, unknown>> }

/**
 * Parts the fields that are always needed from those marked `seldom: true`, which forms fold away.
 * @param without a field that is drawn in another way
 */
export function splitSeldom(schema: Readonly<Record<string, unknown>>, without: string | undefined): { often: Part; seldom: Part } {
  const fields = Object.entries((schema['properties'] ?? {}) as Record<string, { seldom?: boolean }>).filter(([name]) => name !== without)
  const part = (seldom: boolean): Part => ({
    ...schema,
    properties: Object.fromEntries(fields.filter(([, field]) => (field.seldom === true) === seldom)),
  })
  return { often: part(false), seldom: part(true) }
}
