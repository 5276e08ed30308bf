import type { CurvePoint } from '#domain/alarm.ts'
import type { CurveBody } from '../../curves/measured-query.ts'

/** A curve in its editor; points in the order in which they were written. */
export interface CurveDraft {
  readonly name: string
  readonly xUnit: string
  readonly yUnit: string
  readonly points: readonly CurvePoint[]
  readonly tolerance: number
  readonly percent: boolean
}

export function freshCurve(): CurveDraft {
  return {
    name: '',
    xUnit: '',
    yUnit: '',
    points: [
      [0, 0],
      [100, 100],
    ],
    tolerance: 10,
    percent: true,
  }
}

export function sorted(points: readonly CurvePoint[]): readonly CurvePoint[] {
  return points.toSorted((a, b) => a[0] - b[0])
}

/** @returns what may be judged by; null while it is no line: two points or more, no two at one x */
export function lineOf(draft: CurveDraft): CurveDraft | null {
  const points = sorted(draft.points)
  const ok = points.length >= 2 && points.every(([x, y], index) => Number.isFinite(x) && Number.isFinite(y) && x !== points[index - 1]?.[0])
  return ok && Number.isFinite(draft.tolerance) && draft.tolerance >= 0 ? { ...draft, points } : null
}

/** What is sent: the fields of the form and nothing else that a reply may carry. */
export function bodyOfCurve({ name, xUnit, yUnit, points, tolerance, percent }: CurveDraft): CurveBody {
  return { name: name.trim(), xUnit, yUnit, points: sorted(points).map(([x, y]): [number, number] => [x, y]), tolerance, percent }
}

/** Edits with the way back; a drag is one edit. */
export interface Edits {
  readonly present: CurveDraft
  readonly past: readonly CurveDraft[]
  /** What the last edit was: more of the same belongs to it. */
  readonly kind: string
  readonly at: number
}

const MOST_PAST = 100
const SAME_EDIT_MILLIS = 800

/** The units of the axes come with the tags that are looked at: they are no edit, and are not undone. */
export function measuredIn(edits: Edits, units: Partial<Pick<CurveDraft, 'xUnit' | 'yUnit'>>): Edits {
  const put = (draft: CurveDraft): CurveDraft => ({ ...draft, ...units })
  return { ...edits, present: put(edits.present), past: edits.past.map(put) }
}

/** @param kind of the edit: those of one kind that follow closely are undone together; @param at milliseconds of any clock */
export function edited(edits: Edits, change: Partial<CurveDraft>, kind: string, at: number): Edits {
  const same = kind === edits.kind && at - edits.at < SAME_EDIT_MILLIS
  const past = same ? edits.past : [...edits.past.slice(-MOST_PAST), edits.present]
  return { present: { ...edits.present, ...change }, past, kind, at }
}

export function undone(edits: Edits): Edits {
  const before = edits.past.at(-1)
  return before === undefined ? edits : { present: before, past: edits.past.slice(0, -1), kind: '', at: 0 }
}
