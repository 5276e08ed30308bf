import type UPlot from 'uplot'
import { curveAt } from '#calc/curve.ts'
import { type Band, curveVerdict } from '#calc/curve-verdict.ts'
import type { CurvePoint } from '#domain/alarm.ts'

/** Measured points as columns of equal length. */
export interface Points {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

type Colour = (name: string) => string

/** The two edges of a band, from left to right; where the line crosses 0 a band in % has a waist. */
export function edgesOf({ points, tolerance, percent }: Band): { upper: CurvePoint[]; lower: CurvePoint[] } {
  const waists = points.flatMap(([x, y], index): number[] => {
    const next = points[index + 1]
    return percent && next !== undefined && y * next[1] < 0 ? [x + ((next[0] - x) * y) / (y - next[1])] : []
  })
  const xs = [...points.map(([x]) => x), ...waists].toSorted((a, b) => a - b)
  const edge = (sign: 1 | -1): CurvePoint[] =>
    xs.map((x): CurvePoint => {
      const line = curveAt(points, x) ?? 0
      return [x, line + sign * (percent ? (Math.abs(line) * tolerance) / 100 : tolerance)]
    })
  return { upper: edge(1), lower: edge(-1) }
}

/** Draws within the plot alone. */
export function drawWithin(chart: UPlot, draw: (ctx: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  draw(ctx)
  ctx.restore()
}

export function drawBand(chart: UPlot, band: Band, colour: Colour): void {
  const { upper, lower } = edgesOf(band)
  const path = (ctx: CanvasRenderingContext2D, points: readonly CurvePoint[], begin: boolean): void => {
    for (const [index, [x, y]] of points.entries()) {
      const [left, top] = [chart.valToPos(x, 'x', true), chart.valToPos(y, 'y', true)]
      if (index === 0 && begin) ctx.moveTo(left, top)
      else ctx.lineTo(left, top)
    }
  }
  drawWithin(chart, (ctx) => {
    ctx.beginPath()
    path(ctx, upper, true)
    path(ctx, lower.toReversed(), false)
    ctx.closePath()
    ctx.globalAlpha = 0.16
    ctx.fillStyle = colour('--ok')
    ctx.fill()
    ctx.globalAlpha = 1
    ctx.strokeStyle = colour('--ok')
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio])
    for (const edge of [upper, lower]) {
      ctx.beginPath()
      path(ctx, edge, true)
      ctx.stroke()
    }
    ctx.setLineDash([])
    ctx.strokeStyle = colour('--text')
    ctx.lineWidth = 2 * devicePixelRatio
    ctx.beginPath()
    path(ctx, band.points, true)
    ctx.stroke()
  })
}

/** Dots inside, crosses outside, rings where the curve says nothing: told from one another without colour. */
export function drawPoints(chart: UPlot, points: Points, band: Band | null, colour: Colour): void {
  const size = 2.2 * devicePixelRatio
  const looks = { inside: colour('--series-1'), outside: colour('--critical'), beyond: colour('--stale') }
  drawWithin(chart, (ctx) => {
    ctx.lineWidth = 1.3 * devicePixelRatio
    for (const [index, x] of points.x.entries()) {
      const y = points.y[index] ?? 0
      const [left, top] = [chart.valToPos(x, 'x', true), chart.valToPos(y, 'y', true)]
      const verdict = band === null ? 'inside' : curveVerdict(band, x, y)
      ctx.beginPath()
      ctx.strokeStyle = ctx.fillStyle = looks[verdict]
      ctx.globalAlpha = verdict === 'outside' ? 0.9 : 0.55
      if (verdict === 'outside') {
        ctx.moveTo(left - size, top - size)
        ctx.lineTo(left + size, top + size)
        ctx.moveTo(left + size, top - size)
        ctx.lineTo(left - size, top + size)
        ctx.stroke()
      } else {
        ctx.arc(left, top, size, 0, 2 * Math.PI)
        if (verdict === 'inside') ctx.fill()
        else ctx.stroke()
      }
    }
  })
}

/** Where it stands now: a large ring with a word. */
export function drawNow(chart: UPlot, [x, y]: CurvePoint, word: string, colour: Colour): void {
  drawWithin(chart, (ctx) => {
    const [left, top] = [chart.valToPos(x, 'x', true), chart.valToPos(y, 'y', true)]
    const size = 7 * devicePixelRatio
    ctx.lineWidth = 3 * devicePixelRatio
    ctx.strokeStyle = colour('--raised')
    ctx.beginPath()
    ctx.arc(left, top, size + ctx.lineWidth, 0, 2 * Math.PI)
    ctx.stroke()
    ctx.strokeStyle = colour('--text')
    ctx.beginPath()
    ctx.arc(left, top, size, 0, 2 * Math.PI)
    ctx.stroke()
    ctx.font = `600 ${12 * devicePixelRatio}px Inter Variable`
    ctx.textBaseline = 'middle'
    const room = chart.bbox.left + chart.bbox.width - left
    const wide = ctx.measureText(word).width + 2 * size
    ctx.textAlign = room > wide ? 'left' : 'right'
    const at = room > wide ? left + 2 * size : left - 2 * size
    ctx.lineWidth = 4 * devicePixelRatio
    ctx.strokeStyle = colour('--raised')
    ctx.strokeText(word, at, top)
    ctx.fillStyle = colour('--text')
    ctx.fillText(word, at, top)
  })
}
