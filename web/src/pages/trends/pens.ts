import { Interpolation, interpolate } from '#domain/interpolation.ts'
import type { Metric } from '#calc/metric.ts'
import type { Device, Tag } from '../../api/replies.ts'
import { heldOver } from '../../widgets/trend/held-over.ts'
import type { TrendReply } from './trend-query.ts'

/** One line of the chart. */
export interface Pen {
  readonly tag: Tag
  readonly label: string
  /** Which of the series colours and dashes, from 1. */
  readonly look: number
  /** Of an earlier period: drawn faintly, moved to the present. */
  readonly earlier: boolean
  /** Seconds since 1970. */
  readonly times: readonly number[]
  readonly values: readonly (number | null)[]
  /** Packed, one a sample; empty for buckets. */
  readonly qualities: readonly number[]
  readonly minimum: readonly (number | null)[]
  readonly maximum: readonly (number | null)[]
  /** How it goes on from one point to the next. */
  readonly interpolation: Interpolation
  /** The value that held when the period began; null when none was known, and for buckets. */
  readonly held: number | null
}

export function labelOf(tag: Tag, device: Device | undefined): string {
  const name = device === undefined ? tag.name : `${device.code} ${tag.name}`
  return tag.unit === '' ? name : `${name} (${tag.unit})`
}

/**
 * @param earlier `shift`: seconds by which an earlier period is moved to the present
 * @param metric of the buckets, where there are some
 */
export function pensOf(
  reply: TrendReply | undefined,
  tags: readonly Tag[],
  deviceOf: (id: number) => Device | undefined,
  earlier: { readonly shift: number; readonly word: string } | null = null,
  metric?: Metric,
): Pen[] {
  const counted = metric === 'count' && reply?.bucket !== null
  return tags.flatMap((own, index) => {
    const series = reply?.series.find((one) => one.tagId === own.id)
    if (series === undefined) return []
    const tag = counted ? { ...own, unit: '', decimals: 0 } : own
    const label = labelOf(tag, deviceOf(tag.deviceId))
    return [
      {
        tag,
        label: earlier === null ? label : `${label}, ${earlier.word}`,
        look: index + 1,
        earlier: earlier !== null,
        times: series.times.map((at) => at / 1_000_000 + (earlier?.shift ?? 0)),
        values: series.values,
        qualities: series.qualities,
        minimum: series.minimum,
        maximum: series.maximum,
        interpolation: reply?.bucket === null ? series.interpolation : ofBuckets(own),
        held: series.held,
      },
    ]
  })
}

/** A pen of samples from edge to edge, as of {@link heldOver}; that of buckets stays as it is. */
export function heldPen(pen: Pen, from: number, until: number): Pen {
  return isOfSamples(pen) || pen.held !== null ? heldOver(pen, from, until) : pen
}

/** Only states step from bucket to bucket. */
function ofBuckets(tag: Tag): Interpolation {
  return tag.kind === 'digital' ? Interpolation.Stepped : Interpolation.Sloped
}

/** Lines joined over one axis of time: `undefined` where a line has nothing there, null where it breaks. */
export function alignPens(pens: readonly Pen[]): { times: number[]; lines: (number | null | undefined)[][] } {
  const [only] = pens
  if (pens.length === 1 && only !== undefined) return { times: [...only.times], lines: [[...only.values]] }
  const times: number[] = []
  const lines = pens.map((): (number | null | undefined)[] => [])
  const next = pens.map(() => 0)
  for (;;) {
    let at = Infinity
    for (const [index, pen] of pens.entries()) at = Math.min(at, pen.times[next[index] ?? 0] ?? Infinity)
    if (at === Infinity) return { times, lines }
    times.push(at)
    for (const [index, pen] of pens.entries()) {
      const place = next[index] ?? 0
      const here = pen.times[place] === at
      lines[index]?.push(here ? (pen.values[place] ?? null) : undefined)
      if (here) next[index] = place + 1
    }
  }
}

/** The value that a line shows at a time: between two samples as the tag went on, else of the last point at or before; null in a gap. */
export function valueAt(pen: Pen, at: number): number | null {
  const place = placeAt(pen, at)
  const pointAt = (index: number) => (index in pen.times ? { at: pen.times[index] ?? 0, value: pen.values[index] ?? null } : undefined)
  return interpolate(at, pointAt(place), pointAt(place + 1), isOfSamples(pen) ? pen.interpolation : Interpolation.Stepped)
}

/** Whether the value that a line shows at a time is one that nobody measured. */
export function isInterpolated(pen: Pen, at: number): boolean {
  const place = placeAt(pen, at)
  const sloped = isOfSamples(pen) && pen.interpolation === Interpolation.Sloped
  return sloped && pen.times[place] !== at && (pen.values[place] ?? null) !== null && (pen.values[place + 1] ?? null) !== null
}

/** A bucket tells one figure for all of it. */
function isOfSamples(pen: Pen): boolean {
  return pen.qualities.length > 0
}

/** The quality of the sample that a line shows at a time; undefined where there is none, and for buckets. */
export function qualityAt(pen: Pen, at: number): number | undefined {
  return pen.qualities[placeAt(pen, at)]
}

/** @returns the place of the last point at or before; -1 when there is none */
function placeAt(pen: Pen, at: number): number {
  let [low, high] = [-1, pen.times.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((pen.times[middle] ?? Infinity) <= at) low = middle
    else high = middle - 1
  }
  return low
}

/** A spreadsheet of what is shown: one row a time, one column a line. A text that a spreadsheet would take for a formula is disarmed. */
export function csvOf(pens: readonly Pen[], timeOf: (seconds: number) => string, timeTitle: string): string {
  const { times, lines } = alignPens(pens)
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\n\r;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const rows = [[timeTitle, ...pens.map((pen) => pen.label)].map(cell).join(',')]
  for (const [index, at] of times.entries()) {
    rows.push([timeOf(at), ...lines.map((line) => line[index]?.toString() ?? '')].join(','))
  }
  return `${rows.join('\r\n')}\r\n`
}
