const formatters = new Map<string, Intl.NumberFormat>()

/** Digits grouped the way of the locale. `decimals` are shown always, so that columns stand still. */
export function formatNumber(value: number, decimals: number, locale: string): string {
  const key = `${locale} ${decimals}`
  let formatter = formatters.get(key)
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    formatters.set(key, formatter)
  }
  return formatter.format(value)
}

/** Up to `most` decimals, none for their own sake: setpoints and limits. */
export function formatShort(value: number, locale: string, most = 6): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: most }).format(value)
}

const MOST_DECIMALS = 6

/** @returns how many decimals the marks of an axis need so that each says where it stands: of 2.5, 5 and 7.5 it is one */
export function decimalsOf(marks: readonly number[]): number {
  const gap = Math.abs((marks[1] ?? 1) - (marks[0] ?? 0))
  let decimals = 0
  // the marks are sums in binary
  while (decimals < MOST_DECIMALS && Math.abs(Math.round(gap * 10 ** decimals) / 10 ** decimals - gap) > gap * 1e-6) decimals++
  return decimals
}

/** The decimal mark of a language. */
export function decimalMark(locale: string): string {
  return formatNumber(0.5, 1, locale).slice(1, 2)
}

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
