import { enFirst } from './en-first.ts'
import { enAlarms } from './en/alarms.ts'
import { enBackTest } from './en/back-test.ts'
import { enBulk } from './en/bulk.ts'
import { enConfigure } from './en/configure.ts'
import { enConnect } from './en/connect.ts'
import { enCurves } from './en/curves.ts'
import { enPerformance } from './en/performance.ts'
import { enFormula } from './en/formula.ts'
import { enKpi } from './en/kpi.ts'
import { enDiagnose } from './en/diagnose.ts'
import { enEscalation } from './en/escalation.ts'
import { enRules } from './en/rules.ts'
import { enStorage } from './en/storage.ts'
import { enTold } from './en/told.ts'
import { enTrends } from './en/trends.ts'
import { enViews } from './en/views.ts'

/** The source of every text: other languages say the same keys, or do not compile. */
export const en = {
  ...enFirst,
  ...enAlarms,
  ...enConfigure,
  ...enConnect,
  ...enDiagnose,
  ...enEscalation,
  ...enTold,
  ...enTrends,
  ...enViews,
  ...enBulk,
  ...enStorage,
  ...enRules,
  ...enCurves,
  ...enBackTest,
  ...enKpi,
  ...enFormula,
  ...enPerformance,
} as const
