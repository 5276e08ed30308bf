import type UPlot from 'uplot'

interface Grip {
  readonly min: number
  readonly max: number
  /** Positions of the fingers, from the left of the plot. */
  readonly fingers: readonly number[]
}

/** Fingers that moved less have tapped. */
const TAP_PIXELS = 8

/**
 * One finger moves along time, two zoom, a tap sets the cursor. Up and down stays with the page.
 * @param onPeriod told when the fingers are lifted
 * @param onHold told when fingers move it and when they have let go
 * @returns the function that ends it
 */
export function touchZoom(chart: UPlot, onPeriod: (from: number, to: number) => void, onHold: (holds: boolean) => void): () => void {
  const { over } = chart
  over.style.touchAction = 'pan-y'
  let grip: Grip | null = null
  let moved = 0
  const fingersOf = (event: TouchEvent): number[] => {
    const { left } = over.getBoundingClientRect()
    return [...event.touches].slice(0, 2).map((touch) => touch.clientX - left)
  }
  const begin = (event: TouchEvent): void => {
    const { min, max } = chart.scales['x'] ?? {}
    if (typeof min !== 'number' || typeof max !== 'number') return
    if (event.touches.length === 1) moved = 0
    grip = { min, max, fingers: fingersOf(event) }
  }
  const move = (event: TouchEvent): void => {
    const now = fingersOf(event)
    if (grip === null || now.length !== grip.fingers.length) return
    const next = dragged(grip, now, over.clientWidth)
    moved = Math.max(moved, Math.abs((now[0] ?? 0) - (grip.fingers[0] ?? 0)))
    if (moved < TAP_PIXELS) return
    if (event.cancelable) event.preventDefault()
    onHold(true)
    chart.setScale('x', next)
  }
  const end = (event: TouchEvent): void => {
    if (event.touches.length > 0) return begin(event)
    const [x] = grip?.fingers ?? []
    grip = null
    onHold(false)
    const { min, max } = chart.scales['x'] ?? {}
    if (moved < TAP_PIXELS) {
      if (x !== undefined) chart.setCursor({ left: x, top: over.clientHeight / 2 })
    } else if (typeof min === 'number' && typeof max === 'number') onPeriod(min, max)
  }
  over.addEventListener('touchstart', begin, { passive: true })
  over.addEventListener('touchmove', move, { passive: false })
  over.addEventListener('touchend', end)
  over.addEventListener('touchcancel', end)
  return () => {
    over.removeEventListener('touchstart', begin)
    over.removeEventListener('touchmove', move)
    over.removeEventListener('touchend', end)
    over.removeEventListener('touchcancel', end)
  }
}

/** The period for which what lay under the fingers lies under them again. @param width of the plot in pixels */
export function dragged({ min, max, fingers }: Grip, now: readonly number[], width: number): { min: number; max: number } {
  const at = (pixel: number): number => min + ((max - min) * pixel) / width
  const [a = 0, b] = fingers
  const [x = 0, y] = now
  if (b === undefined || y === undefined || Math.abs(y - x) < 1) {
    const shift = at(a) - at(x)
    return { min: min + shift, max: max + shift }
  }
  const span = ((max - min) * Math.abs(b - a)) / Math.abs(y - x)
  const left = (at(a) + at(b)) / 2 - (span * (x + y)) / 2 / width
  return { min: left, max: left + span }
}
