import type { Micros } from '#base/time.ts'

export type InstantStyle = 'time' | 'dateTime' | 'date' | 'full'

const options: Readonly<Record<InstantStyle, Intl.DateTimeFormatOptions>> = {
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  dateTime: { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  date: { day: '2-digit', month: 'short', year: 'numeric' },
  full: {
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  },
}
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(style: InstantStyle, locale: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${style} ${locale} ${timeZone}`
  let formatter = formatters.get(key)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(locale, { ...options[style], timeZone: known(timeZone) })
    formatters.set(key, formatter)
  }
  return formatter
}

/** An old browser may not know a new zone: UTC is then shown rather than nothing. */
function known(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}

/** An instant in the zone of the user or site. */
export function formatInstant(instant: Micros, style: InstantStyle, locale: string, timeZone: string): string {
  return formatterOf(style, locale, timeZone).format(instant / 1000)
}

/** Time of day for today's instants, with the date for older ones. */
export function formatRecent(instant: Micros, now: Micros, locale: string, timeZone: string): string {
  const same = formatInstant(instant, 'date', locale, timeZone) === formatInstant(now, 'date', locale, timeZone)
  return formatInstant(instant, same ? 'time' : 'dateTime', locale, timeZone)
}

/** @returns the short name of the zone at an instant: WET, GMT+1 … */
export function zoneName(instant: Micros, locale: string, timeZone: string): string {
  const parts = formatterOf('full', locale, timeZone).formatToParts(instant / 1000)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone
}

/** `0 s`, `12 s`, `6 min`, `3 h`, `2 d`: one unit, rounded down, the same in every language we speak. */
export function formatAge(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min`
  if (whole < 172_800) return `${Math.floor(whole / 3600)} h`
  return `${Math.floor(whole / 86_400)} d`
}
