import { CURVE_SPAN_NAMES, type CurveSpan } from './curve-spans.ts'

/** What the address of the Curves view says. */
export interface CurvesSearch {
  /** Only the curves of one device. */
  readonly device?: number | undefined
  /** The one that is shown: the rule that judges by it. */
  readonly rule?: number | undefined
  /** 24 hours when left out. */
  readonly span?: CurveSpan | undefined
}

export function curvesSearch(search: Record<string, unknown>): CurvesSearch {
  const id = (name: 'device' | 'rule'): number | undefined =>
    Number.isInteger(search[name]) && Number(search[name]) > 0 ? Number(search[name]) : undefined
  const [device, rule] = [id('device'), id('rule')]
  const span = CURVE_SPAN_NAMES.find((name) => name === search['span'])
  return { ...(device === undefined ? {} : { device }), ...(rule === undefined ? {} : { rule }), ...(span === undefined ? {} : { span }) }
}
