import { ConfigError } from '#base/errors.ts'

/** One step into a JSON value: a key, a place in an array (negative from its end), or every element. */
type JsonStep = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'at'; readonly index: number } | { readonly kind: 'each' }

export type JsonPath = readonly JsonStep[]

const STEP = /\.?(?:\[\s*(?:(?<index>-?\d{1,9})|(?<each>\*)|"(?<double>[^"]*)"|'(?<single>[^']*)')\s*\]|(?<key>[^.[\]"'\s]+))/y

/**
 * Reads `$.values[0].temp`, `values[0].temp`, `readings[*].v`, `['with space'].x`; the leading `$` may be left out. `[-1]` is the last
 * element. `$` alone is the whole value.
 * @throws ConfigError naming `field` and the place of the fault
 */
export function parseJsonPath(text: string, field: string): JsonPath {
  const path = text.trim()
  const steps: JsonStep[] = []
  STEP.lastIndex = path.startsWith('$') ? 1 : 0
  while (STEP.lastIndex < path.length) {
    const at = STEP.lastIndex
    const groups = STEP.exec(path)?.groups
    // without a dot between, "a b" would read like "a.b"
    if (groups === undefined || (groups['key'] !== undefined && at > 0 && path[at] !== '.')) {
      throw new ConfigError(field, `"${text}" cannot be read at character ${at + 1}`, {
        remedy: "Write it like values[0].temp, readings[*].v or ['with space'].x.",
      })
    }
    const { index, each, key, double, single } = groups
    if (index !== undefined) steps.push({ kind: 'at', index: Number(index) })
    else if (each !== undefined) steps.push({ kind: 'each' })
    else steps.push({ kind: 'key', key: key ?? double ?? single ?? '' })
  }
  return steps
}

/** @returns the path as {@link parseJsonPath} reads it */
export function formatJsonPath(path: JsonPath): string {
  const text = path.map((step) => {
    if (step.kind === 'each') return '[*]'
    if (step.kind === 'at') return `[${step.index}]`
    if (/^[^.[\]"'\s$]+$/.test(step.key)) return `.${step.key}`
    return step.key.includes("'") ? `["${step.key}"]` : `['${step.key}']`
  })
  return `$${text.join('')}`
}

/** @returns every value that the path leads to, in order; none where the value has no such place. `undefined` never stands in the answer */
export function valuesAt(value: unknown, path: JsonPath, from = 0): readonly unknown[] {
  let current = value
  for (let index = from; index < path.length; index++) {
    const step = path[index]
    if (typeof current !== 'object' || current === null || step === undefined) return []
    if (step.kind === 'each') {
      if (!Array.isArray(current)) return []
      return current.flatMap((element: unknown) => valuesAt(element, path, index + 1))
    }
    if (step.kind === 'at') current = Array.isArray(current) ? current.at(step.index) : undefined
    // a key of the value itself, never of its prototype
    else current = Object.hasOwn(current, step.key) ? (current as Readonly<Record<string, unknown>>)[step.key] : undefined
    if (current === undefined) return []
  }
  return [current]
}
