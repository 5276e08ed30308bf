import type { Layout } from './decode.ts'
import type { Interpretation, RegisterReadings } from './interpret.ts'

/** A number as somebody reads it off a display. */
export interface PanelNumber {
  readonly value: number
  /** Digits after the point that the display shows. */
  readonly decimals: number
  /** Digits that tell something: without leading zeros. */
  readonly digits: number
}

export interface Hit {
  /** Of the register, in the block that was searched. */
  readonly index: number
  readonly layout: Layout
  /** As it stands in the device. */
  readonly raw: number
  /** Factor from the device to the display: a power of ten. */
  readonly scale: number
  readonly decimals: number
  /** Registers from where it was expected: -1 is one before; null when nothing was expected. */
  readonly distance: number | null
  /** To the last digit, or one unit beside it, as a display that cuts off or a value that moves. */
  readonly exact: boolean
  /** Orders the hits; larger is better. */
  readonly rank: number
}

const EXPONENTS = [0, -1, -2, -3, -4, -5, -6, 1, 2, 3] as const
const MOST_HITS = 50

/**
 * Reads a number with decimal point or comma, with blanks, points, commas or apostrophes between thousands. A single separator is
 * taken for the decimal one.
 * @returns undefined for what is no number
 */
export function parsePanelNumber(text: string): PanelNumber | undefined {
  const body = text
    .trim()
    .replaceAll(/[\s'\u00a0\u202f]/g, '')
    .replace(/^[\u2212\u2013]/, '-')
  const last = Math.max(body.lastIndexOf('.'), body.lastIndexOf(','))
  const separators = body.replaceAll(/[^.,]/g, '')
  // one kind of separator, more than once: thousands, 1.234.567
  const thousandsOnly = separators.length > 1 && new Set(separators).size === 1
  const whole = last === -1 || thousandsOnly ? body : body.slice(0, last)
  const fraction = last === -1 || thousandsOnly ? '' : body.slice(last + 1)
  const digits = whole.replaceAll(/[.,]/g, '')
  if (!/^[-+]?\d*$/.test(digits) || !/^\d*$/.test(fraction) || !/\d/.test(digits + fraction)) return undefined
  const value = Number(`${digits === '' || /^[-+]$/.test(digits) ? `${digits}0` : digits}.${fraction === '' ? '0' : fraction}`)
  return { value, decimals: fraction.length, digits: (digits + fraction).replace(/^[-+]?0*/, '').length }
}

/**
 * Where the number on the display stands among all readings of a block, also scaled by a power of ten, best first. Registers beside
 * the expected one count a little less, so that an address off by one is found and told.
 * @param block readings by register, as `interpretBlock` gives them
 * @param expected index of the register that the manual names, if any
 */
export function findNumber(block: readonly RegisterReadings[], wanted: PanelNumber, expected: number | null): Hit[] {
  // nothing in a sea of zeros
  if (wanted.value === 0) return []
  const hits = block.flatMap(({ readings }, index) =>
    readings.flatMap((reading) => {
      const hit = match(reading, index, wanted, expected)
      return hit === undefined ? [] : [hit]
    }),
  )
  return hits.toSorted((a, b) => b.rank - a.rank || a.index - b.index).slice(0, MOST_HITS)
}

function match({ layout, series, score }: Interpretation, index: number, wanted: PanelNumber, expected: number | null): Hit | undefined {
  if (layout.dataType === 'string') return undefined
  // whoever types is slower than the device: what stood there a moment ago counts too
  const values = series.map(Number).filter((value) => Number.isFinite(value) && value !== 0)
  const unit = 10 ** -wanted.decimals
  for (const exponent of EXPONENTS) {
    const scale = powerOfTen(exponent)
    const nearest = values
      .map((raw) => ({ raw, beside: Math.abs(raw * scale - wanted.value) / unit }))
      .reduce<{ raw: number; beside: number } | undefined>(
        (best, one) => (best === undefined || one.beside < best.beside ? one : best),
        undefined,
      )
    if (nearest === undefined || nearest.beside > 1.0001) continue
    const exact = nearest.beside <= 0.5001
    // with one digit on the display nearly everything is one unit beside it
    if (!exact && wanted.digits < 3) continue
    const distance = expected === null ? null : index - expected
    const rank =
      score / 20 +
      (exact ? 2 : 0) +
      (exponent === 0 ? 2 : exponent < 0 && exponent >= -3 ? 1.2 : 0) -
      (distance === null ? 0 : Math.min(4, Math.abs(distance) * 0.7))
    return { index, layout, raw: nearest.raw, scale, decimals: wanted.decimals, distance, exact, rank }
  }
  return undefined
}

/** 10 ** -3 is not 0.001 to the last bit; the literal is. */
function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`)
}
