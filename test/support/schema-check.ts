export type Schema = Readonly<Record<string, unknown>>

/** What says nothing of a value. */
const SILENT = new Set(
  `description example examples title default format discriminator nullable deprecated readOnly writeOnly summary externalDocs x-twilio
   x-meta`.split(/\s+/),
)
const KNOWN = new Set(
  `$ref type properties required additionalProperties items enum const pattern minLength maxLength minItems maxItems minimum maximum oneOf
   anyOf allOf not`.split(/\s+/),
)

/**
 * Checks values against the schemas of an OpenAPI description, more strictly than JSON Schema does: a property that is not described
 * is a difference, also where `allOf` puts an object together of parts. A pattern that the description's own example does not match is
 * not applied. A keyword that is not known here is an error, so that nothing is passed over in silence.
 */
export class SchemaCheck {
  readonly #root: Schema
  readonly #complete: boolean

  /** @param complete whether every property that is described must be there: an answer of the provider always carries all of them */
  constructor(root: Schema, options: { complete?: boolean } = {}) {
    this.#root = root
    this.#complete = options.complete ?? false
  }

  differences(value: unknown, schema: Schema, path = '$'): string[] {
    const described = new Set<string>()
    const found = this.#check(value, schema, path, described)
    if (isObject(value) && described.size > 0 && !described.has('*')) {
      found.push(
        ...Object.keys(value)
          .filter((name) => !described.has(name))
          .map((name) => `${path}.${name} is not described`),
      )
      if (this.#complete) found.push(...[...described].filter((name) => !(name in value)).map((name) => `${path}.${name} is left out`))
    }
    return found
  }

  #check(value: unknown, given: Schema, path: string, described: Set<string>): string[] {
    const schema = this.#resolve(given)
    const stranger = Object.keys(schema).find((name) => !KNOWN.has(name) && !SILENT.has(name))
    if (stranger !== undefined) throw new Error(`The keyword ${stranger} at ${path} is not known to this check.`)
    if (value === null && (schema['nullable'] === true || [schema['type']].flat().includes('null'))) return []
    const said = [...typeOf(value, schema, path), ...this.#object(value, schema, path, described)]
    for (const part of list(schema['allOf'])) said.push(...this.#check(value, part, path, described))
    const either = [...list(schema['oneOf']), ...list(schema['anyOf'])]
    if (either.length > 0) said.push(...this.#either(value, either, path, described))
    if (isObject(schema['not']) && this.#check(value, schema['not'], path, new Set()).length === 0)
      said.push(`${path} is what it must not be`)
    return said
  }

  #either(value: unknown, either: readonly Schema[], path: string, described: Set<string>): string[] {
    const results = either.map((one) => {
      const names = new Set<string>()
      return { said: this.#check(value, one, path, names), names }
    })
    const best = results.toSorted((a, b) => a.said.length - b.said.length)[0]
    for (const name of best?.names ?? []) described.add(name)
    return best?.said ?? []
  }

  #object(value: unknown, schema: Schema, path: string, described: Set<string>): string[] {
    if (Array.isArray(value)) {
      const { items } = schema
      return isObject(items) ? value.flatMap((one: unknown, index) => this.differences(one, items, `${path}[${index}]`)) : []
    }
    if (!isObject(value)) return []
    const properties = isObject(schema['properties']) ? schema['properties'] : {}
    for (const name of Object.keys(properties)) described.add(name)
    if (schema['additionalProperties'] === true || isObject(schema['additionalProperties'])) described.add('*')
    const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
    return [
      ...required.filter((name) => value[name] === undefined).map((name) => `${path}.${name} is missing`),
      ...Object.entries(value).flatMap(([name, one]) => {
        const property = properties[name]
        return isObject(property) ? this.differences(one, property, `${path}.${name}`) : []
      }),
    ]
  }

  #resolve(schema: Schema): Schema {
    const reference = schema['$ref']
    if (typeof reference !== 'string') return schema
    let found: unknown = this.#root
    for (const part of reference.replace(/^#\//, '').split('/')) found = isObject(found) ? found[part] : undefined
    if (!isObject(found)) throw new Error(`${reference} leads nowhere.`)
    return this.#resolve(found)
  }
}

function typeOf(value: unknown, schema: Schema, path: string): string[] {
  const wrong = (what: string): string[] => [`${path}: ${JSON.stringify(value)} ${what}`]
  const types = [schema['type']].flat().filter((one): one is string => typeof one === 'string')
  if (types.length > 0 && !types.some((type) => isOf(value, type))) return wrong(`is no ${types.join(' or ')}`)
  const words = schema['enum']
  if (Array.isArray(words) && !words.includes(value)) return wrong(`is none of ${words.join(', ')}`)
  const { minLength, maxLength, minItems, maxItems, minimum, maximum, pattern, example } = schema
  const within = (size: number, least: unknown, most: unknown): boolean =>
    (typeof least !== 'number' || size >= least) && (typeof most !== 'number' || size <= most)
  if (typeof value === 'string' && !within(value.length, minLength, maxLength)) return wrong('has another length')
  if (Array.isArray(value) && !within(value.length, minItems, maxItems)) return wrong('has too few or too many')
  if (typeof value === 'number' && !within(value, minimum, maximum)) return wrong('is out of range')
  if (typeof value === 'string' && typeof pattern === 'string') {
    const expression = new RegExp(pattern, 'u')
    const contradicted = typeof example === 'string' && !expression.test(example)
    if (!contradicted && !expression.test(value)) return wrong(`does not match ${pattern}`)
  }
  if (schema['format'] === 'date-time-rfc-2822' && typeof value === 'string' && !/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000$/.test(value))
    return wrong('is no time of RFC 2822')
  return []
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'null':
      return value === null
    default:
      return typeof value === type
  }
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function list(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
