import UPlot from 'uplot'
import { formatInstant } from '../../format/instants.ts'
import { axisDecimals } from '../../format/axis-decimals.ts'
import { formatNumber } from '../../format/numbers.ts'
import { drawLimits, flagNotes, hatchGaps, type Limit, shadeAlarms, type Stretch } from './chart-layers.ts'
import { alignPens, type Pen } from './pens.ts'
import type { Severity } from '../../api/replies.ts'

/** What lies on the chart beside its lines. */
export interface Overlays {
  readonly limits: readonly Limit[]
  readonly alarms: readonly (Stretch & { readonly severity: Severity })[]
  readonly gaps: readonly (Stretch & { readonly words: string })[]
  /** Instants of notes, in the order of their list. */
  readonly notes: readonly number[]
}

export interface Drawing {
  readonly pens: readonly Pen[]
  /** Seconds since 1970. */
  readonly from: number
  readonly to: number
  readonly width: number
  readonly height: number
  /** How many axes there is room for; every unit has a scale of its own all the same. */
  readonly axes: number
  readonly locale: string
  readonly timeZone: string
  readonly node: HTMLElement
  readonly onCursor: (at: number | null) => void
  readonly onPeriod: (from: number, to: number) => void
}

const DASHES: readonly number[][] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [12, 4], [1, 3], [6, 2, 2, 2]]
/** So few points are each marked. */
const FEW = 40
/** More bands than these hide one another. */
const MOST_BANDS = 3

/** What of its lines a chart is made anew for; all else of them it takes up. */
export function structureOf(pens: readonly Pen[]): string {
  const banded = bandedOf(pens)
  return JSON.stringify(pens.map((pen) => [pen.label, pen.look, pen.earlier, pen.tag.unit, pen.interpolation, banded.includes(pen)]))
}

/** @param overlays read each time that the chart is drawn */
export function optionsOf(overlays: Overlays, drawing: Drawing): UPlot.Options {
  const { pens, from, to, width, height, axes, locale, timeZone, node, onCursor, onPeriod } = drawing
  const css = getComputedStyle(node)
  const colour = (name: string): string => css.getPropertyValue(name)
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--border'), width: 1 },
    ticks: { stroke: colour('--border') },
    font: '12px Inter Variable',
  }
  const units = unitsOf(pens)
  const scaleOf = (pen: Pen): string => `y${units.indexOf(pen.tag.unit)}`
  const lines = pens.map((pen): UPlot.Series => {
    const stroke = colour(`--series-${((pen.look - 1) % 8) + 1}`)
    return {
      label: pen.label,
      scale: scaleOf(pen),
      stroke: pen.earlier ? `color-mix(in srgb, ${stroke} 45%, transparent)` : stroke,
      width: pen.earlier ? 1 : 1.5,
      dash: DASHES[(pen.look - 1) % DASHES.length] ?? [],
      points: { show: (chart) => chart.data[0].length < FEW, size: 5 },
      ...(pen.interpolation === 'stepped' && UPlot.paths.stepped !== undefined ? { paths: UPlot.paths.stepped({ align: 1 }) } : {}),
    }
  })
  const banded = bandedOf(pens)
  const edges = banded.flatMap((pen) =>
    [1, 2].map((): UPlot.Series => ({ scale: scaleOf(pen), stroke: 'transparent', width: 0, points: { show: false } })),
  )
  const time = (seconds: number, style: 'time' | 'date'): string => formatInstant(seconds * 1_000_000, style, locale, timeZone)
  return {
    width,
    height,
    series: [{}, ...lines, ...edges],
    bands: banded.map((pen, index) => {
      const first = 1 + lines.length + index * 2
      return { series: [first + 1, first], fill: `color-mix(in srgb, ${colour(`--series-${((pen.look - 1) % 8) + 1}`)} 14%, transparent)` }
    }),
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
    scales: { x: { time: true, min: from, max: to }, ...Object.fromEntries(units.map((_, index) => [`y${index}`, {}])) },
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), timeZone),
    axes: [
      {
        ...axis,
        values: (_chart, splits) => {
          const daily = (splits[1] ?? 0) - (splits[0] ?? 0) >= 86_400
          return splits.map((at, index) => {
            const day = time(at, 'date').replace(/ \d{4}$/, '')
            if (daily) return day
            const before = splits[index - 1]
            const clock = time(at, 'time')
            const short = (splits[1] ?? 0) - (splits[0] ?? 0) < 60 ? clock : clock.slice(0, 5)
            return before === undefined || time(before, 'date') !== time(at, 'date') ? `${short}\n${day}` : short
          })
        },
      },
      ...units.slice(0, axes).map((unit, index): UPlot.Axis => ({
        ...axis,
        stroke: axisColour(pens, unit, colour),
        scale: `y${index}`,
        side: index === 0 ? 3 : 1,
        label: unit,
        labelFont: '600 12px Inter Variable',
        labelSize: unit === '' ? 0 : 20,
        size: (_chart, values) => axisSize(values),
        grid: { ...axis.grid, show: index === 0 },
        values: (_chart, splits) => splits.map((value) => formatNumber(value, axisDecimals(splits), locale)),
      })),
    ],
    hooks: {
      drawClear: [
        (chart) => shadeAlarms(chart, overlays.alarms, (severity) => colour(`--${severity}`)),
        (chart) => hatchGaps(chart, overlays.gaps, colour('--muted')),
      ],
      draw: [
        (chart) => drawLimits(chart, overlays.limits, units, (severity) => colour(`--${severity}`)),
        (chart) => flagNotes(chart, overlays.notes, colour('--accent'), colour('--on-accent')),
      ],
      setCursor: [(chart) => onCursor(typeof chart.cursor.idx !== 'number' ? null : (chart.data[0][chart.cursor.idx] ?? null))],
      setSelect: [
        (chart) => {
          if (chart.select.width < 4) return
          onPeriod(chart.posToVal(chart.select.left, 'x'), chart.posToVal(chart.select.left + chart.select.width, 'x'))
        },
      ],
    },
  }
}

/** Every unit has its own scale: metres are never read off an axis of bar. */
export function unitsOf(pens: readonly Pen[]): readonly string[] {
  return [...new Set(pens.map((pen) => pen.tag.unit))]
}

/** An axis of one line alone has its colour, so that one sees which it is. */
function axisColour(pens: readonly Pen[], unit: string, colour: (name: string) => string): string {
  const own = pens.filter((pen) => !pen.earlier && pen.tag.unit === unit)
  return own.length === 1 ? colour(`--series-${(((own[0]?.look ?? 1) - 1) % 8) + 1}`) : colour('--muted')
}

const LEAST_AXIS = 52
/** Of the font of the axes, about; and of tick and gap beside its words. */
const DIGIT_WIDTH = 7
const TICK_WIDTH = 18

/** As wide as its longest number, so that the unit stands beside it. */
function axisSize(values: readonly string[] | null): number {
  return Math.max(LEAST_AXIS, TICK_WIDTH + DIGIT_WIDTH * Math.max(0, ...(values ?? []).map((text) => text.length)))
}

function bandedOf(pens: readonly Pen[]): readonly Pen[] {
  const wide = pens.filter((pen) => !pen.earlier && pen.minimum.length > 0)
  return wide.length > MOST_BANDS ? [] : wide
}

/** The lines, and the two edges of each band. */
export function seriesCount(pens: readonly Pen[]): number {
  return pens.length + 2 * bandedOf(pens).length
}

export function dataOf(pens: readonly Pen[], times: readonly number[], lines: readonly (number | null | undefined)[][]): UPlot.AlignedData {
  const edges = bandedOf(pens).flatMap((pen) => {
    const [low, high] = alignPens([
      { ...pen, values: pen.minimum },
      { ...pen, values: pen.maximum },
    ]).lines
    const places = new Map(pen.times.map((at, index) => [at, index]))
    const over = (line: (number | null | undefined)[] | undefined): (number | null | undefined)[] =>
      times.map((at) => {
        const place = places.get(at)
        return place === undefined ? undefined : line?.[place]
      })
    return [over(low), over(high)]
  })
  return [[...times], ...lines, ...edges] as UPlot.AlignedData
}
