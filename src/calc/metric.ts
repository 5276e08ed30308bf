import type { Aggregate } from './aggregate.ts'

export const METRICS = [
  'average',
  'mean',
  'minimum',
  'maximum',
  'first',
  'last',
  'interpolated',
  'difference',
  'rise',
  'sum',
  'count',
] as const
/**
 * What a bucket is told by. `average` weighs each value by how long it held, `mean` counts samples; `interpolated` is the value at
 * its start (OPC UA Part 13, Interpolative), the only one for which it matters whether the tag steps or slopes (docs/adr/0019); `difference` is last minus first,
 * `rise` how much a counter rose, whatever it was set back to, from the last number before the bucket on.
 */
export type Metric = (typeof METRICS)[number]

/** Whether what a bucket is told by lies among its values, so that it can be drawn with their extremes and limits. */
export function isAmongValues(metric: Metric): boolean {
  return metric !== 'difference' && metric !== 'rise' && metric !== 'sum' && metric !== 'count'
}

/** What is known of a bucket. */
interface Told {
  readonly known: Aggregate | undefined
  readonly integral: number
  readonly knownSeconds: number
  /** The value at its start; null or undefined when none is known. */
  readonly start?: number | null | undefined
}

/** @returns null when the bucket has nothing to say */
export function metricOf({ known, integral, knownSeconds, start }: Told, metric: Metric): number | null {
  if (metric === 'interpolated') return start ?? null
  if (metric === 'count') return known?.numbers ?? 0
  if (metric === 'average') {
    if (knownSeconds > 0) return integral / knownSeconds
    return known !== undefined && known.numbers > 0 ? known.sum / known.numbers : null
  }
  if (known === undefined || known.numbers === 0) return null
  switch (metric) {
    case 'mean':
      return known.sum / known.numbers
    case 'minimum':
      return known.least
    case 'maximum':
      return known.greatest
    case 'first':
      return known.firstValue
    case 'last':
      return known.lastValue
    case 'difference':
      return known.lastValue - known.firstValue
    case 'rise':
      return known.rise
    case 'sum':
      return known.sum
  }
}
