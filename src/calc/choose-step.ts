import type { Micros } from '#base/time.ts'
import type { BucketStep } from './buckets.ts'

/** Widths that people think in, each with its seconds (of a usual day and month). */
const STEPS: readonly (readonly [seconds: number, step: BucketStep])[] = [
  [1, { count: 1, unit: 'second' }],
  [5, { count: 5, unit: 'second' }],
  [10, { count: 10, unit: 'second' }],
  [30, { count: 30, unit: 'second' }],
  [60, { count: 1, unit: 'minute' }],
  [300, { count: 5, unit: 'minute' }],
  [600, { count: 10, unit: 'minute' }],
  [900, { count: 15, unit: 'minute' }],
  [1800, { count: 30, unit: 'minute' }],
  [3600, { count: 1, unit: 'hour' }],
  [7200, { count: 2, unit: 'hour' }],
  [21_600, { count: 6, unit: 'hour' }],
  [43_200, { count: 12, unit: 'hour' }],
  [86_400, { count: 1, unit: 'day' }],
  [604_800, { count: 1, unit: 'week' }],
  [2_629_800, { count: 1, unit: 'month' }],
]

/** @returns the narrowest usual bucket of which no more than `most` make up the period */
export function chooseStep(from: Micros, to: Micros, most: number): BucketStep {
  const seconds = (to - from) / 1_000_000
  const found = STEPS.find(([width]) => seconds / width <= most)
  return found?.[1] ?? { count: 1, unit: 'year' }
}
