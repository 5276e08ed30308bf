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
