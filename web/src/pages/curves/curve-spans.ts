/** Periods that end now, in seconds. */
export const CURVE_SPANS = { '1h': 3600, '8h': 28_800, '24h': 86_400, '7d': 604_800, '30d': 2_592_000 } as const
export type CurveSpan = keyof typeof CURVE_SPANS
export const CURVE_SPAN_NAMES = ['1h', '8h', '24h', '7d', '30d'] as const satisfies readonly CurveSpan[]
