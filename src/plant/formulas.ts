import { ConfigError } from '#base/errors.ts'
import { parseFormula } from '#calc/formula/parse.ts'
import { FormulaProblem } from '#calc/formula/problem.ts'
import type { Reference } from '#calc/formula/tree.ts'
import { nearest } from './core/nearest.ts'

/** A tag of the site, measured or virtual. */
export interface NamedTag {
  /** `Device:Tag` */
  readonly name: string
  /** Empty for one that is measured. */
  readonly formula: string
}

const MOST_LEVELS = 8

/**
 * Checks the formulas of some tags against all tags of the site.
 * @returns nothing: all of them can be computed
 * @throws ConfigError naming `formula`; `onProblem` may put a place before it
 */
export function checkFormulas(
  all: readonly NamedTag[],
  wanted: readonly NamedTag[],
  onProblem: (tag: NamedTag, error: unknown) => unknown,
): void {
  const known = new Map(all.map((tag) => [tag.name.toLowerCase(), tag]))
  const read = new Map<string, readonly Reference[]>()
  for (const tag of wanted) {
    if (tag.formula === '') continue
    try {
      const references = referencesOf(tag.formula)
      for (const reference of references) refuseUnknown(reference, known, all)
      refuseCircle(tag, known, read)
    } catch (error) {
      throw onProblem(tag, error)
    }
  }
}

/** @throws ConfigError naming `formula`, with the place in its text */
export function referencesOf(formula: string): readonly Reference[] {
  try {
    return parseFormula(formula).references
  } catch (error) {
    if (!(error instanceof FormulaProblem)) throw error
    throw new ConfigError('formula', `${error.message} (at character ${error.at + 1})`, { cause: error })
  }
}

function refuseUnknown({ device, tag }: Reference, known: ReadonlyMap<string, NamedTag>, all: readonly NamedTag[]): void {
  const name = `${device}:${tag}`
  if (known.has(name.toLowerCase())) return
  const meant = nearest(
    name,
    all.map((one) => one.name),
  )
  throw new ConfigError('formula', `There is no tag ${name}${meant === undefined ? '.' : `; did you mean ${meant}?`}`, {
    remedy: 'A tag is written ${Device:Tag}.',
  })
}

/** A virtual tag may read others, eight levels deep, but never itself. */
function refuseCircle(tag: NamedTag, known: ReadonlyMap<string, NamedTag>, read: Map<string, readonly Reference[]>): void {
  const walk = (name: string, path: readonly string[]): void => {
    const key = name.toLowerCase()
    if (path.includes(key)) throw new ConfigError('formula', `${tag.name} would be computed from itself: ${[...path, key].join(' → ')}.`)
    if (path.length > MOST_LEVELS) throw new ConfigError('formula', `Virtual tags read each other at most ${MOST_LEVELS} levels deep.`)
    const one = key === tag.name.toLowerCase() ? tag : known.get(key)
    if (one === undefined || one.formula === '') return
    let references = read.get(key)
    if (references === undefined) read.set(key, (references = referencesOf(one.formula)))
    for (const reference of references) walk(`${reference.device}:${reference.tag}`, [...path, key])
  }
  walk(tag.name, [])
}
