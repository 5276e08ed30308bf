import type UPlot from 'uplot'
import type { Severity } from '../../api/replies.ts'

/** Seconds since 1970. */
export interface Stretch {
  readonly from: number
  readonly to: number
}
/** A limit of a rule, drawn as a line in the scale of its unit. */
export interface Limit {
  readonly value: number
  readonly unit: string
  readonly severity: Severity
}

/** Draws within the plot alone. */
function within(chart: UPlot, draw: (ctx: CanvasRenderingContext2D, top: number, height: number) => void): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  draw(ctx, bbox.top, bbox.height)
  ctx.restore()
}

/** Stretches in which an alarm stood. */
export function shadeAlarms(
  chart: UPlot,
  alarms: readonly (Stretch & { readonly severity: Severity })[],
  colourOf: (severity: Severity) => string,
): void {
  within(chart, (ctx, top, height) => {
    for (const { from, to, severity } of alarms) {
      const left = chart.valToPos(from, 'x', true)
      const width = Math.max(2, chart.valToPos(to, 'x', true) - left)
      ctx.globalAlpha = 0.1
      ctx.fillStyle = colourOf(severity)
      ctx.fillRect(left, top, width, height)
      ctx.globalAlpha = 1
      ctx.fillRect(left, top, width, 3 * devicePixelRatio)
    }
  })
}

/** Stretches about which nothing is known: hatched, so that they are told from alarms without colour, with the cause where there is room. */
export function hatchGaps(chart: UPlot, gaps: readonly (Stretch & { readonly words: string })[], colour: string): void {
  const step = 8 * devicePixelRatio
  within(chart, (ctx, top, height) => {
    ctx.strokeStyle = colour
    ctx.fillStyle = colour
    ctx.lineWidth = devicePixelRatio
    ctx.font = `${11 * devicePixelRatio}px Inter Variable`
    ctx.textBaseline = 'bottom'
    for (const { from, to, words } of gaps) {
      const left = Math.max(chart.bbox.left, chart.valToPos(from, 'x', true))
      const right = Math.min(chart.bbox.left + chart.bbox.width, Math.max(left + 3 * devicePixelRatio, chart.valToPos(to, 'x', true)))
      if (right <= left) continue
      ctx.globalAlpha = 0.35
      // too narrow for a hatching
      if (right - left < step) ctx.fillRect(left, top, right - left, height)
      else hatch(ctx, { left, right, top, height, step })
      ctx.globalAlpha = 1
      if (ctx.measureText(words).width + step < right - left) ctx.fillText(words, left + step / 2, top + height - step / 2)
    }
  })
}

function hatch(
  ctx: CanvasRenderingContext2D,
  { left, right, top, height, step }: { left: number; right: number; top: number; height: number; step: number },
): void {
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top, right - left, height)
  ctx.clip()
  ctx.beginPath()
  for (let x = left - height; x < right; x += step) {
    ctx.moveTo(x, top + height)
    ctx.lineTo(x + height, top)
  }
  ctx.stroke()
  ctx.restore()
}

export function drawLimits(
  chart: UPlot,
  limits: readonly Limit[],
  units: readonly string[],
  colourOf: (severity: Severity) => string,
): void {
  const { bbox } = chart
  within(chart, (ctx) => {
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
    ctx.lineWidth = devicePixelRatio
    for (const limit of limits) {
      const scale = units.indexOf(limit.unit)
      if (scale === -1) continue
      const y = chart.valToPos(limit.value, `y${scale}`, true)
      ctx.strokeStyle = colourOf(limit.severity)
      ctx.beginPath()
      ctx.moveTo(bbox.left, y)
      ctx.lineTo(bbox.left + bbox.width, y)
      ctx.stroke()
    }
  })
}

/** A flag at each instant of which somebody wrote something, with the number that it has in the list below. */
export function flagNotes(chart: UPlot, instants: readonly number[], colour: string, ink: string): void {
  const size = 16 * devicePixelRatio
  within(chart, (ctx, top, height) => {
    ctx.textAlign = 'center'
    ctx.textBaseline = 'middle'
    ctx.font = `600 ${11 * devicePixelRatio}px Inter Variable`
    ctx.lineWidth = devicePixelRatio
    for (const [index, at] of instants.entries()) {
      const x = chart.valToPos(at, 'x', true)
      ctx.strokeStyle = ctx.fillStyle = colour
      ctx.beginPath()
      ctx.moveTo(x, top)
      ctx.lineTo(x, top + height)
      ctx.stroke()
      ctx.fillRect(x, top, size, size)
      ctx.fillStyle = ink
      ctx.fillText(String(index + 1), x + size / 2, top + size / 2)
    }
  })
}
