let seed = 42
/** The same numbers at every run. */
export function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}
const noise = (): number => random() + random() + random() - 1.5

/** A converter of 27648 counts, scaled in single precision. */
function converter(): (at: number) => number {
  let level = 12_000
  return (at) => {
    level += noise() * 20 + Math.sin(at / 7000) * 2
    return Math.fround((Math.round(level + noise() * 30) * 10) / 27_648)
  }
}
const walk = (step: number, digits: number, single: boolean) => (): ((at: number) => number) => {
  let level = 50
  return () => {
    level += noise() * step
    const value = Math.round(level * 10 ** digits) / 10 ** digits
    return single ? Math.fround(value) : value
  }
}
/** Kinds of signals of a mixed device with how many of its twenty tags are of each. */
export const signals: readonly (readonly [name: string, share: number, make: () => (at: number) => number])[] = [
  ['single-precision converter', 5, converter],
  ['two decimals', 2, walk(0.05, 2, false)],
  ['tenths', 2, walk(0.1, 1, false)],
  ['temperature 0.1 °C, single', 5, walk(0.02, 1, true)],
  [
    'counter',
    2,
    () =>
      (
        (sum) => () =>
          (sum += Math.floor(random() * 3))
      )(1_000_000),
  ],
  [
    'digital',
    3,
    () =>
      (
        (on) => () =>
          (on = random() < 0.002 ? 1 - on : on)
      )(0),
  ],
  [
    'state of five',
    1,
    () =>
      (
        (state) => () =>
          (state = random() < 0.001 ? Math.floor(random() * 5) : state)
      )(0),
  ],
]
