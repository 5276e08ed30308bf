import { formatNumber } from './numbers.ts'

const STEPS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `512 B`, `1.5 kB`: steps of a thousand. */
export function formatBytes(bytes: number, locale: string): string {
  let step = 0
  let value = bytes
  while (value >= 1000 && step < STEPS.length - 1) {
    value /= 1000
    step++
  }
  return `${formatNumber(value, step === 0 || value >= 100 ? 0 : 1, locale)} ${STEPS[step]}`
}
