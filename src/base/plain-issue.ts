/** What a validator found, as far as it can be said in plain words; the shape is that of Zod's issues. */
export interface RawIssue {
  readonly code?: string | undefined
  readonly input?: unknown
  readonly expected?: unknown
  readonly origin?: unknown
  readonly minimum?: unknown
  readonly maximum?: unknown
  readonly inclusive?: unknown
  readonly values?: readonly unknown[]
  readonly keys?: readonly string[]
  readonly format?: unknown
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  tuple: 'a list',
}

/**
 * Says what is wrong with a value so that it can be put right: `must be at most 255`, to stand after the name of the field. Zod takes it
 * as `error` of a parse; a schema's own message goes before it.
 * @returns undefined for what only the validator itself can word
 */
export function plainIssue(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${TYPES[String(issue.expected)] ?? String(issue.expected)}`
    case 'too_big':
      return bound(issue, 'most', issue.maximum)
    case 'too_small':
      return issue.origin === 'string' && Number(issue.minimum) === 1 ? 'is empty' : bound(issue, 'least', issue.minimum)
    case 'invalid_value':
      return `must be ${(issue.values ?? []).map((value) => JSON.stringify(value)).join(' or ')}`
    case 'invalid_union':
      return 'is none of the choices'
    case 'invalid_format':
      return issue.format === 'regex' ? 'does not have the expected form' : `must be of the form ${String(issue.format)}`
    case 'not_multiple_of':
      return 'has too many digits'
    case 'unrecognized_keys':
      return `has no field called ${(issue.keys ?? []).join(', ')}`
    case undefined:
    default:
      return undefined
  }
}

function bound({ origin, inclusive }: RawIssue, end: 'most' | 'least', limit: unknown): string {
  const figure = String(limit)
  if (origin === 'string') return end === 'most' ? `is longer than ${figure} characters` : `needs at least ${figure} characters`
  if (origin === 'array' || origin === 'set' || origin === 'map') return `must have at ${end} ${figure} entries`
  if (inclusive === false) return end === 'most' ? `must be less than ${figure}` : `must be more than ${figure}`
  return `must be at ${end} ${figure}`
}
