import type { Dictionary } from './translate.ts'
import { esAlarms } from './es/alarms.ts'
import { esAccount } from './es/account.ts'
import { esBackTest } from './es/back-test.ts'
import { esBulk } from './es/bulk.ts'
import { esEverywhere } from './es/everywhere.ts'
import { esConfigure } from './es/configure.ts'
import { esConnect } from './es/connect.ts'
import { esCurves } from './es/curves.ts'
import { esPerformance } from './es/performance.ts'
import { esFormula } from './es/formula.ts'
import { esKpi } from './es/kpi.ts'
import { esDiagnose } from './es/diagnose.ts'
import { esEscalation } from './es/escalation.ts'
import { esMonitor } from './es/monitor.ts'
import { esSaid } from './es/said.ts'
import { esRules } from './es/rules.ts'
import { esStorage } from './es/storage.ts'
import { esTold } from './es/told.ts'
import { esTrends } from './es/trends.ts'
import { esViews } from './es/views.ts'
import { refusalsIn } from './refusals.ts'

export { esErrors } from './es/errors.ts'
export { esSchema } from './es/schema.ts'

export const esRefusal = refusalsIn(esSaid)

export const es: Dictionary = {
  ...esEverywhere,
  ...esMonitor,
  ...esAccount,
  ...esAlarms,
  ...esConfigure,
  ...esConnect,
  ...esDiagnose,
  ...esEscalation,
  ...esTold,
  ...esTrends,
  ...esViews,
  ...esBulk,
  ...esRules,
  ...esCurves,
  ...esBackTest,
  ...esKpi,
  ...esFormula,
  ...esPerformance,
  ...esStorage,
}
