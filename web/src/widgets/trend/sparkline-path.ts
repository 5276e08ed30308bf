import type { Series } from './samples.ts'

/**
 * Path of a small line, `width` × `height` units with the window `from`..`to` (seconds). Keeps the extremes of each unit of width, so that
 * a spike of one sample is seen; a gap lifts the pen, and what steps is drawn in steps.
 */
export function sparklinePath(series: Series, from: number, to: number, width: number, height: number): string {
  const numbers = series.values.filter((value) => value !== null)
  if (numbers.length === 0 || to <= from) return ''
  const low = numbers.reduce((a, b) => Math.min(a, b))
  const high = numbers.reduce((a, b) => Math.max(a, b))
  const y = (value: number): string => (high === low ? height / 2 : height - 1 - ((value - low) / (high - low)) * (height - 2)).toFixed(1)
  const parts: string[] = []
  let pen = false
  let column = -1
  let least = 0
  let most = 0
  let last = 0
  const flush = (): void => {
    if (column < 0) return
    const [first, second] = last >= (least + most) / 2 ? [least, most] : [most, least]
    const steps = pen && series.interpolation === 'stepped'
    parts.push(steps ? `H${column}V${y(first)}` : `${pen ? 'L' : 'M'}${column} ${y(first)}`)
    if (first !== second) parts.push(`L${column} ${y(second)}`)
    pen = true
    column = -1
  }
  for (const [index, value] of series.values.entries()) {
    const time = series.times[index]
    if (time === undefined || time < from || time > to) continue
    if (value === null) {
      flush()
      pen = false
      continue
    }
    const at = Math.round(((time - from) / (to - from)) * width)
    if (at !== column) {
      flush()
      column = at
      least = value
      most = value
    }
    least = Math.min(least, value)
    most = Math.max(most, value)
    last = value
  }
  flush()
  return parts.join('')
}
