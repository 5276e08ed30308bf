import type { Micros } from '#base/time.ts'

const DAY: Micros = 86_400_000_000
/** Less than this is noise of the hour: indexes grow in jumps, and rows wait for being packed. */
const ENOUGH: Micros = DAY

export interface Measured {
  readonly at: Micros
  readonly bytes: number
}

/**
 * How fast something grows, by the straight line that lies closest to what was measured (least squares).
 * @param sizes oldest first
 * @returns bytes a day; undefined while less than a day was measured
 */
export function growthADay(sizes: readonly Measured[]): number | undefined {
  const [first, last] = [sizes[0], sizes.at(-1)]
  if (first === undefined || last === undefined || last.at - first.at < ENOUGH) return undefined
  const days = sizes.map((one) => (one.at - first.at) / DAY)
  const middle = days.reduce((sum, one) => sum + one, 0) / days.length
  const level = sizes.reduce((sum, one) => sum + one.bytes, 0) / sizes.length
  const spread = days.reduce((sum, one) => sum + (one - middle) ** 2, 0)
  return sizes.reduce((sum, one, index) => sum + ((days[index] ?? 0) - middle) * (one.bytes - level), 0) / spread
}

/** @returns null when it does not grow, or nobody knows */
export function daysUntilFull(freeBytes: number | null, bytesADay: number | null): number | null {
  return freeBytes === null || bytesADay === null || bytesADay <= 0 ? null : freeBytes / bytesADay
}

export type DiskLevel = 'good' | 'warning' | 'critical'

/** Shares of the disk below which the room is low; it is well again only when it is clearly above. */
const WARNING = 0.1
const CRITICAL = 0.05
const CLEAR = 0.01

/** @param before the level as it was told last */
export function diskLevel(freeShare: number, before: DiskLevel): DiskLevel {
  const limit = (share: number, was: boolean): boolean => freeShare < share + (was ? CLEAR : 0)
  if (limit(CRITICAL, before === 'critical')) return 'critical'
  return limit(WARNING, before !== 'good') ? 'warning' : 'good'
}
