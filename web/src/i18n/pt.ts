import type { Dictionary } from './translate.ts'
import { ptAlarms } from './pt/alarms.ts'
import { ptAccount } from './pt/account.ts'
import { ptBackTest } from './pt/back-test.ts'
import { ptBulk } from './pt/bulk.ts'
import { ptEverywhere } from './pt/everywhere.ts'
import { ptConfigure } from './pt/configure.ts'
import { ptConnect } from './pt/connect.ts'
import { ptCurves } from './pt/curves.ts'
import { ptPerformance } from './pt/performance.ts'
import { ptFormula } from './pt/formula.ts'
import { ptKpi } from './pt/kpi.ts'
import { ptDiagnose } from './pt/diagnose.ts'
import { ptEscalation } from './pt/escalation.ts'
import { ptMonitor } from './pt/monitor.ts'
import { ptSaid } from './pt/said.ts'
import { ptRules } from './pt/rules.ts'
import { ptStorage } from './pt/storage.ts'
import { ptTold } from './pt/told.ts'
import { ptTrends } from './pt/trends.ts'
import { ptViews } from './pt/views.ts'
import { refusalsIn } from './refusals.ts'

export { ptErrors } from './pt/errors.ts'
export { ptSchema } from './pt/schema.ts'

export const ptRefusal = refusalsIn(ptSaid)

export const pt: Dictionary = {
  ...ptEverywhere,
  ...ptMonitor,
  ...ptAccount,
  ...ptAlarms,
  ...ptConfigure,
  ...ptConnect,
  ...ptDiagnose,
  ...ptEscalation,
  ...ptTold,
  ...ptTrends,
  ...ptViews,
  ...ptBulk,
  ...ptRules,
  ...ptCurves,
  ...ptBackTest,
  ...ptKpi,
  ...ptFormula,
  ...ptPerformance,
  ...ptStorage,
}
