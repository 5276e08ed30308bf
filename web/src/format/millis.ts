import { formatSpan } from './span.ts'

/** `< 1 ms`, `840 ms`, `12.4 s`, `6 min 20 s`, `3 h 5 min`: what was measured or set, as people say it. @param millis 0 or more */
export function formatMillis(millis: number, locale: string): string {
  if (millis < 1) return '< 1 ms'
  if (millis < 1000) return `${Math.round(millis)} ms`
  const seconds = millis / 1000
  if (seconds < 60) return `${new Intl.NumberFormat(locale, { maximumFractionDigits: seconds < 10 ? 2 : 1 }).format(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  const rest = Math.floor(seconds % 60)
  return minutes >= 60 ? formatSpan(seconds) : rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}
