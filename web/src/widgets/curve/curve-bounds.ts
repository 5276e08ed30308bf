import type { Band } from '#calc/curve-verdict.ts'
import { edgesOf, type Points } from './draw-curve.ts'

/** What the axes show. */
export interface Bounds {
  readonly x: readonly [low: number, high: number]
  readonly y: readonly [low: number, high: number]
}

/** Where the plot lies in its frame, in CSS pixels. */
export interface Plot {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const ROOM = 0.06

/** Everything that was measured, the band, and a little room; the axes of a pump at rest still have a width. */
export function boundsOf(band: Band | null, clouds: readonly (Points | null)[]): Bounds {
  const edges = band === null ? [] : Object.values(edgesOf(band)).flat()
  const around = (values: readonly number[]): readonly [number, number] => {
    const low = values.reduce((a, b) => Math.min(a, b), Infinity)
    const high = values.reduce((a, b) => Math.max(a, b), -Infinity)
    if (!(high >= low)) return [0, 1]
    const room = high > low ? (high - low) * ROOM : Math.max(1, Math.abs(high)) * ROOM
    return [low - room, high + room]
  }
  return {
    x: around([...edges.map(([x]) => x), ...clouds.flatMap((one) => one?.x ?? [])]),
    y: around([...edges.map(([, y]) => y), ...clouds.flatMap((one) => one?.y ?? [])]),
  }
}
