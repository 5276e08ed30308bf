import type { CurvePoint } from '#domain/alarm.ts'
import { curveAt } from './curve.ts'

/** Measured points: y was seen at x for so many seconds; columns of equal length. */
export interface MeasuredPoints {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly seconds: readonly number[]
}

export interface FittedCurve {
  /** By ascending x. */
  readonly points: readonly CurvePoint[]
  /** Suggested bands: what holds 90 % of the time of each side, in units of y and in % of the line; null where the line touches 0. */
  readonly tolerance: number
  readonly percent: number | null
}

/** The share of time that the suggested band leaves out on each side. */
const TAIL = 0.05
/** Of the time at the very ends of x: a spike of a sensor is no operating range. */
const END = 0.001
/** A bin that holds less of the time than this share of an even one says nothing. */
const THIN = 0.02

/**
 * A line through the medians of bins of equal width: robust against starts, stops and spikes. Its ends reach along the outermost segments
 * to the ends of what was measured, so that all of it is judged.
 * @param count of bins, 2 or more; fewer points come out where nothing was measured
 * @returns undefined when x stood still, or there is nothing to go by
 */
export function fitCurve(measured: MeasuredPoints, count: number): FittedCurve | undefined {
  const all = measured.x.map((_, index) => index)
  const total = sum(measured.seconds)
  if (!(total > 0)) return undefined
  const low = quantile(measured.x, measured.seconds, all, END)
  const high = quantile(measured.x, measured.seconds, all, 1 - END)
  if (!(high > low)) return undefined
  const bins = Array.from({ length: count }, (): number[] => [])
  for (const index of all) {
    const x = measured.x[index] ?? 0
    if (x >= low && x <= high) bins[Math.min(count - 1, Math.floor(((x - low) / (high - low)) * count))]?.push(index)
  }
  const least = (THIN * total) / count
  const medians = bins
    .filter((bin) => bin.length > 0 && sum(bin.map((index) => measured.seconds[index] ?? 0)) >= least)
    .map((bin): CurvePoint => [quantile(measured.x, measured.seconds, bin, 0.5), quantile(measured.y, measured.seconds, bin, 0.5)])
  const line = stretched(medians, low, high)
  if (line === undefined) return undefined
  const points = rounded(line)
  return { points, ...spreadOf(measured, points) }
}

/** Moves the outermost points along their segments to the ends of what was measured. */
function stretched(medians: readonly CurvePoint[], low: number, high: number): readonly CurvePoint[] | undefined {
  const [first, second] = medians
  const [last, before] = [medians.at(-1), medians.at(-2)]
  if (first === undefined || second === undefined || last === undefined || before === undefined) return undefined
  const along = (a: CurvePoint, b: CurvePoint, x: number): CurvePoint => [x, a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0])]
  return [along(first, second, low), ...medians.slice(1, -1), along(last, before, high)]
}

/** Four digits of the range are more than a sensor knows, and people read them. */
function rounded(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const round = (axis: 0 | 1): ((value: number) => number) => {
    const values = points.map((point) => point[axis])
    const most = Math.max(...values.map(Math.abs), Math.max(...values) - Math.min(...values))
    if (most === 0) return (value) => value
    const digits = 3 - Math.floor(Math.log10(most))
    return (value) => Number(value.toFixed(Math.min(12, Math.max(0, digits))))
  }
  const [x, y] = [round(0), round(1)]
  return points.map((point): CurvePoint => [x(point[0]), y(point[1])]).filter((point, index, all) => point[0] !== all[index - 1]?.[0])
}

function spreadOf({ x, y, seconds }: MeasuredPoints, points: readonly CurvePoint[]): Pick<FittedCurve, 'tolerance' | 'percent'> {
  const lines = x.map((at) => curveAt(points, at))
  const known = lines.flatMap((line, index) => (line === undefined ? [] : [index]))
  const band = (of: (index: number) => number): number => {
    const far = x.map((_, index) => (lines[index] === undefined ? 0 : of(index)))
    const sides = [quantile(far, seconds, known, TAIL), quantile(far, seconds, known, 1 - TAIL)]
    return generous(Math.max(...sides.map(Math.abs)))
  }
  const touches = points.some((point) => point[1] === 0) || new Set(points.map((point) => Math.sign(point[1]))).size > 1
  return {
    tolerance: band((index) => (y[index] ?? 0) - (lines[index] ?? 0)),
    percent: touches ? null : band((index) => (100 * ((y[index] ?? 0) - (lines[index] ?? 0))) / Math.abs(lines[index] ?? 1)),
  }
}

/** Up to two digits, never less than it was. */
function generous(value: number): number {
  if (!(value > 0)) return 0
  const step = 10 ** (Math.floor(Math.log10(value)) - 1)
  return Number((Math.ceil(value / step) * step).toPrecision(2))
}

/** By time: below it the value lay for `share` of the seconds. */
function quantile(values: readonly number[], seconds: readonly number[], of: readonly number[], share: number): number {
  const sorted = of.toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const wanted = share * sum(sorted.map((index) => seconds[index] ?? 0))
  let passed = 0
  for (const index of sorted) {
    passed += seconds[index] ?? 0
    if (passed >= wanted) return values[index] ?? 0
  }
  return values[sorted.at(-1) ?? 0] ?? 0
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
