import { enAccount } from './en/account.ts'
import { enBulk } from './en/bulk.ts'
import { enEverywhere } from './en/everywhere.ts'
import { enConfigure } from './en/configure.ts'
import { enConnect } from './en/connect.ts'
import { enDiagnose } from './en/diagnose.ts'
import { enMonitor } from './en/monitor.ts'
import { enTrends } from './en/trends.ts'

/** The source of every text: other languages say the same keys, or do not compile. */
export const en = {
  ...enEverywhere,
  ...enMonitor,
  ...enAccount,
  ...enConfigure,
  ...enConnect,
  ...enDiagnose,
  ...enTrends,
  ...enBulk,
} as const
