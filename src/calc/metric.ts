import type { Aggregate } from './aggregate.ts'

export const METRICS = ['average', 'mean', 'minimum', 'maximum', 'first', 'last', 'difference', 'rise', 'sum', 'count'] as const
/**
 * What a bucket is told by. `average` weighs each value by how long it held, `mean` counts samples; `difference` is last minus first,
 * `rise` how much a counter rose, whatever it was set back to, from the last number before the bucket on.
 */
export type Metric = (typeof METRICS)[number]

/** Whether what a bucket is told by lies among its values, so that it can be drawn with their extremes and limits. */
export function isAmongValues(metric: Metric): boolean {
  return metric !== 'difference' && metric !== 'rise' && metric !== 'sum' && metric !== 'count'
}

/** @returns null when the bucket has nothing to say */
export function metricOf(
  { known, integral, knownSeconds }: { readonly known: Aggregate | undefined; readonly integral: number; readonly knownSeconds: number },
  metric: Metric,
): number | null {
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
