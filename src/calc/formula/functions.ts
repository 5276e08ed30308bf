/** How many numbers each takes. */
const ARITIES: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['min', [1, 64]],
  ['max', [1, 64]],
  ['sum', [1, 64]],
  ['avg', [1, 64]],
  ['abs', [1, 1]],
  ['sqrt', [1, 1]],
  ['round', [1, 2]],
  ['floor', [1, 1]],
  ['ceil', [1, 1]],
  ['ln', [1, 1]],
  ['log10', [1, 1]],
  ['exp', [1, 1]],
  ['pow', [2, 2]],
  ['sign', [1, 1]],
  ['clamp', [3, 3]],
  ['if', [3, 3]],
  ['coalesce', [1, 64]],
  ['isgood', [1, 1]],
  ['count', [1, 64]],
])

/** Names for the editor to complete. */
export const FUNCTION_NAMES: readonly string[] = [...ARITIES.keys()]

export function arityOf(name: string): { readonly least: number; readonly most: number } | undefined {
  const found = ARITIES.get(name)
  return found === undefined ? undefined : { least: found[0], most: found[1] }
}
