/** What a plain function does with numbers; NaN is "no value" and a result beyond all bounds becomes one. */
type Plain = (args: readonly number[]) => number

const first = (args: readonly number[], or = Number.NaN): number => args[0] ?? or
const second = (args: readonly number[], or: number): number => args[1] ?? or
const total = (args: readonly number[]): number => args.reduce((sum, one) => sum + one, 0)

/** Functions that have no value as soon as one argument has none. */
const PLAIN: ReadonlyMap<string, readonly [least: number, most: number, run: Plain]> = new Map<string, readonly [number, number, Plain]>([
  ['min', [1, 64, (args) => Math.min(...args)]],
  ['max', [1, 64, (args) => Math.max(...args)]],
  ['sum', [1, 64, total]],
  ['avg', [1, 64, (args) => total(args) / args.length]],
  ['abs', [1, 1, (args) => Math.abs(first(args))]],
  ['sqrt', [1, 1, (args) => Math.sqrt(first(args))]],
  ['round', [1, 2, (args) => round(first(args), second(args, 0))]],
  ['floor', [1, 1, (args) => Math.floor(first(args))]],
  ['ceil', [1, 1, (args) => Math.ceil(first(args))]],
  ['ln', [1, 1, (args) => Math.log(first(args))]],
  ['log10', [1, 1, (args) => Math.log10(first(args))]],
  ['exp', [1, 1, (args) => Math.exp(first(args))]],
  ['pow', [2, 2, (args) => first(args) ** second(args, 0)]],
  ['sign', [1, 1, (args) => Math.sign(first(args))]],
  ['clamp', [3, 3, (args) => Math.min(Math.max(first(args), second(args, 0)), args[2] ?? 0)]],
])

/** Functions that look at values which may be missing, or leave some unread. */
const LAZY: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['if', [3, 3]],
  ['coalesce', [1, 64]],
  ['isgood', [1, 1]],
  ['count', [1, 64]],
])

/** Names for the editor to complete. */
export const FUNCTION_NAMES: readonly string[] = [...PLAIN.keys(), ...LAZY.keys()]

export function arityOf(name: string): { readonly least: number; readonly most: number } | undefined {
  const found = PLAIN.get(name) ?? LAZY.get(name)
  return found === undefined ? undefined : { least: found[0], most: found[1] }
}

export function plainFunction(name: string): Plain | undefined {
  return PLAIN.get(name)?.[2]
}

/** Half away from zero, as people round; digits are -12 to 12. */
function round(value: number, digits: number): number {
  if (!Number.isInteger(digits) || Math.abs(digits) > 12) return Number.NaN
  const factor = 10 ** digits
  return (Math.sign(value) * Math.round(Math.abs(value) * factor)) / factor
}
